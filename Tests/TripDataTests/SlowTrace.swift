import Spatial
import TripData

/// One row of a trace.
struct TraceRow {
  var seconds: Int64
  var place: GeoPoint
  var occupied: Bool
}

/// The rules for traces once more, step by step and from the words of docs/DATA.md: each step from
/// one fix to the next is marked, and shifts are sums over marks.
struct SlowTrace {
  var rides: [ClosedRange<Int>] = []
  var dropped: [DropCause: Int] = [:]
  /// Start and end in seconds, on-shift and occupied seconds.
  var shifts: [[Int64]] = []

  /// Start and end of the shifts by the rule of gaps, in seconds.
  func gaps(_ rows: [TraceRow]) -> [[Int64]] {
    var spells: [[Int64]] = []
    for ride in rides {
      let pickup = rows[ride.lowerBound].seconds
      let dropoff = rows[ride.upperBound].seconds
      if let last = spells.last, pickup - last[1] <= 3_600 {
        spells[spells.count - 1][1] = dropoff
      } else {
        spells.append([pickup, dropoff])
      }
    }
    return spells
  }

  init(_ rows: [TraceRow]) {
    findRides(rows)
    let ride = rows.indices.map { index in rides.firstIndex { $0.contains(index) } }
    let isRide = rows.indices.dropLast().map { ride[$0] != nil && ride[$0] == ride[$0 + 1] }
    let isAbsent = absentSteps(rows, ride, isRide)
    // Segments of fixes between absences over an hour.
    var start = 0
    var step = 0
    while step < isAbsent.count {
      guard isAbsent[step] else {
        step += 1
        continue
      }
      let first = step
      while step < isAbsent.count && isAbsent[step] { step += 1 }
      if rows[step].seconds - rows[first].seconds > 3_600 {
        addShift(rows, ride, isRide, isAbsent, start...first)
        start = step
      }
    }
    addShift(rows, ride, isRide, isAbsent, start...(rows.count - 1))
  }

  private mutating func findRides(_ rows: [TraceRow]) {
    var run: [Int] = []
    for index in rows.indices.map({ $0 }) + [rows.count] {
      let goesOn =
        index < rows.count && rows[index].occupied
        && (run.last.map { rows[index].seconds - rows[$0].seconds < 1_800 } ?? true)
      if !goesOn, let first = run.first, let last = run.last {
        let time = rows[last].seconds - rows[first].seconds
        let length = decimetres(rows[first].place, rows[last].place)
        if time < 60 {
          dropped[.tooShort, default: 0] += 1
        } else if time > 10_800 {
          dropped[.tooLong, default: 0] += 1
        } else if length <= 1_000 {
          dropped[.samePlace, default: 0] += 1
        } else if length > 550 * time {
          dropped[.tooFast, default: 0] += 1
        } else {
          rides.append(first...last)
        }
        run = []
      }
      if index < rows.count && rows[index].occupied { run.append(index) }
    }
  }

  private func absentSteps(_ rows: [TraceRow], _ ride: [Int?], _ isRide: [Bool]) -> [Bool] {
    var isAbsent = isRide.indices.map { step in
      !isRide[step] && rows[step + 1].seconds - rows[step].seconds >= 600
    }
    let isSilent = isAbsent
    var anchor = 0
    while anchor < rows.count {
      var stop = [anchor]
      for next in anchor..<rows.count {
        guard ride[next] == nil, decimetres(rows[anchor].place, rows[next].place) <= 1_500,
          next == anchor || !isSilent[next - 1]
        else { break }
        stop.append(next)
      }
      let last = stop.last ?? anchor
      if rows[last].seconds - rows[anchor].seconds >= 1_800 {
        for step in anchor..<last { isAbsent[step] = true }
        anchor = last
      } else {
        anchor += 1
      }
    }
    return isAbsent
  }

  private mutating func addShift(
    _ rows: [TraceRow],
    _ ride: [Int?],
    _ isRide: [Bool],
    _ isAbsent: [Bool],
    _ range: ClosedRange<Int>
  ) {
    var first = range.lowerBound
    var last = range.upperBound
    while first < last && (ride[first] != nil || isAbsent[first]) { first += 1 }
    while first < last && isAbsent[last - 1] { last -= 1 }
    guard first < last else { return }
    var onShift: Int64 = 0
    var occupied: Int64 = 0
    for step in first..<last {
      let time = rows[step + 1].seconds - rows[step].seconds
      if !isAbsent[step] { onShift += time }
      if isRide[step] { occupied += time }
    }
    shifts.append([rows[first].seconds, rows[last].seconds, onShift, occupied])
  }
}

/// A cab that drives, parks, falls silent and flickers, on a grid of about 50 m.
func drawTrace(_ draws: inout Draws) -> [TraceRow] {
  var rows: [TraceRow] = []
  var seconds: Int64 = 1_211_000_000
  var column = 0
  var line = 0
  var occupied = false
  for _ in 0..<Int.random(in: 1...60, using: &draws) {
    let kind = Int.random(in: 0..<8, using: &draws)
    if kind < 5 { occupied.toggle() }
    if kind == 7 { seconds += Int64.random(in: 300...5_400, using: &draws) }
    let isParked = kind == 5 || kind == 6
    for _ in 0..<Int.random(in: 1...25, using: &draws) {
      seconds += Int64.random(in: 1...(isParked ? 240 : 90), using: &draws)
      let reach = isParked ? 1 : 9
      column += Int.random(in: -reach...reach, using: &draws)
      line += Int.random(in: -reach...reach, using: &draws)
      rows.append(
        TraceRow(
          seconds: seconds,
          place: GeoPoint(
            latitude: 377_000_000 + Int32(line) * 5_000,
            longitude: -1_224_000_000 + Int32(column) * 5_000
          ),
          occupied: occupied
        )
      )
    }
  }
  return rows
}
