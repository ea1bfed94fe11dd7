import Spatial

/// Kept state as bytes and as a digest.
extension Engine {
  /// The format below. A snapshot of another version is refused, not guessed at.
  private static var snapshotVersion: UInt64 { 1 }

  /// A number that two engines share when their kept state is the same. O(*n*).
  public func digest() -> UInt64 {
    var sink = DigestSink()
    write(to: &sink)
    return sink.value
  }

  /// Kept state as bytes: what ``restored(from:options:policy:travel:)`` reads. Positions are not in it.
  public func snapshot() -> [UInt8] {
    var sink = ByteSink()
    sink.put(Self.snapshotVersion)
    write(to: &sink)
    sink.put(digest())
    return sink.bytes
  }

  /// An engine with the kept state of a snapshot. Taxis have no position until they report.
  ///
  /// - Throws: ``SnapshotError`` when the bytes are damaged, of another version, or hold more than
  ///   the options allow.
  public static func restored(
    from bytes: [UInt8],
    options: Options,
    policy: any Policy,
    travel: any TravelModel
  ) throws(SnapshotError) -> Engine {
    var source = ByteSource(bytes)
    let version = try source.word()
    guard version == snapshotVersion else {
      throw SnapshotError(
        offset: 0, reason: "snapshot version \(version); this engine reads \(snapshotVersion)")
    }
    var engine = Engine(options: options, policy: policy, travel: travel)
    try engine.read(from: &source)
    let digest = try source.word()
    guard source.isAtEnd, digest == engine.digest() else {
      throw SnapshotError(offset: source.offset, reason: "the digest does not fit: damaged bytes")
    }
    engine.takeOver(at: engine.now)
    return engine
  }

  // MARK: Writing

  private func write(to sink: inout some StateSink) {
    sink.put(now)
    sink.put(factCount)
    sink.put(offerCount)
    sink.put(UInt64(fleet.used))
    for slot in 0..<fleet.used { write(fleet[slot], to: &sink) }
    write(fleet.freeSlots, to: &sink)
    sink.put(UInt64(rides.records.count))
    for record in rides.records { write(record, to: &sink) }
    write(rides.freeSlots, to: &sink)
    sink.put(UInt64(offers.records.count))
    for record in offers.records { write(record, to: &sink) }
    write(offers.freeSlots, to: &sink)
  }

  private func write(_ slots: [Int32], to sink: inout some StateSink) {
    sink.put(UInt64(slots.count))
    for slot in slots { sink.put(slot) }
  }

  private func write(_ taxi: TaxiRecord, to sink: inout some StateSink) {
    sink.put(taxi.isLive)
    sink.put(UInt64(taxi.generation))
    guard taxi.isLive else { return }
    sink.put(taxi.id.value)
    sink.put(UInt64(taxi.state.rawValue))
    sink.put(taxi.isLost)
    sink.put(taxi.auto)
    sink.put(UInt64(taxi.seats))
    sink.put(UInt64(taxi.tags))
    sink.put(UInt64(taxi.busyReason.rawValue))
    sink.put(taxi.ride)
    sink.put(taxi.offer)
    sink.put(taxi.changedAt)
    sink.put(taxi.joinedAt)
  }

  private func write(_ ride: RideRecord, to sink: inout some StateSink) {
    sink.put(ride.isLive)
    sink.put(UInt64(ride.generation))
    guard ride.isLive else { return }
    sink.put(ride.id.value)
    sink.put(UInt64(ride.state.rawValue))
    sink.put(ride.from)
    sink.put(ride.to)
    sink.put(UInt64(ride.seats))
    sink.put(UInt64(ride.tags))
    sink.put(ride.requestedAt)
    sink.put(ride.at)
    sink.put(ride.wait)
    sink.put(ride.expiresAt)
    sink.put(ride.since)
    sink.put(UInt64(ride.version))
    sink.put(ride.requestDigest)
    sink.put(ride.changeDigest)
    sink.put(ride.requestedFact)
    sink.put(ride.changedFact)
    sink.put(ride.taxi)
    sink.put(ride.accepted)
    sink.put(ride.offer)
    sink.put(ride.offers)
    sink.put(ride.offersCount)
  }

  private func write(_ offer: OfferRecord, to sink: inout some StateSink) {
    sink.put(offer.isLive)
    guard offer.isLive else { return }
    sink.put(offer.id.value)
    sink.put(UInt64(offer.state.rawValue))
    sink.put(offer.ride)
    sink.put(offer.taxi.value)
    sink.put(offer.taxiSlot)
    sink.put(offer.eta)
    sink.put(offer.expiresAt)
    sink.put(offer.changedFact)
    sink.put(offer.previous)
  }

