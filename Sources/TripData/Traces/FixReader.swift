import Spatial

/// A row of a trace; 16 bytes.
struct RawFix {
  var seconds: UInt32
  var place: GeoPoint
  /// As read: the flag in the lowest bit, the line by ``LineMap`` above it. Once rides are cut: the
  /// id of the kept ride that the fix is part of, 0 for none.
  var mark: UInt32
}

/// The lines of several files as one sequence, in 31 bits.
struct LineMap {
  private var files: [String] = []
  /// Lines before each file.
  private var bases: [Int] = []
  private var base = 0

  /// Later lines are of this file, which follows `lines` lines.
  mutating func begin(_ file: String, after lines: Int) {
    files.append(file)
    bases.append(lines)
    base = lines
  }

  /// A line of the current file; 0 when the sequence is too long for its number.
  func ordinal(line: Int) -> UInt32 {
    let ordinal = base + line
    return ordinal < 1 << 31 ? UInt32(truncatingIfNeeded: ordinal) : 0
  }

  /// `file:line` of the line that a fix as read was in.
  func place(mark: UInt32) -> String {
    let ordinal = Int(mark >> 1)
    guard ordinal > 0, let file = bases.lastIndex(where: { $0 < ordinal }) else {
      return "(a line past the two thousand millionth)"
    }
    return "\(files[file]):\(ordinal - bases[file])"
  }
}

/// Reads both forms of cabspotting into stretches of fixes, one per taxi and file.
struct FixReader: FileSink {
  /// Rows `from ..< to` of `fixes` are of one taxi.
  struct Stretch {
    var taxi: Int32
    var from: Int
    var to: Int
  }

  static let dayColumns = ["cab", "latitude", "longitude", "occupied", "unix_time"]

  var tally: Tally
  private(set) var fixes: [RawFix] = []
  private(set) var stretches: [Stretch] = []
  private(set) var names = NameTable()
  private(set) var lines = LineMap()
  private var linesBefore = 0
  private var lastLine = 0
  private let region: Region
  private var format = FileFormat(layout: .cabspottingDay)
  private var taxi: Int32 = -1
  private var headerPending = false

  init(_ input: Input) {
    tally = Tally(files: input.files, malformedShareMax: input.options.malformedShareMax)
    region = input.region ?? .world
  }

  mutating func begin(_ format: FileFormat) {
    self.format = format
    headerPending = format.hasHeader
    taxi = -1
    linesBefore += lastLine
    lastLine = 0
    lines.begin(tally.report.files[tally.file], after: linesBefore)
    if format.layout == .cabspotting {
      var name = Array(cabName(of: tally.report.files[tally.file]).utf8)
      let number = name.withUnsafeMutableBufferPointer { names.number(of: $0) }
      open(number)
    }
  }

  private mutating func open(_ number: Int32) {
    taxi = number
    stretches.append(Stretch(taxi: number, from: fixes.count, to: fixes.count))
  }

  mutating func take(_ line: Field, number: Int) throws(TripFileError) {
    if headerPending {
      headerPending = false
      return
    }
    tally.row()
    lastLine = number
    guard let start = line.baseAddress else { return }
    let end = start + line.count
    var next = start
    let isDay = format.layout == .cabspottingDay
    let separator: UInt8 = isDay ? 0x2C : 0x20
    var cab = Field(start: start, count: 0)
    if isDay {
      while next < end && next.pointee != 0x2C { next += 1 }
      cab = Field(start: start, count: next - start)
      next += 1
    }
    let latitude = degrees(&next, end, separator)
    let longitude = degrees(&next, end, separator)
    let occupied = unsigned(&next, end, separator)
    let time = unsigned(&next, end, separator)
    guard latitude != Int64.min, longitude != Int64.min, occupied >= 0, occupied <= 1, time >= 0,
      time <= Int64(UInt32.max), next == end + 1, !isDay || cab.count > 0
    else { return try broken(line, number) }
    if isDay {
      let named = names.number(of: cab)
      if named != taxi { open(named) }
    }
    guard let place = geoPoint(latitude: latitude, longitude: longitude),
      region.contains(place), latitude != 0, longitude != 0
    else {
      let origin = RowOrigin(file: tally.file, line: number)
      tally.report.drop(.strayFix, at: origin, detail: shortText(line))
      return
    }
    fixes.append(
      RawFix(
        seconds: UInt32(truncatingIfNeeded: time),
        place: place,
        mark: UInt32(truncatingIfNeeded: occupied) | lines.ordinal(line: number) << 1
      )
    )
    stretches[stretches.count - 1].to = fixes.count
  }

