import LineProtocol
import Matching

/// Whether a process decides, or only reads what another one decided.
package enum ServerRole: Equatable, Sendable {
  case leader
  /// `leader`: where clients reach the one that leads, as far as that is known.
  case standby(leader: String?)

  package var isLeader: Bool { self == .leader }
}

extension Verb {
  /// Needs nothing of what only a leader knows.
  var isAnsweredByStandbys: Bool {
    switch self {
    case .ping, .hello, .auth, .who, .stat, .help, .quit: true
    default: false
    }
  }
}

/// Which leadership wrote which facts, for as many of the latest ones as anybody may ask about.
struct EpochTable {
  private(set) var spans: [(epoch: UInt64, after: UInt64)] = []

  private static let spansMax = 4_096

  /// A leadership began behind a fact.
  mutating func begin(_ epoch: UInt64, after fact: UInt64) {
    if let last = spans.last, last.epoch >= epoch { return }
    // One that wrote nothing leaves nothing to ask about.
    while let last = spans.last, last.after >= fact { spans.removeLast() }
    spans.append((epoch, fact))
    if spans.count > Self.spansMax { spans.removeFirst(spans.count - Self.spansMax) }
  }

  /// The one that wrote a fact; the present one's for what is not written yet, 0 before all.
  func epoch(of fact: UInt64) -> UInt64 {
    guard let last = spans.last else { return 0 }
    if fact > last.after { return last.epoch }
    return spans.last { $0.after < fact }?.epoch ?? spans[0].epoch
  }

  var current: UInt64 { spans.last?.epoch ?? 0 }
}
