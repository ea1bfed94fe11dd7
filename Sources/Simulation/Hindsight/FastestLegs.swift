import Matching
import Spatial

/// The least time that an empty leg can take, over all departures that are possible: where leaving
/// later can be faster, a bound must reckon with that.
///
/// Time is cut into slots in which the model does not change; a leg's least time is that of the
/// fastest slot which its departure can fall into.
///
/// A class with its tables behind pointers: the search for arcs asks it for every candidate.
final class FastestLegs {
  private let model: any TravelModel
  /// The first instant of the first slot, and how long and how many slots are; one slot where the
  /// model never changes.
  private let start: Int64
  private let step: Int64
  private let slotCount: Int
  /// Whether legs take the model's time; else every stretch is driven at the slot's pace.
  private let areWhole: Bool
  /// The least pace, in milliseconds a decimetre times 2²⁰, of 2ᵏ slots from each slot on, row *k*
  /// after row: any stretch of slots is the union of two of them. All 0 where legs are whole.
  private let leastPaces: UnsafeMutablePointer<Int64>
  /// What rounding can gain, in milliseconds: where a taxi stands when its leg is broken off is
  /// rounded by up to √2 dm, and the distances and times of both parts are rounded down.
  let grace: Int64

  // Times by distance class, of the fastest slot at the class's near end and of the slowest at its
  // far end: they settle most questions. And the greatest distance within a time, by time class.
  private let classShift: Int32
  private let fastest: UnsafeMutablePointer<Int64>
  private let slowest: UnsafeMutablePointer<Int64>
  private let reachShift: Int64
  private let reaches: UnsafeMutablePointer<Int32>

  /// Legs that one gap between two rides can be driven in without ``grace`` falling short.
  private static let pieces: Int64 = 32
  private static let classes = 2_048

  /// Tables for departures within `span`, and legs of up to `longest` decimetres between any two
  /// places of the problem.
  init(_ travel: HindsightTravel, span: Range<Int64>, longest: Int32) {
    model = travel.model
    let longest = max(longest, 1)
    let slots = travel.slots(during: span)
    start = slots[0]
    step = travel.changesEvery ?? .max
    slotCount = slots.count
    areWhole = travel.legs == .whole
    var paces = Array(repeating: Int64(0), count: slots.count)
    if case .broken(let limit) = travel.legs {
      let far = min(max(limit, 1), longest)
      let roaming = travel.roamingSpeed.map { Self.pace(speed: $0, travel.detourPermille) }
      for (slot, instant) in slots.enumerated() {
        paces[slot] = min((model.time(far, at: instant) << 20) / Int64(far), roaming ?? .max)
      }
      let short = min(far, 100)
      let slowest = slots.reduce(0) { max($0, travel.model.time(short, at: $1)) }
      // Of three decimetres by the pace of a short leg, which is the slowest pace there is.
      grace = Self.pieces * (slowest * 3 / Int64(short) + 2)
    } else {
      grace = 0
    }
    let runs = Self.leastOfRuns(paces)
    leastPaces = .allocate(capacity: runs.count)
    leastPaces.initialize(from: runs, count: runs.count)

    fastest = .allocate(capacity: Self.classes)
    fastest.initialize(repeating: .max, count: Self.classes)
    slowest = .allocate(capacity: Self.classes)
    slowest.initialize(repeating: .min, count: Self.classes)
    reaches = .allocate(capacity: Self.classes)
    reaches.initialize(repeating: 0, count: Self.classes)
    var shift: Int32 = 0
    while longest >> shift >= Self.classes { shift += 1 }
    classShift = shift
    for (slot, instant) in slots.enumerated() {
      for index in 0..<Self.classes {
        let near = Int64(index) << Int64(shift)
        let far = near + (1 << Int64(shift)) - 1
        let first =
          areWhole ? model.time(Int32(clamping: near), at: instant) : (near * paces[slot]) >> 20
        let last =
          areWhole ? model.time(Int32(clamping: far), at: instant) : (far * paces[slot]) >> 20
        fastest[index] = min(fastest[index], first)
        slowest[index] = max(slowest[index], last)
      }
    }
    var timeShift: Int64 = 0
    while fastest[Self.classes - 1] >> timeShift >= Self.classes { timeShift += 1 }
    reachShift = timeShift
    for (slot, instant) in slots.enumerated() {
      for index in 0..<Self.classes {
        let time = Int32(clamping: (Int64(index + 1) << timeShift) - 1)
        let reach =
          areWhole
          ? model.reach(within: time, departure: Millis(instant))
          : Int32(clamping: ((Int64(time) + 1) << 20) / max(paces[slot], 1))
        reaches[index] = max(reaches[index], reach)
      }
    }
  }

