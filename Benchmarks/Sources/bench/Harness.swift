#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One row of the result: how long an operation takes, and what it is measured against.
struct Row {
  /// `subject/operation/parameters`.
  var name: String
  /// Nanoseconds an operation.
  var times: Times
  /// The most the median may be, in nanoseconds; a promise of the project.
  var target: Double?
  /// Other figures beside it, such as `× C 0.8`.
  var notes: [Note] = []
  /// Of everything the operations answered: the same on every machine.
  var hash: UInt64?

  struct Note {
    var label: String
    /// The same in JSON.
    var key: String
    var value: Double
    var limit: Double?

    /// How many times as long as the C grid this takes.
    static func timesC(_ value: Double) -> Note {
      Note(label: "×C", key: "times_c", value: value)
    }

    /// How many times as long as the same with an evenly spread fleet this takes.
    static func timesUniform(_ value: Double, limit: Double? = nil) -> Note {
      Note(label: "×uniform", key: "times_uniform", value: value, limit: limit)
    }

    /// How often one operation asks for memory, on average.
    static func allocations(_ value: Double, limit: Double? = nil) -> Note {
      Note(label: "allocations", key: "allocations", value: value, limit: limit)
    }

    /// How many times as long as this a full scan takes.
    static func scanTimes(_ value: Double) -> Note {
      Note(label: "scan×", key: "scan_times", value: value)
    }
  }

  var isMet: Bool {
    times.median <= target ?? .infinity && notes.allSatisfy { $0.value <= $0.limit ?? .infinity }
  }
}

/// Percentiles over the batches of a measurement, in nanoseconds an operation.
struct Times {
  /// What it takes when nothing else disturbs the machine.
  var p5: Double
  var median: Double
  var p99: Double
}

/// One of several ways to do the same operations.
struct Contender {
  var name: String
  /// Does the operations with these numbers.
  var run: (Range<Int>) -> Void
  /// What these operations need; not timed.
  var prepare: (Range<Int>) -> Void = { _ in }
  /// Puts everything back as it was; not timed.
  var restore: (Range<Int>) -> Void = { _ in }
}

enum Clock {
  /// Nanoseconds of a clock that only goes forward.
  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

struct Harness {
  /// Rounds for each contender; they take turns, so that a slow spell of the machine hits all.
  var rounds = 9

  /// Times `operations` operations, in batches, by each contender.
  ///
  /// - Returns: for each contender.
  func time(
    _ contenders: [Contender],
    operations: Int,
    batch: Int
  ) -> [Times] {
    var samples = [[Double]](repeating: [], count: contenders.count)
    for round in 0...rounds {
      for (index, contender) in contenders.enumerated() {
        var first = 0
        while first + batch <= operations {
          contender.prepare(first..<first + batch)
          let start = Clock.now()
          contender.run(first..<first + batch)
          let took = Double(Clock.now() - start) / Double(batch)
          contender.restore(first..<first + batch)
          // The first round warms up.
          if round > 0 { samples[index].append(took) }
          first += batch
        }
      }
    }
    return samples.map { unsorted in
      let sorted = unsorted.sorted()
      return Times(
        p5: sorted[sorted.count / 20],
        median: sorted[sorted.count / 2],
        p99: sorted[sorted.count * 99 / 100]
      )
    }
  }
}

/// FNV-1a over 64-bit words: G. Fowler, L. C. Noll, P. Vo.
struct Hash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ word: some BinaryInteger) {
    value = (value ^ UInt64(truncatingIfNeeded: word)) &* 0x100_0000_01B3
  }
}

/// SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014.
struct Draw {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
}

/// Keeps a result alive without the optimiser knowing what for.
@inline(never) @_optimize(none)
func sink<T>(_ value: T) {}
