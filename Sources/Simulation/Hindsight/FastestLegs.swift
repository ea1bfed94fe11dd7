import Matching
import Spatial

/// The least time that an empty leg can take, over all departures that are possible: where leaving
/// later can be faster, a bound must reckon with that.
///
/// The model is asked once for each slot of time in which it does not change, and times of whole
/// slots are compared, so that a leg's least time is that of the fastest slot its departure can
/// fall into.
struct FastestLegs {
  private let model: any TravelModel
  /// First instant of each slot, and their length; one slot where the model never changes.
  private let slots: [Int64]
  private let step: Int64
  /// Milliseconds a decimetre times 2²⁰, by slot, where legs may be broken off; empty otherwise.
  private let paces: [Int64]
  /// The least pace of 2ᵏ slots from each slot on, row *k* after row: any stretch of slots is the
  /// union of two of them.
  private let leastPaces: [Int64]
  /// What rounding can gain, in milliseconds: see ``HindsightBound/Legs/broken(longest:)``.
  let grace: Int64

  // Times by distance class, of the fastest slot at the class's near end and of the slowest at its
  // far end: they settle most questions.
  private let classShift: Int32
  private let fastest: [Int64]
  private let slowest: [Int64]
  /// Greatest distance within a time, by time class, over all slots.
  private let reaches: [Int32]
  private let reachShift: Int64

  /// Legs that one gap between two rides can be driven in without ``grace`` falling short.
  private static let pieces: Int64 = 32
  private static let classes = 2_048

  /// `span` holds every departure; no leg between two places of the problem is longer than `longest`
  /// decimetres.
  init(_ travel: HindsightTravel, span: Range<Int64>, longest: Int32) {
    model = travel.model
    let longest = max(longest, 1)
    if let step = travel.changesEvery {
      let first = floorDivide(span.lowerBound, step) * step
      slots = Array(stride(from: first, through: max(span.upperBound, first), by: Int(step)))
      self.step = step
    } else {
      slots = [span.lowerBound]
      step = .max
    }
    switch travel.legs {
    case .whole:
      paces = []
      grace = 0
    case .broken(let limit):
      let far = min(max(limit, 1), longest)
      let roaming = travel.roamingSpeed.map { Self.pace(speed: $0, travel.detourPermille) }
      var paces: [Int64] = []
      var slowestTime: Int64 = 0
      for slot in slots {
        let time = Self.time(travel.model, far, at: slot)
        paces.append(min((time << 20) / Int64(far), roaming ?? .max))
        slowestTime = max(slowestTime, Self.time(travel.model, min(far, 100), at: slot))
      }
      self.paces = paces
      // Of three decimetres by the pace of ten metres, which is the slowest pace there is.
      grace = Self.pieces * (slowestTime * 3 / Int64(min(far, 100)) + 2)
    }
    leastPaces = Self.leastOfRuns(paces)
    var shift: Int32 = 0
    while longest >> shift >= Self.classes { shift += 1 }
    classShift = shift
    var fastest = Array(repeating: Int64.max, count: Self.classes)
    var slowest = Array(repeating: Int64.min, count: Self.classes)
    for slot in slots.indices {
      for index in fastest.indices {
        let near = Int64(index) << Int64(shift)
        let far = near + (1 << Int64(shift)) - 1
        let first = Self.time(model, slots, paces, Int32(clamping: near), slot)
        fastest[index] = min(fastest[index], first)
        slowest[index] = max(
          slowest[index],
          Self.time(model, slots, paces, Int32(clamping: far), slot)
        )
      }
    }
    self.fastest = fastest
    self.slowest = slowest
    var timeShift: Int64 = 0
    while fastest[Self.classes - 1] >> timeShift >= Self.classes { timeShift += 1 }
    reachShift = timeShift
    var reaches: [Int32] = []
    for index in 1...Self.classes {
      let time = Int32(clamping: (Int64(index) << timeShift) - 1)
      var reach: Int32 = 0
      for (slot, instant) in slots.enumerated() {
        reach = max(
          reach,
          paces.isEmpty
            ? model.reach(within: time, departure: Millis(instant))
            : Int32(clamping: ((Int64(time) + 1) << 20) / max(paces[slot], 1))
        )
      }
      reaches.append(reach)
    }
    self.reaches = reaches
  }

  /// The least time of a leg of so many decimetres that departs at `ready` or later, up to `latest`.
  func leastTime(_ distance: Int32, ready: Int64, latest: Int64) -> Int64 {
    let first = slot(of: ready)
    let last = slot(of: max(latest, ready))
    if !paces.isEmpty {
      // The greatest power of two that is no longer than the stretch.
      let power = Int.bitWidth - 1 - (last - first + 1).leadingZeroBitCount
      let row = power * slots.count
      let pace = min(leastPaces[row + first], leastPaces[row + last + 1 - (1 << power)])
      return (Int64(distance) * pace) >> 20
    }
    var least = Int64.max
    for slot in first...last {
      least = min(least, Self.time(model, slots, paces, distance, slot))
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

  private func slot(of instant: Int64) -> Int {
    guard slots.count > 1 else { return 0 }
    return Int(min(max((instant - slots[0]) / step, 0), Int64(slots.count - 1)))
  }

  private static func time(
    _ model: any TravelModel,
    _ slots: [Int64],
    _ paces: [Int64],
    _ distance: Int32,
    _ slot: Int
  ) -> Int64 {
    if paces.isEmpty { return time(model, distance, at: slots[slot]) }
    return (Int64(distance) * paces[slot]) >> 20
  }

  private static func time(_ model: any TravelModel, _ distance: Int32, at instant: Int64) -> Int64
  {
    Int64(
      model.time(
        from: Point(x: 0, y: 0),
        to: Point(x: distance, y: 0),
        departure: Millis(instant)
      )
    )
  }

  /// Milliseconds a straight decimetre times 2²⁰, rounded down, at so many driven metres an hour.
  private static func pace(speed: Int64, _ detourPermille: Int) -> Int64 {
    // 1 dm × detour ÷ (speed ÷ 3,600,000 m/ms).
    (Int64(detourPermille) * 360 << 20) / max(speed, 1)
  }
}
