import LineProtocol
import Matching

/// Whether a process decides, or only reads what another one decided.
package enum ServerRole: Equatable, Sendable {
  case leader
  /// `leader`: where clients reach the one that leads, as far as that is known.
  case standby(leader: String?)

  package var isLeader: Bool { self == .leader }
}

extension Dispatcher {
  /// Tells the other regions of this process where this one is led.
  func noteRole() {
    let leader =
      switch role {
      case .leader: place
      case .standby(let leader): leader
      }
    directory.note(region.name, leaderAt: leader)
  }

  /// A client that means another region is told where that is.
  func requireRegion(_ wanted: Identifier) throws(LineError) {
    guard wanted != regionName else { return }
    switch directory.look(up: wanted.text) {
    case .led(let leader):
      throw LineError(
        .moved,
        "this port is region \(regionName.text)'s"
          + (leader == nil ? ", and nobody leads \(wanted.text) just now; try again" : ""),
        details: leader.map { [Field("to", $0)] } ?? []
      )
    case .unknown:
      throw LineError(
        .unknown,
        "no region '\(wanted.text)' is served here, but " + directory.names.joined(separator: ", "),
        key: "region"
      )
    }
  }
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
