import Spatial

/// One pass of a policy over waiting rides and the taxis within their reach: the question.
///
/// Rides and taxis are named by their index in this round. Candidates lie ride after ride.
public struct Round: Sendable {
  public struct Ride: Sendable {
    public var id: RideID
    /// Since the request, or since a reservation's time.
    public var waited: Millis
    /// A taxi is bound to the ride and drives to it; the first candidate is that taxi.
    public var isAssigned: Bool
    /// Where the rider gets out, as far as that is known.
    public var to: Point?
    /// Driving time to there in milliseconds; 0 where it is not known, or no policy asks
    /// (``RoundNeeds/places``).
    public var duration: Int32
    /// Where its candidates lie in ``Round/candidates``.
    public var candidates: Range<Int>
  }

  public struct Candidate: Sendable {
    /// Index into ``Round/taxis``.
    public var taxi: Int32
    /// Driving time to the pickup in milliseconds.
    public var eta: Int32
  }

  public struct Taxi: Sendable {
    public var id: TaxiID
    /// Where it is, by its latest report; while occupied, where it will be free.
    public var point: Point
    /// It drives to a ride of this round, which must not be left without a taxi.
    public var isEnroute: Bool
    /// It carries a rider still, and its driving times count from now: a ride planned for it goes on
    /// waiting, with a promise from nobody.
    public var isOccupied: Bool = false
  }

  public internal(set) var now = Millis(0)
  /// The longest waiting first; ties by id.
  public internal(set) var rides: [Ride] = []
  /// Each ride's by (driving time, slot), but an assigned ride's own taxi first.
  public internal(set) var candidates: [Candidate] = []
  public internal(set) var taxis: [Taxi] = []

  /// The ride has no candidates.
  mutating func leaveOut(_ ride: Int) {
    let start = rides[ride].candidates.lowerBound
    rides[ride].candidates = start..<start
  }

  mutating func removeAll() {
    rides.removeAll(keepingCapacity: true)
    candidates.removeAll(keepingCapacity: true)
    taxis.removeAll(keepingCapacity: true)
  }
}

/// What a policy proposes. The engine verifies it and only then makes offers.
public struct Plan: Sendable {
  /// For each ride of the round the index of its candidate in ``Round/candidates``, or -1: it goes
  /// on waiting, or keeps its taxi. It goes on waiting, too, if its candidate is still occupied.
  public var chosen: [Int32] = []
  /// What each candidate would cost, for `explain`; parallel to ``Round/candidates``.
  public var costs: [Int32] = []
  /// What leaving each ride unmatched would cost, for `explain`.
  public var unmatchedCosts: [Int32] = []

  public init() {}

  /// Makes room for a round: nothing chosen, all costs 0.
  public mutating func reset(for round: borrowing Round) {
    chosen.removeAll(keepingCapacity: true)
    chosen.append(contentsOf: repeatElement(-1, count: round.rides.count))
    costs.removeAll(keepingCapacity: true)
    costs.append(contentsOf: repeatElement(0, count: round.candidates.count))
    unmatchedCosts.removeAll(keepingCapacity: true)
    unmatchedCosts.append(contentsOf: repeatElement(0, count: round.rides.count))
  }
}

/// When rounds happen and what goes into them.
public struct RoundNeeds: Equatable, Sendable {
  /// 0 = a ride is matched the moment it asks; otherwise rounds happen at multiples of the window.
  public var window: Millis
  /// With a window of 0: how often rides that found no taxi try again.
  public var retry: Millis
  /// Candidates per ride; at most ``candidatesMax`` are looked for.
  public var candidates: Int
  /// Rides on whose way a taxi already is are matched again, with the taxis that drive to them.
  public var reassigns: Bool
  /// A taxi this close to its pickup keeps it.
  public var frozen: Millis
  /// Taxis that will drop their rider within this time are candidates of the rides that wait, as far
  /// as the destination is known; 0 = none are.
  public var soonFree: Millis
  /// The policy weighs where rides end, and so asks how long they take.
  public var places: Bool

  public init(
    window: Millis,
    retry: Millis,
    candidates: Int,
    reassigns: Bool,
    frozen: Millis,
    soonFree: Millis = Millis(0),
    places: Bool = false
  ) {
    self.window = window
    self.retry = retry
    self.candidates = candidates
    self.reassigns = reassigns
    self.frozen = frozen
    self.soonFree = soonFree
    self.places = places
  }

  public static let candidatesMax = 256

  /// How many kinds of taxis a ride has candidates of: free ones, those under way, occupied ones.
  var kinds: Int { 1 + (reassigns ? 1 : 0) + (soonFree > Millis(0) ? 1 : 0) }

  /// The time between two rounds while someone waits.
  var period: Millis { window.count > 0 ? window : retry }
}

/// Waiting rides + free taxis + driving times → plan. One of the engine's three seams: called once a
/// round through `any`. It only proposes: a plan that breaks a rule is cut down to what is allowed.
public protocol Policy {
  var name: String { get }
  var needs: RoundNeeds { get }
  mutating func plan(_ round: borrowing Round, into plan: inout Plan)
}