  // MARK: Reading

  private mutating func read(from source: inout ByteSource) throws(SnapshotError) {
    now = try source.millis()
    factCount = try source.word()
    offerCount = try source.word()
    var taxis: [TaxiRecord] = []
    for _ in 0..<(try source.count()) { taxis.append(try readTaxi(&source)) }
    let freeTaxis = try readSlots(&source)
    var saved: [RideRecord] = []
    for _ in 0..<(try source.count()) { saved.append(try readRide(&source)) }
    let freeRides = try readSlots(&source)
    var made: [OfferRecord] = []
    for _ in 0..<(try source.count()) { made.append(try readOffer(&source)) }
    let freeOffers = try readSlots(&source)
    guard taxis.count <= options.taxisMax, saved.count <= options.ridesMax,
      made.count <= offers.capacity
    else {
      throw SnapshotError(
        offset: source.offset,
        reason: "\(taxis.count) taxis, \(saved.count) rides, \(made.count) offers: more than the "
          + "options allow")
    }
    fleet.restore(taxis, freeSlots: freeTaxis)
    rides.restore(saved, freeSlots: freeRides)
    offers.restore(made, freeSlots: freeOffers)
  }

  private func readSlots(_ source: inout ByteSource) throws(SnapshotError) -> [Int32] {
    var slots: [Int32] = []
    for _ in 0..<(try source.count()) { slots.append(try source.int32()) }
    return slots
  }

  private func readTaxi(_ source: inout ByteSource) throws(SnapshotError) -> TaxiRecord {
    var taxi = TaxiRecord.vacant
    taxi.isLive = try source.bool()
    taxi.generation = UInt32(truncatingIfNeeded: try source.word())
    guard taxi.isLive else { return taxi }
    taxi.id = TaxiID(try source.word())
    taxi.state = try readCase(&source)
    taxi.isLost = try source.bool()
    taxi.auto = try source.bool()
    taxi.seats = UInt8(truncatingIfNeeded: try source.word())
    taxi.tags = UInt32(truncatingIfNeeded: try source.word())
    taxi.busyReason = try readCase(&source)
    taxi.ride = try source.int32()
    taxi.offer = try source.int32()
    taxi.changedAt = try source.word()
    taxi.joinedAt = try source.word()
    return taxi
  }

  private func readRide(_ source: inout ByteSource) throws(SnapshotError) -> RideRecord {
    var ride = RideRecord.vacant
    ride.isLive = try source.bool()
    ride.generation = UInt32(truncatingIfNeeded: try source.word())
    guard ride.isLive else { return ride }
    ride.id = RideID(try source.word())
    ride.state = try readCase(&source)
    ride.from = try source.point()
    ride.to = try source.optionalPoint()
    ride.seats = UInt8(truncatingIfNeeded: try source.word())
    ride.tags = UInt32(truncatingIfNeeded: try source.word())
    ride.requestedAt = try source.millis()
    ride.at = try source.optionalMillis()
    ride.wait = try source.millis()
    ride.expiresAt = try source.millis()
    ride.since = try source.millis()
    ride.version = UInt32(truncatingIfNeeded: try source.word())
    ride.requestDigest = try source.word()
    ride.changeDigest = try source.word()
    ride.requestedFact = try source.word()
    ride.changedFact = try source.word()
    ride.taxi = try source.int32()
    ride.accepted = try source.int32()
    ride.offer = try source.int32()
    ride.offers = try source.int32()
    ride.offersCount = try source.int32()
    return ride
  }

  private func readOffer(_ source: inout ByteSource) throws(SnapshotError) -> OfferRecord {
    var offer = OfferRecord.vacant
    offer.isLive = try source.bool()
    guard offer.isLive else { return offer }
    offer.id = OfferID(try source.word())
    offer.state = try readCase(&source)
    offer.ride = try source.int32()
    offer.taxi = TaxiID(try source.word())
    offer.taxiSlot = try source.int32()
    offer.eta = try source.int32()
    offer.expiresAt = try source.millis()
    offer.changedFact = try source.word()
    offer.previous = try source.int32()
    return offer
  }

  private func readCase<Case: RawRepresentable<UInt8>>(
    _ source: inout ByteSource
  ) throws(SnapshotError) -> Case {
    let raw = try source.word()
    guard let value = Case(rawValue: UInt8(truncatingIfNeeded: raw)), raw <= 0xFF else {
      throw SnapshotError(offset: source.offset, reason: "\(raw) is no \(Case.self)")
    }
    return value
  }
}
