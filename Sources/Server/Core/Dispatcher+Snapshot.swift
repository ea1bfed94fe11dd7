import Journal
import LineProtocol
import Matching
import Spatial

/// The whole state as bytes: the engine's, and the door's books. Connections and positions are not in
/// it.
extension Dispatcher {
  /// The door's part below; another format is refused, not guessed at.
  private static var format: UInt64 { 1 }
  /// How many of the latest events go along, for subscribers who resume after a restart.
  private static var eventsKept: UInt64 { 20_000 }

  package func snapshot() -> [UInt8] {
    var sink = ByteSink()
    sink.put(Self.format)
    sink.put(bytes: engine.snapshot())
    sink.put(UInt64(epochs.spans.count))
    for span in epochs.spans {
      sink.put(span.epoch)
      sink.put(span.after)
    }
    sink.put(UInt64(tenants.count))
    for index in 0..<tenants.count { sink.put(bytes: tenants.name(Int32(index)).utf8) }
    sink.put(UInt64(taxis.names.usedCount))
    for index in 0..<taxis.names.usedCount { put(taxi: index, &sink) }
    sink.put(UInt64(rides.names.usedCount))
    for index in 0..<rides.names.usedCount { put(ride: index, &sink) }
    let made = offers.keys.sorted()
    sink.put(UInt64(made.count))
    for id in made {
      guard let offer = offers[id] else { continue }
      sink.put(id)
      sink.put(offer.ride)
      sink.put(offer.taxi)
      sink.put(offer.eta)
    }
    putEvents(&sink)
    return sink.bytes
  }

  private func put(taxi index: Int, _ sink: inout ByteSink) {
    sink.put(UInt64(taxis.names.generation(at: index)))
    let isUsed = taxis.names.isUsed(index)
    sink.put(isUsed)
    guard isUsed else { return }
    sink.put(bytes: taxis.names.name(at: index))
    let record = taxis[index]
    sink.put(record.tenant)
    sink.put(record.isOn)
    sink.put(UInt64(record.seats))
    sink.put(UInt64(record.tags))
    sink.put(record.auto)
    sink.put(Millis(record.offSince))
  }

  private func put(ride index: Int, _ sink: inout ByteSink) {
    sink.put(UInt64(rides.names.generation(at: index)))
    let isUsed = rides.names.isUsed(index)
    sink.put(isUsed)
    guard isUsed, let ride = rides[index] else { return }
    sink.put(bytes: rides.names.name(at: index))
    sink.put(ride.tenant)
    sink.put(ride.from)
    sink.put(ride.to != nil)
    if let to = ride.to { sink.put(to) }
    sink.put(UInt64(ride.seats))
    sink.put(UInt64(ride.tags))
    sink.put(ride.note != nil)
    if let note = ride.note { sink.put(bytes: note.utf8) }
    sink.put(ride.taxi)
    sink.put(ride.offer)
    sink.put(UInt64(ride.offers.count))
    for offer in ride.offers { sink.put(offer) }
  }

  private func putEvents(_ sink: inout ByteSink) {
    let first = max(recent.first, recent.last - min(recent.last, Self.eventsKept) + 1)
    let count = recent.last >= first ? recent.last - first + 1 : 0
    sink.put(recent.last)
    sink.put(count)
    for number in first..<(first + count) {
      guard let event = recent[number] else { continue }
      sink.put(event.at)
      sink.put(UInt64(event.kind.rawValue))
      sink.put(event.taxi)
      sink.put(event.ride)
      sink.put(event.taxiTenant)
      sink.put(event.rideTenant)
      sink.put(event.place != nil)
      if let place = event.place { sink.put(place) }
      sink.put(bytes: event.full)
      sink.put(event.reduced != nil)
      if let reduced = event.reduced { sink.put(bytes: reduced) }
    }
  }

  // MARK: Reading

  /// Takes the state of a snapshot over; the dispatcher must know nothing yet.
  func restore(_ bytes: [UInt8]) throws(SnapshotError) {
    var source = ByteSource(bytes)
    let format = try source.word()
    guard format == Self.format else {
      throw SnapshotError(offset: 0, reason: "format \(format); this version reads \(Self.format)")
    }
    engine = try Engine.restored(
      from: Array(try source.run()),
      options: region.options,
      policy: region.makePolicy(),
      travel: region.travel
    )
    if let guidance = region.guidance { engine.guide(guidance, forecast: nil) }
    for _ in 0..<(try source.count()) {
      epochs.begin(try source.word(), after: try source.word())
    }
    var companies: [Int32] = []
    for _ in 0..<(try source.count()) { companies.append(tenant(try source.text())) }
    for index in 0..<(try source.count()) { try readTaxi(index, companies, &source) }
    for index in 0..<(try source.count()) { try readRide(index, companies, &source) }
    for _ in 0..<(try source.count()) {
      let id = try source.word()
      offers[id] = OfferRecord(
        ride: try source.word(),
        taxi: try source.word(),
        eta: try source.int32()
      )
    }
    try readEvents(companies, &source)
    guard source.isAtEnd else {
      throw SnapshotError(offset: source.offset, reason: "bytes are left over at the end")
    }
    kept = engine.factCount
  }