  /// Finds the first column that made the row unreadable; off the fast path.
  @inline(never)
  private mutating func broken(_ line: Field, _ number: Int) throws(TripFileError) {
    let isDay = format.layout == .cabspottingDay
    let columns = Self.dayColumns.dropFirst(isDay ? 0 : 1)
    let fields = line.split(separator: isDay ? 0x2C : 0x20, omittingEmptySubsequences: false)
      .map { Field(rebasing: $0) }
    for (column, field) in zip(columns, fields) {
      let problem: String? =
        switch column {
        case "cab": field.isEmpty ? "is no name" : nil
        case "latitude", "longitude":
          fixedPoint(field, scale: 7) == nil ? "is no number of degrees" : nil
        case "occupied":
          wholeNumber(field).map { $0 == 0 || $0 == 1 } == true ? nil : "is neither 0 nor 1"
        default:
          wholeNumber(field).map { $0 >= 0 && $0 <= Int64(UInt32.max) } == true
            ? nil : "is no Unix time in seconds"
        }
      if let problem {
        return try tally.malformed(
          line: number,
          column: column,
          value: shortText(field),
          problem: problem
        )
      }
    }
    try tally.malformed(
      line: number,
      column: "\(fields.count)",
      value: shortText(line),
      problem: "the row has \(fields.count) fields where the layout has \(columns.count)"
    )
  }
}

/// The cab's name: the file's without folder, `new_`, `.gz` and `.txt`.
func cabName(of path: String) -> String {
  var name = path.split(separator: "/").last.map(String.init) ?? path
  for ending in [".gz", ".txt"] where name.hasSuffix(ending) {
    name.removeLast(ending.count)
  }
  return name.hasPrefix("new_") ? String(name.dropFirst(4)) : name
}

/// A place from degrees times 10⁷; `nil` off the globe.
@inline(__always)
func geoPoint(latitude: Int64, longitude: Int64) -> GeoPoint? {
  guard abs(latitude) <= 900_000_000, abs(longitude) <= 1_800_000_000 else { return nil }
  return GeoPoint(
    latitude: Int32(truncatingIfNeeded: latitude),
    longitude: Int32(truncatingIfNeeded: longitude)
  )
}

/// Plain degrees times 10⁷ up to the separator, which is passed; `Int64.min` when they are no plain
/// decimal. A ten-millionth of a degree is a centimetre: what stands below it is cut.
@inline(__always)
private func degrees(
  _ next: inout UnsafeMutablePointer<UInt8>,
  _ end: UnsafeMutablePointer<UInt8>,
  _ separator: UInt8
) -> Int64 {
  let negative = next < end && next.pointee == 0x2D
  if negative { next += 1 }
  let start = next
  var value = digits(&next, end, 0)
  let whole = next - start
  var fraction = 0
  if next < end && next.pointee == 0x2E {
    next += 1
    let point = next
    let limit = end - next > 7 ? next + 7 : end
    value = digits(&next, limit, value)
    fraction = next - point
    while next < end && next.pointee &- 0x30 <= 9 { next += 1 }
  }
  guard whole &+ fraction > 0, whole <= 3, next >= end || next.pointee == separator else {
    return Int64.min
  }
  next += 1
  value &*= powersOfTen[7 - fraction]
  return negative ? -value : value
}

/// A whole number of at most 12 digits up to the separator, which is passed; −1 for anything else.
@inline(__always)
private func unsigned(
  _ next: inout UnsafeMutablePointer<UInt8>,
  _ end: UnsafeMutablePointer<UInt8>,
  _ separator: UInt8
) -> Int64 {
  let start = next
  let value = digits(&next, end, 0)
  let count = next - start
  guard count > 0, count <= 12, next >= end || next.pointee == separator else { return -1 }
  next += 1
  return value
}
