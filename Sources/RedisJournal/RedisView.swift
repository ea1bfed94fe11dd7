#if Server
  import Journal
  import Matching

  /// A live view on its way to Redis, some names at a time, so that no step there takes long.
  struct ViewOutput {
    private var view: LiveView?
    private var freeSent = 0
    private var goneSent = 0
    private var isFirst = true
    private var inFlight = 0

    private static let namesMax = 500

    /// Whether the last one is still being written.
    var isBusy: Bool { view != nil || inFlight > 0 }

    mutating func begin(_ view: LiveView) {
      self.view = view
      freeSent = 0
      goneSent = 0
      isFirst = true
    }

    /// The arguments of the next step; `nil` = it is all sent, or must wait.
    mutating func next(kept: UInt64, expiry: Millis) -> [[UInt8]]? {
      guard let view, inFlight == 0, view.upTo <= kept else { return nil }
      let free = view.free[freeSent...].prefix(Self.namesMax)
      let gone = view.gone[goneSent...].prefix(Self.namesMax - free.count)
      freeSent += free.count
      goneSent += gone.count
      var words = [text(expiry.count), text(isFirst && view.isWhole ? 1 : 0), text(free.count)]
      for taxi in free {
        words += [degrees(taxi.longitude), degrees(taxi.latitude), taxi.name]
      }
      words.append(text(gone.count))
      words += gone
      isFirst = false
      if freeSent == view.free.count, goneSent == view.gone.count {
        for (name, count) in view.counts { words += [Array(name.utf8), text(count)] }
        self.view = nil
      }
      inFlight += 1
      return words
    }

    mutating func answered() { inFlight -= 1 }

    private func text(_ number: some BinaryInteger) -> [UInt8] { Array("\(number)".utf8) }

    private func degrees(_ value: Int32) -> [UInt8] {
      let digits = String(value.magnitude)
      let padded = String(repeating: "0", count: max(8 - digits.count, 0)) + digits
      return Array("\(value < 0 ? "-" : "")\(padded.dropLast(7)).\(padded.suffix(7))".utf8)
    }
  }

  extension RedisWorker {
    func sendView(_ connection: RedisConnection, _ now: UInt64) throws {
      guard let expiry = options.viewExpiry, let writer else { return }
      if !views.isBusy, let view = mail.takeView(of: writer.epoch) { views.begin(view) }
      guard let words = views.next(kept: kept?.position.sequence ?? 0, expiry: expiry) else {
        return
      }
      let names = [keys.lease, keys.freeTaxis, keys.counts]
      try send(.view, "baecha_view", names, words, connection, now)
    }

    func takeViewReply(_ value: RedisValue) {
      if value.list.first?.text == "FENCED" { return loseLeadership() }
      views.answered()
      guard case .error(let message) = value else { return }
      views = ViewOutput()
      say(.viewFailed(message))
    }
  }
#endif
