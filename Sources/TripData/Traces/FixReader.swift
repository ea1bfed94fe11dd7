import Spatial

/// A row of a trace before cleaning; 16 bytes.
struct RawFix {
  var seconds: UInt32
  var place: GeoPoint
  var occupied: UInt32
}

/// Reads both forms of cabspotting into stretches of fixes, one per taxi and file.
struct FixReader: FileSink {
  /// Rows `from ..< to` of `fixes` are of one taxi.
  struct Stretch {
    var taxi: Int32
    var from: Int
    var to: Int
  }

  var tally: Tally
  private(set) var fixes: [RawFix] = []
  private(set) var stretches: [Stretch] = []
  private(set) var names = NameTable()
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
    let occupied = digits(&next, end, separator)
    let time = digits(&next, end, separator)
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
        occupied: UInt32(truncatingIfNeeded: occupied)
      )
    )
    stretches[stretches.count - 1].to = fixes.count
  }

  /// Finds the first column that made the row unreadable; off the fast path.
  @inline(never)
  private mutating func broken(_ line: Field, _ number: Int) throws(TripFileError) {
    let isDay = format.layout == .cabspottingDay
    let columns =
      isDay
      ? ["cab", "latitude", "longitude", "occupied", "unix_time"]
      : ["latitude", "longitude", "occupied", "unix_time"]
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
/// decimal of at most 20 digits.
@inline(__always)
private func degrees(
  _ next: inout UnsafeMutablePointer<UInt8>,
  _ end: UnsafeMutablePointer<UInt8>,
  _ separator: UInt8
) -> Int64 {
  var value: Int64 = 0
  var count = 0
  var left = 7
  var inFraction = false
  var negative = false
  if next < end && next.pointee == 0x2D {
    negative = true
    next += 1
  }
  while next < end {
    let byte = next.pointee
    let digit = byte &- 0x30
    if digit <= 9 {
      count += 1
      if inFraction {
        // A ten-millionth of a degree is a centimetre: what stands below it is cut.
        if left == 0 {
          next += 1
          continue
        }
        left -= 1
      }
      value = value &* 10 &+ Int64(digit)
    } else if byte == 0x2E && !inFraction {
      inFraction = true
    } else if byte == separator {
      break
    } else {
      return Int64.min
    }
    next += 1
  }
  next += 1
  guard count > 0, count <= 20, abs(value) <= 9_999_999_999 else { return Int64.min }
  while left > 0 {
    value &*= 10
    left -= 1
  }
  return negative ? -value : value
}

/// A whole number of at most 12 digits up to the separator, which is passed; −1 for anything else.
@inline(__always)
private func digits(
  _ next: inout UnsafeMutablePointer<UInt8>,
  _ end: UnsafeMutablePointer<UInt8>,
  _ separator: UInt8
) -> Int64 {
  var value: Int64 = 0
  var count = 0
  while next < end && next.pointee != separator {
    let digit = next.pointee &- 0x30
    guard digit <= 9, count < 12 else { return -1 }
    value = value &* 10 &+ Int64(digit)
    count += 1
    next += 1
  }
  next += 1
  return count > 0 ? value : -1
}
