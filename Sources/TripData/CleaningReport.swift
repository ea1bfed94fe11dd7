/// Why a row or a ride was left out. Raw values are keys of the JSON report: append, never rename.
///
/// Rows are judged first, then what they make: rides. For a layout with one ride per row every
/// readable row is one ride. The first cause that holds, in this order, is the one counted.
public enum DropCause: String, CaseIterable, Hashable, Sendable {
  // Rows.
  /// A field is missing or is not what its column holds.
  case malformed
  /// A fix with a coordinate of exactly 0, or outside the region.
  case strayFix = "stray_fix"
  /// A second fix of one taxi at the same second; the first read is kept.
  case duplicateFix = "duplicate_fix"
  /// A second record equal to an earlier one in every column.
  case duplicateRow = "duplicate_row"

  // Rides.
  /// A second START or END of one ride, or a second row with one request id.
  case duplicateID = "duplicate_id"
  case startWithoutEnd = "start_without_end"
  case endWithoutStart = "end_without_start"
  /// END tells another start time or another taxi than START did.
  case mismatchedPair = "mismatched_pair"
  /// A coordinate of exactly 0, which devices write when they know no place.
  case zeroCoordinate = "zero_coordinate"
  case outOfRegion = "out_of_region"
  /// The drop-off is before the pickup, or the pickup before the request.
  case timeReversed = "time_reversed"
  case zeroDuration = "zero_duration"
  /// Traces: an occupied run shorter than 60 s (flicker of the flag).
  case tooShort = "too_short"
  /// Over 3 h: the meter or the flag was left on.
  case tooLong = "too_long"
  /// Pickup and drop-off are the same point; in traces, at most 100 m apart.
  case samePlace = "same_place"
  /// Straight line over duration above 55 m/s.
  case tooFast = "too_fast"
  /// The same taxi is still on an earlier ride; the earlier is kept.
  case overlap

  /// Whether rows are counted under this cause, or rides.
  public var dropsRows: Bool {
    switch self {
    case .malformed, .strayFix, .duplicateFix, .duplicateRow: true
    default: false
    }
  }

  /// The cause for a person.
  public var words: String {
    switch self {
    case .malformed: "unreadable row"
    case .strayFix: "fix at zero or out of region"
    case .duplicateFix: "second fix in the same second"
    case .duplicateRow: "repeated row"
    case .duplicateID: "repeated id"
    case .startWithoutEnd: "start without end"
    case .endWithoutStart: "end without start"
    case .mismatchedPair: "end does not match its start"
    case .zeroCoordinate: "zero coordinate"
    case .outOfRegion: "out of region"
    case .timeReversed: "times out of order"
    case .zeroDuration: "zero duration"
    case .tooShort: "too short (flicker)"
    case .tooLong: "too long"
    case .samePlace: "same start and end"
    case .tooFast: "faster than possible"
    case .overlap: "overlaps the taxi's earlier ride"
    }
  }
}

/// How much was left out for one cause, and where the first cases are.
public struct Drop: Hashable, Sendable {
  public var cause: DropCause
  public var count: Int
  /// At most ``CleaningReport/examplesMax``, in order of discovery: `file:line`, and what was
  /// found there where that helps.
  public var examples: [String]
}

/// What was read and what became of it. Part of every run.
///
/// `rows` = readable rows + dropped rows; `rides` = `kept` + dropped rides.
public struct CleaningReport: Hashable, Sendable {
  public static let examplesMax = 3

  public var files: [String]
  /// Bytes after decompression.
  public var bytes: Int = 0
  /// Lines with data: headers and blank lines are not rows.
  public var rows: Int = 0
  /// Rides the readable rows told of (for call logs: calls).
  public var rides: Int = 0
  /// Rides (or calls) that survived.
  public var kept: Int = 0
  /// Passenger counts of 0, or above 9 in the New York layouts, which were read as 1.
  public var passengersCorrected: Int = 0
  /// Calls assigned before they were asked for: bookings ahead. Kept, and counted here.
  public var bookings: Int = 0
  /// Columns of a ``TripLayout/generic`` file that nothing is known about; they are not read.
  public var ignoredColumns: [String] = []
  private var counts: [Int]
  private var samples: [[String]]

  public init(files: [String]) {
    self.files = files
    counts = Array(repeating: 0, count: DropCause.allCases.count)
    samples = Array(repeating: [], count: DropCause.allCases.count)
  }

  public func dropped(_ cause: DropCause) -> Int { counts[cause.ordinal] }

  /// The causes that occurred, in the order in which they are checked.
  public var drops: [Drop] {
    DropCause.allCases.compactMap { cause in
      let count = counts[cause.ordinal]
      guard count > 0 else { return nil }
      return Drop(cause: cause, count: count, examples: samples[cause.ordinal])
    }
  }

  public var rowsDropped: Int { drops.reduce(0) { $0 + ($1.cause.dropsRows ? $1.count : 0) } }
  public var ridesDropped: Int { drops.reduce(0) { $0 + ($1.cause.dropsRows ? 0 : $1.count) } }

  /// Counts one drop; the example is only built while there is room for it.
  mutating func drop(_ cause: DropCause, example: @autoclosure () -> String) {
    let index = cause.ordinal
    counts[index] += 1
    if samples[index].count < Self.examplesMax { samples[index].append(example()) }
  }

  /// Counts one drop at a place in the input: `file:line`, and the detail if there is any.
  mutating func drop(
    _ cause: DropCause,
    at origin: RowOrigin,
    detail: @autoclosure () -> String? = nil
  ) {
    let index = cause.ordinal
    counts[index] += 1
    guard samples[index].count < Self.examplesMax else { return }
    let place = "\(files[origin.file]):\(origin.line)"
    samples[index].append(detail().map { "\(place): \($0)" } ?? place)
  }
}

extension DropCause {
  /// The place in ``allCases``.
  var ordinal: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Where a row stands: index of the file and line counted from 1, in eight bytes.
struct RowOrigin: Hashable {
  private var packed: UInt64

  init(file: Int, line: Int) { packed = UInt64(file) << 40 | UInt64(line) }

  var file: Int { Int(packed >> 40) }
  var line: Int { Int(packed & 0xFF_FFFF_FFFF) }
}