  private func company(
    _ companies: [Int32],
    _ source: inout ByteSource
  ) throws(SnapshotError) -> Int32 {
    let number = try source.int32()
    if number < 0 { return -1 }
    guard Int(number) < companies.count else {
      throw SnapshotError(offset: source.offset, reason: "company \(number) is not there")
    }
    return companies[Int(number)]
  }

  private func readTaxi(
    _ index: Int,
    _ companies: [Int32],
    _ source: inout ByteSource
  ) throws(SnapshotError) {
    let generation = try source.uint32()
    guard index < taxis.names.capacity else {
      throw SnapshotError(
        offset: source.offset,
        reason: "more taxis than the region's bounds allow"
      )
    }
    guard try source.bool() else { return taxis.names.setGeneration(generation, at: index) }
    let name = Array(try source.run())
    guard let place = taxis.adopt(name.span, id: UInt64(generation) << 32 | UInt64(index)) else {
      throw SnapshotError(offset: source.offset, reason: "a taxi's name stands there twice")
    }
    taxis[place].tenant = try company(companies, &source)
    let isOn = try source.bool()
    taxis[place].seats = try source.uint8()
    taxis[place].tags = try source.uint32()
    taxis[place].auto = try source.bool()
    let offSince = try source.millis()
    taxis[place].isOn = isOn
    if !isOn { taxis.depart(place, at: offSince) }
  }

  private func readRide(
    _ index: Int,
    _ companies: [Int32],
    _ source: inout ByteSource
  ) throws(SnapshotError) {
    let generation = try source.uint32()
    guard index < rides.names.capacity else {
      throw SnapshotError(
        offset: source.offset,
        reason: "more rides than the region's bounds allow"
      )
    }
    guard try source.bool() else { return rides.names.setGeneration(generation, at: index) }
    let name = Array(try source.run())
    guard let place = rides.names.adopt(name.span, id: UInt64(generation) << 32 | UInt64(index))
    else { throw SnapshotError(offset: source.offset, reason: "a ride's name stands there twice") }
    var ride = RideRecord(
      tenant: try company(companies, &source),
      session: .none,
      from: try source.place(),
      to: try source.bool() ? try source.place() : nil,
      seats: try source.uint8(),
      tags: try source.uint32(),
      note: try source.bool() ? try source.text() : nil,
      requestedNanos: 0
    )
    ride.taxi = try source.word()
    ride.offer = try source.word()
    for _ in 0..<(try source.count()) { ride.offers.append(try source.word()) }
    rides[place] = ride
  }

  private func readEvents(
    _ companies: [Int32],
    _ source: inout ByteSource
  ) throws(SnapshotError) {
    let last = try source.word()
    let count = try source.word()
    guard count <= last, last == engine.factCount else {
      throw SnapshotError(offset: source.offset, reason: "\(count) events up to \(last)")
    }
    recent = RecentFacts(capacity: limits.recentFactsMax, after: last - count)
    for number in (last - count + 1)..<(last + 1) {
      let at = try source.millis()
      let raw = try source.uint8()
      guard let kind = EventKind(rawValue: raw) else {
        throw SnapshotError(offset: source.offset, reason: "\(raw) is no kind of event")
      }
      var event = Event(number: number, at: at, kind: kind)
      event.taxi = try source.word()
      event.ride = try source.word()
      event.taxiTenant = try company(companies, &source)
      event.rideTenant = try company(companies, &source)
      event.place = try source.bool() ? try source.place() : nil
      event.full = Array(try source.run())
      event.reduced = try source.bool() ? Array(try source.run()) : nil
      recent.append(event)
    }
  }
}

extension ByteSink {
  fileprivate mutating func put(_ place: GeoPoint) {
    put(place.latitude)
    put(place.longitude)
  }
}

extension ByteSource {
  fileprivate mutating func place() throws(SnapshotError) -> GeoPoint {
    GeoPoint(latitude: try int32(), longitude: try int32())
  }

  fileprivate mutating func text() throws(SnapshotError) -> String {
    String(decoding: try run(), as: UTF8.self)
  }
}
