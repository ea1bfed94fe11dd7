import Spatial

/// Judges recorded rides and puts the survivors into a log.
struct RideCleaner {
  private(set) var trips: [Trip] = []
  private var origins: [RowOrigin] = []
  private let region: Region?
  private let rideTimeMax: Int64
  private let speedMax: Int64

  init(_ input: Input) {
    region = input.region
    rideTimeMax = input.options.rideTimeMax
    speedMax = input.options.speedMax
  }

  /// Judges one ride by itself and keeps it, or counts the first cause against it. Its places are
  /// set from `from` and `to`, which are not yet believed.
  mutating func judge(
    _ trip: Trip,
    from: RawPlace,
    to: RawPlace,
    origin: RowOrigin,
    report: inout CleaningReport
  ) {
    report.rides += 1
    if let cause = fault(trip, from, to) {
      report.drop(cause, at: origin)
      return
    }
    var trip = trip
    trip.from = from.place
    trip.to = to.place
    trips.append(trip)
    origins.append(origin)
  }

  private func fault(_ trip: Trip, _ from: RawPlace, _ to: RawPlace) -> DropCause? {
    if isUnknown(from) || isUnknown(to) { return .zeroCoordinate }
    if !isInside(from) || !isInside(to) { return .outOfRegion }
    let duration = trip.dropoffAt - trip.pickupAt
    if duration < 0 { return .timeReversed }
    if let requestedAt = trip.requestedAt, requestedAt > trip.pickupAt { return .timeReversed }
    if duration == 0 { return .zeroDuration }
    if duration > rideTimeMax { return .tooLong }
    if from == to { return .samePlace }
    // Decimetres and milliseconds: metres per second times a hundred.
    if decimetres(from.place, to.place) * 100 > speedMax * duration { return .tooFast }
    return nil
  }

  /// Exactly zero is what a device writes that knows no place; where the region crosses the
  /// equator or the zero meridian both must be zero.
  private func isUnknown(_ raw: RawPlace) -> Bool {
    if raw.latitude == 0 && raw.longitude == 0 { return true }
    return (raw.latitude == 0 || raw.longitude == 0) && region != nil && !isInside(raw)
  }

  private func isInside(_ raw: RawPlace) -> Bool {
    guard let place = geoPoint(latitude: raw.latitude, longitude: raw.longitude) else {
      return false
    }
    return region?.contains(place) ?? true
  }

  /// Numbers the rides kept so far from 1, in order of their rows.
  mutating func numberByRow() {
    for index in trips.indices { trips[index].id = UInt64(index + 1) }
  }

  /// Sorts the rides, drops those that overlap an earlier one of the same taxi (ties: the lower id
  /// is the earlier), and fills the log.
  /// `names` are the taxis by the numbers in the trips; in the log they are in order.
  consuming func finish(_ log: inout TripLog, names: NameTable) {
    let ranks = names.ranks
    log.taxis = names.names.enumerated().sorted { ranks[$0.offset] < ranks[$1.offset] }
      .map(\.element)
    let read = trips
    let rows = origins
    let order = read.indices.sorted {
      (read[$0].pickupAt, read[$0].id) < (read[$1].pickupAt, read[$1].id)
    }
    var busyUntil = [Int64](repeating: .min, count: log.taxis.count)
    log.trips.reserveCapacity(read.count)
    for index in order {
      var trip = read[index]
      if trip.taxi >= 0 {
        trip.taxi = ranks[Int(trip.taxi)]
        let taxi = Int(trip.taxi)
        if trip.pickupAt < busyUntil[taxi] {
          log.report.drop(.overlap, at: rows[index])
          continue
        }
        busyUntil[taxi] = trip.dropoffAt
      }
      log.trips.append(trip)
    }
    log.report.kept = log.trips.count
  }
}

/// Coordinates as written, in ten-millionths of a degree, perhaps off the globe.
struct RawPlace: Equatable {
  var latitude: Int64
  var longitude: Int64

  /// Only after ``geoPoint(latitude:longitude:)`` has accepted it.
  var place: GeoPoint {
    GeoPoint(latitude: Int32(clamping: latitude), longitude: Int32(clamping: longitude))
  }
}

/// Why one field of a row could not be read.
struct FieldFault: Error {
  var column: String
  /// Shortened.
  var value: String
  var problem: String

  init(column: String, value: Field, problem: String) {
    self.column = column
    self.value = shortText(value)
    self.problem = problem
  }
}

/// Degrees times 10⁷; an empty field is 0, the mark of an unknown place.
@inline(__always)
func coordinate(_ field: Field, _ column: @autoclosure () -> String) throws(FieldFault) -> Int64 {
  if field.isEmpty { return 0 }
  guard let value = fixedPoint(field, scale: 7) else {
    throw FieldFault(column: column(), value: field, problem: "is no number of degrees")
  }
  return value
}
