import Spatial

/// Cuts one taxi's fixes after another into rides, and keeps what was cut.
///
/// A ride is a run of occupied fixes; it ends where two fixes are `rideSilence` or more apart. Its
/// pickup is the first fix of the run and its drop-off the last (docs/SIMULATION.md, 3).
struct TraceCutter {
  private let options: TripReader.Options
  private var trips: [Trip] = []
  private var emptyMetresBefore: [Int32?] = []
  private var presence: [RecordedShift] = []
  private var occupiedDecimetres: Int64 = 0
  private var vacantDecimetres: Int64 = 0
  private var jumps = 0
  private var path = DrivenPath()

  init(options: TripReader.Options) { self.options = options }

  /// One kept ride of the taxi at hand: fixes `first ... last`.
  struct Ride {
    var id: UInt32
    var first: Int
    var last: Int
  }

  /// Takes the fixes of one taxi in order of time, no two in one second. Afterwards the marks are
  /// ids of rides.
  mutating func cut(
    _ fixes: inout [RawFix],
    taxi: Int32,
    lines: LineMap,
    report: inout CleaningReport
  ) {
    guard !fixes.isEmpty else { return }
    let rides = markRides(&fixes, lines: lines, report: &report)
    path.measure(fixes, options: options)
    jumps += path.jumps
    occupiedDecimetres += path.occupied(0, fixes.count - 1)
    vacantDecimetres += path.vacant(0, fixes.count - 1)
    var last: Int?
    for ride in rides {
      let empty = last.map { path.vacant($0, ride.first) }
      emptyMetresBefore.append(empty.map(metres))
      last = ride.last
      trips.append(
        Trip(
          id: UInt64(ride.id),
          taxi: taxi,
          pickupAt: Int64(fixes[ride.first].seconds) * 1_000,
          dropoffAt: Int64(fixes[ride.last].seconds) * 1_000,
          from: fixes[ride.first].place,
          to: fixes[ride.last].place,
          metres: metres(path.occupied(ride.first, ride.last))
        )
      )
    }
    presence += presenceShifts(fixes, taxi: taxi, path: path, options: options)
  }

  private mutating func markRides(
    _ fixes: inout [RawFix],
    lines: LineMap,
    report: inout CleaningReport
  ) -> [Ride] {
    var rides: [Ride] = []
    let silence = UInt32(clamping: options.rideSilence / 1_000)
    var index = 0
    while index < fixes.count {
      guard fixes[index].mark & 1 == 1 else {
        fixes[index].mark = 0
        index += 1
        continue
      }
      var last = index
      while last + 1 < fixes.count, fixes[last + 1].mark & 1 == 1,
        fixes[last + 1].seconds - fixes[last].seconds < silence
      {
        last += 1
      }
      report.rides += 1
      var id: UInt32 = 0
      if let cause = fault(from: fixes[index], to: fixes[last]) {
        report.drop(cause, example: lines.place(mark: fixes[index].mark))
      } else {
        id = UInt32(trips.count + rides.count + 1)
        rides.append(Ride(id: id, first: index, last: last))
      }
      for fix in index...last { fixes[fix].mark = id }
      index = last + 1
    }
    report.kept += rides.count
    return rides
  }

  private func fault(from: RawFix, to: RawFix) -> DropCause? {
    let duration = Int64(to.seconds - from.seconds) * 1_000
    if duration < options.rideTimeMin { return .tooShort }
    if duration > options.rideTimeMax { return .tooLong }
    let distance = decimetres(from.place, to.place)
    if distance <= options.rideMetresMin * 10 { return .samePlace }
    if distance * 100 > options.speedMax * duration { return .tooFast }
    return nil
  }

  /// Puts everything into the log, trips in order of (pickupAt, id).
  consuming func finish(_ log: inout TripLog, fixes: FixTable?) -> TripLog {
    let trips = trips
    let order = trips.indices.sorted {
      (trips[$0].pickupAt, trips[$0].id) < (trips[$1].pickupAt, trips[$1].id)
    }
    log.trips = order.map { trips[$0] }
    let empty = emptyMetresBefore
    log.trace = TraceFigures(
      presence: presence,
      emptyMetresBefore: order.map { empty[$0] },
      occupiedMetres: occupiedDecimetres / 10,
      vacantMetres: vacantDecimetres / 10,
      jumps: jumps,
      fixes: fixes
    )
    return log
  }
}

/// Whole metres of a distance in decimetres, rounded half up.
private func metres(_ decimetres: Int64) -> Int32 { Int32(clamping: (decimetres + 5) / 10) }

/// Metres along the fixes of one taxi as running sums, so that any stretch is one subtraction.
///
/// A step is occupied when both its fixes belong to one kept ride. A step faster than the speed
/// limit is a GPS jump and counts nothing; so does a step of silence outside rides, whose path
/// nobody knows.
struct DrivenPath {
  private var occupiedUpTo: [Int64] = []
  private var vacantUpTo: [Int64] = []
  private(set) var jumps = 0

  mutating func measure(_ fixes: [RawFix], options: TripReader.Options) {
    occupiedUpTo.removeAll(keepingCapacity: true)
    vacantUpTo.removeAll(keepingCapacity: true)
    occupiedUpTo.append(0)
    vacantUpTo.append(0)
    jumps = 0
    var occupied: Int64 = 0
    var vacant: Int64 = 0
    for index in fixes.indices.dropFirst() {
      let from = fixes[index - 1]
      let to = fixes[index]
      let step = decimetres(from.place, to.place)
      let time = Int64(to.seconds - from.seconds) * 1_000
      if step * 100 > options.speedMax * time {
        jumps += 1
      } else if to.mark != 0 && to.mark == from.mark {
        occupied += step
      } else if time < options.silenceMin {
        vacant += step
      }
      occupiedUpTo.append(occupied)
      vacantUpTo.append(vacant)
    }
  }

  /// Decimetres from one fix to a later one with a rider, and without.
  func occupied(_ from: Int, _ to: Int) -> Int64 { occupiedUpTo[to] - occupiedUpTo[from] }
  func vacant(_ from: Int, _ to: Int) -> Int64 { vacantUpTo[to] - vacantUpTo[from] }
}
