import Spatial

/// Kept state as bytes and as a digest.
extension Engine {
  /// The format below. A snapshot of another version is refused, not guessed at.
  private static var snapshotVersion: UInt64 { 1 }

  /// A number that two engines share when their kept state is the same, whatever positions they
  /// know and however far their clocks have moved on since the last fact. O(*n*).
  public func digest() -> UInt64 {
    var sink = DigestSink()
    write(to: &sink)
    return sink.value
  }

  /// Kept state as bytes: what ``restored(from:options:policy:travel:)`` reads. Positions are not in
  /// it. Version, time, tables, then a checksum of all the bytes before it.
  public func snapshot() -> [UInt8] {
    var sink = ByteSink()
    sink.put(Self.snapshotVersion)
    // Not `now`, which may be later: who leads next need not know this snapshot, and may go on with
    // facts from between.
    sink.put(factAt)
    write(to: &sink)
    return SnapshotSeal.sealed(sink.bytes)
  }

  /// An engine with the kept state of a snapshot. Taxis have no position until they report.
  ///
  /// - Throws: ``SnapshotError`` when the bytes are damaged, of another version, hold more than the
  ///   options allow, or contradict themselves.
  public static func restored(
    from bytes: [UInt8],
    options: Options,
    policy: any Policy,
    travel: any TravelModel
  ) throws(SnapshotError) -> Engine {
    var source = ByteSource(try SnapshotSeal.opened(bytes))
    let version = try source.word()
    guard version == snapshotVersion else {
      throw SnapshotError(
        offset: 0,
        reason: "snapshot version \(version); this engine reads \(snapshotVersion)"
      )
    }
    var engine = Engine(options: options, policy: policy, travel: travel)
    try engine.read(from: &source)
    guard source.isAtEnd else {
      throw SnapshotError(offset: source.offset, reason: "bytes are left over at the end")
    }
    if let contradiction = engine.contradiction() {
      throw SnapshotError(offset: source.offset, reason: contradiction)
    }
    engine.takeOver(at: engine.now)
    return engine
  }

  // MARK: Writing

  private func write(to sink: inout some StateSink) {
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
    factAt = now
    guard Self.snapshotTimes.contains(now.count) else {
      throw SnapshotError(offset: source.offset, reason: "its time is \(now.count) ms")
    }
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
          + "options allow"
      )
    }
    guard isFreeList(freeTaxis, of: taxis.map(\.isLive)),
      isFreeList(freeRides, of: saved.map(\.isLive)),
      isFreeList(freeOffers, of: made.map(\.isLive))
    else {
      throw SnapshotError(
        offset: source.offset,
        reason: "a list of free slots does not name the vacant ones"
      )
    }
    guard isUnique(taxis.filter(\.isLive).map(\.id.value)),
      isUnique(saved.filter(\.isLive).map(\.id.value)),
      isUnique(made.filter(\.isLive).map(\.id.value))
    else { throw SnapshotError(offset: source.offset, reason: "an id stands there twice") }
    fleet.restore(taxis, freeSlots: freeTaxis)
    rides.restore(saved, freeSlots: freeRides)
    offers.restore(made, freeSlots: freeOffers)
  }

  /// Instants that leave room to reckon with: 73 million years either way.
  private static var snapshotTimes: ClosedRange<Int64> { -(1 << 61)...(1 << 61) }

  /// Whether `slots` names each vacant slot once and nothing else.
  private func isFreeList(_ slots: [Int32], of isLive: [Bool]) -> Bool {
    var isTaken = isLive
    for slot in slots {
      guard slot >= 0, Int(slot) < isTaken.count, !isTaken[Int(slot)] else { return false }
      isTaken[Int(slot)] = true
    }
    return isTaken.allSatisfy { $0 }
  }

  private func isUnique(_ ids: [UInt64]) -> Bool {
    // Ties are what is looked for.
    let sorted = ids.sorted()
    return zip(sorted, sorted.dropFirst()).allSatisfy { $0 != $1 }
  }

  private func readSlots(_ source: inout ByteSource) throws(SnapshotError) -> [Int32] {
    var slots: [Int32] = []
    for _ in 0..<(try source.count()) { slots.append(try source.int32()) }
    return slots
  }

  private func readTaxi(_ source: inout ByteSource) throws(SnapshotError) -> TaxiRecord {
    var taxi = TaxiRecord.vacant
    taxi.isLive = try source.bool()
    taxi.generation = try source.uint32()
    guard taxi.isLive else { return taxi }
    taxi.id = TaxiID(try source.word())
    taxi.state = try readCase(&source)
    taxi.isLost = try source.bool()
    taxi.auto = try source.bool()
    taxi.seats = try source.uint8()
    taxi.tags = try source.uint32()
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
    ride.generation = try source.uint32()
    guard ride.isLive else { return ride }
    ride.id = RideID(try source.word())
    ride.state = try readCase(&source)
    ride.from = try source.point()
    ride.to = try source.optionalPoint()
    ride.seats = try source.uint8()
    ride.tags = try source.uint32()
    ride.requestedAt = try source.millis()
    ride.at = try source.optionalMillis()
    ride.wait = try source.millis()
    ride.expiresAt = try source.millis()
    ride.since = try source.millis()
    ride.version = try source.uint32()
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
    let raw = try source.uint8()
    guard let value = Case(rawValue: raw) else {
      throw SnapshotError(offset: source.offset, reason: "\(raw) is no \(Case.self)")
    }
    return value
  }
}
