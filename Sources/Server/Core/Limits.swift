import Matching

/// What a client may cost: section 8 of docs/PROTOCOL.md, where each has its reason.
package struct Limits: Sendable {
  package var lineBytes = 1_024
  /// Commands of one connection whose answers wait; beyond it the server stops reading.
  package var unansweredMax = 256
  /// Bytes that wait for one connection.
  package var outputBytesMax = 1 << 20
  /// Bytes that wait for all connections together; the largest goes first.
  package var outputBytesAllMax = 256 << 20
  package var taxisPerSessionMax = 20_000
  package var subscriptionsMax = 64
  package var connectionsPerTenantMax = 2_000
  package var connectionsPerAddressMax = 200
  package var connectionsMax = 30_000
  package var requestsPerSecond: Int64 = 500
  package var requestsBurst: Int64 = 2_000
  package var positionsPerSecond: UInt8 = 5
  /// Until the first line and the credentials are there.
  package var openingMax = Millis.seconds(5)
  package var heartbeat = Millis.seconds(10)
  /// From the first byte of a line to its LF.
  package var partialLineMax = Millis.seconds(10)
  /// Facts kept for those who come back.
  package var recentFactsMax = 300_000
  /// Until new facts are refused because the journal does not keep up: so that who waits is told
  /// within two seconds.
  package var journalStallMax = Millis(1_800)
  /// Facts that may wait for the journal.
  package var journalBacklogMax: UInt64 = 8_192
  /// Until a farewell must have been read.
  package var farewellMax = Millis.seconds(15)

  package init() {}

  /// Silence after which a connection counts as dead.
  package var silenceMax: Millis { Millis(2 * heartbeat.count + 5_000) }
}
