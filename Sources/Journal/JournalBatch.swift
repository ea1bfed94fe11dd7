import Matching

/// Facts that were kept together: one entry of the journal, as bytes.
///
/// Format 1: the format's number, the first fact's number, the count, the instant before the first
/// fact; then of each fact the milliseconds since the one before, its event, the count of shown bytes
/// and its line; then the digest of the engine's state after the last fact (0 = none was taken).
/// All base-128 numbers. The checksum of the whole stands beside it in the store.
public struct JournalBatch: Equatable, Sendable {
  /// Only the last may carry a digest.
  public var records: [JournalRecord]

  private static var format: UInt64 { 1 }

  /// - Parameter records: one or more, numbered without gaps, in the order of their times.
  public init(_ records: [JournalRecord]) {
    precondition(!records.isEmpty, "a batch of nothing")
    self.records = records
  }

  public var first: UInt64 { records[0].fact.number }
  public var last: UInt64 { records[records.count - 1].fact.number }

  public var bytes: [UInt8] {
    var sink = ByteSink()
    sink.put(Self.format)
    sink.put(first)
    sink.put(UInt64(records.count))
    var time = records[0].fact.at
    sink.put(time)
    for record in records {
      sink.put(UInt64(bitPattern: (record.fact.at - time).count))
      time = record.fact.at
      sink.put(record.fact.event)
      sink.put(UInt64(record.shownCount))
      sink.put(bytes: record.line)
    }
    sink.put(records[records.count - 1].digest)
    return sink.bytes
  }

  /// - Throws: when the bytes are damaged or of another format; nothing was read then.
  public init(bytes: [UInt8]) throws(SnapshotError) {
    var source = ByteSource(bytes)
    let format = try source.word()
    guard format == Self.format else {
      throw SnapshotError(
        offset: 0,
        reason: "journal format \(format); this version reads \(Self.format)"
      )
    }
    let first = try source.word()
    let count = try source.count()
    guard count > 0, first > 0, first < .max - UInt64(count) else {
      throw SnapshotError(offset: source.offset, reason: "\(count) facts from \(first)")
    }
    var time = try source.millis()
    records = []
    records.reserveCapacity(count)
    for index in 0..<count {
      time = time + Millis(Int64(bitPattern: try source.word()))
      let event = try source.event()
      let shown = try source.word()
      let line = try source.run()
      guard shown <= UInt64(line.count) else {
        throw SnapshotError(offset: source.offset, reason: "a line shows more than it holds")
      }
      records.append(
        JournalRecord(
          fact: Fact(number: first + UInt64(index), at: time, event: event),
          line: Array(line),
          shownCount: Int(shown)
        )
      )
    }
    records[count - 1].digest = try source.word()
    guard source.isAtEnd else {
      throw SnapshotError(offset: source.offset, reason: "bytes are left over at the end")
    }
  }
}

/// One entry of the journal as it stands in the store.
public struct JournalEntry: Equatable, Sendable {
  public enum Content: Equatable, Sendable {
    /// Facts, and the sum of the chain up to their end.
    case batch(JournalBatch, chain: UInt32)
    /// A leadership began: who leads, and the chain so far; `nil` = it begins anew.
    case epoch(owner: String, chain: UInt32?)
  }

  public var position: FactPosition
  public var content: Content

  public init(position: FactPosition, content: Content) {
    self.position = position
    self.content = content
  }
}