  deinit {
    leastPaces.deallocate()
    fastest.deallocate()
    slowest.deallocate()
    reaches.deallocate()
  }

  /// The least time of a leg of so many decimetres that departs at `ready` or later, up to `latest`.
  func leastTime(_ distance: Int32, ready: Int64, latest: Int64) -> Int64 {
    let first = slot(of: ready)
    let last = slot(of: max(latest, ready))
    if !areWhole {
      // The greatest power of two that is no longer than the stretch.
      let power = Int.bitWidth - 1 - (last - first + 1).leadingZeroBitCount
      let row = leastPaces + power * slotCount
      return (Int64(distance) * min(row[first], row[last + 1 - (1 << power)])) >> 20
    }
    var least = Int64.max
    for slot in first...last {
      let instant = slotCount > 1 ? start + Int64(slot) * step : start
      least = min(least, model.time(distance, at: instant))
    }
    return least
  }

  /// Whether a taxi free at `ready` can be so many decimetres away at `latest`.
  func canReach(_ distance: Int32, ready: Int64, latest: Int64) -> Bool {
    let budget = latest - ready + grace
    guard budget >= 0 else { return false }
    let index = Int(distance >> classShift)
    if slowest[index] <= budget { return true }
    if fastest[index] > budget { return false }
    return leastTime(distance, ready: ready, latest: latest) <= budget
  }

  /// A distance in decimetres that no leg of at most so many milliseconds exceeds.
  func reachMax(within time: Int64) -> Int32 {
    let index = time >> reachShift
    return index < Int64(Self.classes) ? reaches[Int(max(index, 0))] : .max
  }

  private func slot(of instant: Int64) -> Int {
    guard slotCount > 1 else { return 0 }
    return Int(min(max((instant - start) / step, 0), Int64(slotCount - 1)))
  }

  private static func leastOfRuns(_ paces: [Int64]) -> [Int64] {
    var runs = paces
    var length = 1
    while length * 2 <= paces.count {
      let before = runs.count - paces.count
      for slot in paces.indices {
        runs.append(min(runs[before + slot], runs[before + min(slot + length, paces.count - 1)]))
      }
      length *= 2
    }
    return runs
  }

  /// Milliseconds a straight decimetre times 2²⁰, rounded down, at so many driven metres an hour.
  private static func pace(speed: Int64, _ detourPermille: Int) -> Int64 {
    // 1 dm × detour ÷ (speed ÷ 3,600,000 m/ms).
    (Int64(detourPermille) * 360 << 20) / max(speed, 1)
  }
}

extension HindsightTravel {
  /// How many slots of time there are in which the model does not change; saturates.
  func slotCount(during span: Range<Int64>) -> Int64 {
    guard let step = changesEvery else { return 1 }
    let (first, last) = (floorDivide(span.lowerBound, step), floorDivide(span.upperBound, step))
    let (difference, overflows) = last.subtractingReportingOverflow(first)
    return overflows || difference == .max ? .max : difference + 1
  }

  /// The first instants of those slots, in order; the first slot begins at `Int64.min` where it
  /// would begin before. Whoever asks has made sure that they are not too many.
  func slots(during span: Range<Int64>) -> [Int64] {
    guard let step = changesEvery else { return [span.lowerBound] }
    let (first, overflows) = floorDivide(span.lowerBound, step)
      .multipliedReportingOverflow(by: step)
    let start = overflows ? .min : first
    // Instants that follow are within the span, so no product overflows.
    return (0..<slotCount(during: span)).map { index in
      index == 0 ? start : (floorDivide(span.lowerBound, step) + index) * step
    }
  }
}

extension TravelModel {
  /// The time in milliseconds of a leg of so many straight-line decimetres.
  fileprivate func time(_ distance: Int32, at instant: Int64) -> Int64 {
    Int64(
      time(
        from: Point(x: 0, y: 0),
        to: Point(x: distance, y: 0),
        departure: Millis(instant)
      )
    )
  }
}
