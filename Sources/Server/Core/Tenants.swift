/// Companies by number, and what each has used of its quotas.
struct Tenants {
  private var names: [String] = []
  private var connections: [Int] = []
  private var buckets: [TokenBucket] = []

  var count: Int { names.count }

  func name(_ index: Int32) -> String {
    index >= 0 && Int(index) < names.count ? names[Int(index)] : "-"
  }

  /// The number of a tenant, which is known from its first connection on.
  mutating func index(of name: String, bucket: TokenBucket) -> Int32 {
    if let known = names.firstIndex(of: name) { return Int32(known) }
    names.append(name)
    connections.append(0)
    buckets.append(bucket)
    return Int32(names.count - 1)
  }

  func connectionCount(_ index: Int32) -> Int { connections[Int(index)] }

  mutating func open(_ index: Int32) { connections[Int(index)] += 1 }

  mutating func close(_ index: Int32) { connections[Int(index)] -= 1 }

  /// Takes leave for one request.
  ///
  /// - Returns: `nil`, or how many milliseconds there will be none.
  mutating func takeRequest(_ index: Int32, at now: Int64) -> Int64? {
    buckets[Int(index)].take(at: now)
  }
}

/// So many a second on the mean, and a burst.
struct TokenBucket {
  let perSecond: Int64
  let burst: Int64
  /// In thousandths.
  private var tokens: Int64
  private var filledAt: Int64

  init(perSecond: Int64, burst: Int64, at now: Int64) {
    self.perSecond = perSecond
    self.burst = burst
    tokens = burst * 1_000
    filledAt = now
  }

  mutating func take(at now: Int64) -> Int64? {
    // Beyond what fills it, elapsed time is of no use and must not overflow.
    let elapsed = min(max(now - filledAt, 0), 3_600_000)
    filledAt = max(now, filledAt)
    tokens = min(tokens + elapsed * perSecond, burst * 1_000)
    guard tokens < 1_000 else {
      tokens -= 1_000
      return nil
    }
    return max((1_000 - tokens) / max(perSecond, 1), 1)
  }
}
