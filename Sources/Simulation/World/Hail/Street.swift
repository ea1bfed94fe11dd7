import Spatial

/// Who stands at the kerb and who drives by empty: the riders that wait, in the square of their
/// place, and the vacant taxis, in every square that their present leg comes near.
struct Street {
  private let grid: StreetGrid
  /// Decimetres.
  let sight: Int64
  /// By square, in no order that shows: whoever is found is compared by time and number.
  private var waiting: [[Int32]]
  private var passing: [[Passing]]
  /// How many of a square's passing taxis were still there when it was last swept.
  private var kept: [Int32]
  /// By ride: where its rider stands; `nil` = not at the kerb.
  private(set) var places: [Point?]
  /// By taxi: whom it will meet first on its present leg, as things are.
  private var meetings: [Meeting]

  /// An entry is void once its taxi is on another leg.
  private struct Passing {
    var taxi: Int32
    var leg: UInt32
  }

  struct Meeting {
    var at = Int64.max
    var ride = Int32.max

    func precedes(_ other: Meeting) -> Bool { (at, ride) < (other.at, other.ride) }
  }

  init(box: Box, sight: Int64, taxis: Int, rides: Int) {
    grid = StreetGrid(box: box)
    self.sight = sight
    waiting = Array(repeating: [], count: grid.count)
    passing = Array(repeating: [], count: grid.count)
    kept = Array(repeating: 0, count: grid.count)
    places = Array(repeating: nil, count: rides)
    meetings = Array(repeating: Meeting(), count: taxis)
  }

  func isWaiting(_ ride: Int) -> Bool { places[ride] != nil }

  mutating func stand(_ ride: Int, at place: Point) {
    places[ride] = place
    waiting[grid.square(of: place)].append(Int32(ride))
  }

  mutating func leave(_ ride: Int) {
    guard let place = places[ride] else { return }
    places[ride] = nil
    let square = grid.square(of: place)
    guard let index = waiting[square].firstIndex(of: Int32(ride)) else { return }
    waiting[square].swapAt(index, waiting[square].count - 1)
    waiting[square].removeLast()
  }

  /// A vacant taxi is on a new leg: whoever comes to stand on its way will find it.
  mutating func enter(_ taxi: Int, _ leg: SimulatedTaxi, taxis: [SimulatedTaxi]) {
    meetings[taxi] = Meeting()
    grid.forEachSquare(along: leg.from, leg.to, within: sight) { square in
      passing[square].append(Passing(taxi: Int32(taxi), leg: leg.legStamp))
      guard passing[square].count > 2 * Int(kept[square]) + 8 else { return }
      passing[square].removeAll { taxis[Int($0.taxi)].legStamp != $0.leg }
      kept[square] = Int32(passing[square].count)
    }
  }

  /// The first meeting of a taxi with anyone who waits, on the rest of its leg; on a tie the ride of
  /// the lower number, whose rider asked first.
  mutating func firstMeeting(of taxi: Int, on leg: SimulatedTaxi, now: Int64) -> Meeting? {
    var first = Meeting()
    let duration = leg.arrivesAt - leg.departedAt
    let since = min(now - leg.departedAt, duration)
    grid.forEachSquare(along: leg.point(at: now), leg.to, within: sight + 2) { square in
      for ride in waiting[square] {
        guard let place = places[Int(ride)],
          let time = Sighting.first(
            of: place,
            from: leg.from,
            to: leg.to,
            duration: duration,
            since: since,
            sight: sight
          )
        else { continue }
        let meeting = Meeting(at: max(leg.departedAt + time, now), ride: ride)
        if meeting.precedes(first) { first = meeting }
      }
    }
    meetings[taxi] = first
    return first.at < .max ? first : nil
  }

  /// Whether a meeting that comes due is the one that the taxi was last told of.
  func isDue(_ taxi: Int, at now: Int64, ride: Int32) -> Bool {
    meetings[taxi].at == now && meetings[taxi].ride == ride
  }

  /// What it means that a rider comes to stand at the kerb.
  enum Appearance {
    /// A taxi is there already: the nearest within sight, on a tie the lower number.
    case met(taxi: Int)
    /// Vacant taxis whose next meeting this is.
    case passing([(taxi: Int, meeting: Meeting)])
  }

  /// Who of the vacant taxis meets a rider that has just come to ``stand(_:at:)`` there.
  mutating func appear(_ ride: Int, taxis: [SimulatedTaxi], now: Int64) -> Appearance {
    guard let place = places[ride] else { return .passing([]) }
    let square = grid.square(of: place)
    passing[square].removeAll { taxis[Int($0.taxi)].legStamp != $0.leg }
    kept[square] = Int32(passing[square].count)
    var later: [(taxi: Int, meeting: Meeting)] = []
    var nearest: (squared: Int64, taxi: Int)?
    for entry in passing[square] {
      let taxi = Int(entry.taxi)
      let leg = taxis[taxi]
      let duration = leg.arrivesAt - leg.departedAt
      guard
        let time = Sighting.first(
          of: place,
          from: leg.from,
          to: leg.to,
          duration: duration,
          since: min(now - leg.departedAt, duration),
          sight: sight
        )
      else { continue }
      let meeting = Meeting(at: max(leg.departedAt + time, now), ride: Int32(ride))
      if meeting.at == now {
        let squared = leg.point(at: now).squaredDistance(to: place)
        if nearest.map({ (squared, taxi) < $0 }) ?? true { nearest = (squared, taxi) }
      } else if meeting.precedes(meetings[taxi]) {
        later.append((taxi, meeting))
      }
    }
    if let nearest { return .met(taxi: nearest.taxi) }
    for (taxi, meeting) in later { meetings[taxi] = meeting }
    return .passing(later)
  }
}
