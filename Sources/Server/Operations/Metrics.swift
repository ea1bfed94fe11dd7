import LineProtocol

/// Counts of a server since its start. Ids are never labels.
package struct Metrics: Sendable {
  package var connectionsOpened: UInt64 = 0
  package var connectionsRefused: UInt64 = 0
  package var bytesIn: UInt64 = 0
  package var bytesOut: UInt64 = 0
  /// By verb.
  package var lines = [UInt64](repeating: 0, count: Verb.allCases.count)
  /// By code, in the order of ``codes``.
  package var errors = [UInt64](repeating: 0, count: codes.count)
  package var authenticationsFailed: UInt64 = 0
  package var positionsMerged: UInt64 = 0
  package var positionsWrong: UInt64 = 0
  package var positionsJumped: UInt64 = 0
  package var facts: UInt64 = 0
  package var offers: UInt64 = 0
  /// Times that the last position could not be noted outside of the store.
  package var witnessFailures: UInt64 = 0
  package var eventsSent: UInt64 = 0
  /// Connections ended by the server, by farewell.
  package var farewells: [String: UInt64] = [:]
  package var requestToAnswer = Histogram()
  package var requestToOffer = Histogram()
  package var round = Histogram()
  package var journalWait = Histogram()

  package static let codes: [UInt16] = {
    var codes: [UInt16] = []
    for name in ErrorName.all where codes.last != name.code { codes.append(name.code) }
    return codes
  }()

  package init() {}

  mutating func count(_ error: LineError) {
    guard let index = Self.codes.firstIndex(of: error.name.code) else { return }
    errors[index] += 1
  }
}
