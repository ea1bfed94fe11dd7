import Matching

/// What the engine must answer to a command, from the protocol's tables: state × command → outcome,
/// with the precedence of refusals.
extension LifeCycleModel {
  public func prediction(for command: Command, at now: Millis) -> Answer.Outcome {
    switch command {
    case .taxiOn(let on): predict(on)
    case .taxiOff(let id, let force):
      if let taxi = known(id) {
        taxi.ride != 0 && !force ? .refused(.wrongState) : .done
      } else {
        .duplicate
      }
    case .position(let report): predict(report)
    case .busy(let id, let reason):
      switch known(id)?.state {
      case nil: .refused(.unknownTaxi)
      case .busy: known(id)?.busyReason == reason ? .duplicate : .done
      case .free, .offered: .done
      case .enroute, .waiting, .occupied: .refused(.wrongState)
      }
    case .free(let id):
      switch known(id)?.state {
      case nil: .refused(.unknownTaxi)
      case .busy: .done
      case .free, .offered: .duplicate
      case .enroute, .waiting, .occupied: .refused(.wrongState)
      }
    case .request(let request): predict(request, now)
    case .change(let id, let version, let change): predict(id, version, change, now)
    case .cancel(let id, _):
      predict(
        id,
        done: [.reserved, .queued, .offered, .assigned, .arrived],
        repeated: [.cancelled],
        late: [.onboard, .done]
      )
    case .accept(let id): predict(id, repeated: .accepted)
    case .decline(let id, _): predict(id, repeated: .declined)
    case .arrive(let id, let taxi):
      predict(id, by: taxi, done: [.assigned], repeated: [.arrived, .onboard])
    case .board(let id, let taxi): predict(id, by: taxi, done: [.arrived], repeated: [.onboard])
    case .drop(let id, let taxi): predict(id, by: taxi, done: [.onboard], repeated: [.done])
    case .noShow(let id, let taxi): predictNoShow(id, by: taxi, now)
    case .abort(let id, let taxi, _): predictAbort(id, by: taxi)
    case .assign(let id, let taxi): predict(id, taxi)
    case .release(let id):
      predict(id, done: [.offered, .assigned, .arrived], repeated: [.reserved, .queued])
    }
  }

  private func known(_ id: TaxiID) -> Taxi? {
    let taxi = id.value < UInt64(taxis.count) ? taxis[Int(id.value)] : Taxi()
    return taxi.state == nil ? nil : taxi
  }

  private func known(_ id: RideID) -> Ride? {
    let ride = id.value < UInt64(rides.count) ? rides[Int(id.value)] : Ride()
    return ride.state == nil ? nil : ride
  }

  private func isParty(_ seats: UInt8, _ tags: UInt32) -> Bool {
    seats >= 1 && seats <= 8 && tags < 1 << 24
  }

  private func predict(_ on: TaxiOn) -> Answer.Outcome {
    guard isParty(on.seats, on.tags) else { return .refused(.badValue) }
    guard options.region.contains(on.point) else { return .refused(.outside) }
    guard let taxi = known(on.taxi) else {
      return taxisCount < options.taxisMax ? .done : .refused(.full)
    }
    let isSame = taxi.seats == on.seats && taxi.tags == on.tags && taxi.auto == on.auto
    return isSame ? .duplicate : .refused(.conflict)
  }

  private func predict(_ report: PositionReport) -> Answer.Outcome {
    guard options.region.contains(report.point) else { return .refused(.outside) }
    guard let taxi = known(report.taxi) else { return .refused(.unknownTaxi) }
    let isLate = report.sequence != 0 && report.sequence <= taxi.sequence
    return isLate ? .refused(.latePosition) : .done
  }

  private func predict(_ request: Request, _ now: Millis) -> Answer.Outcome {
    guard isParty(request.seats, request.tags), request.wait.count > 0,
      request.wait <= options.waitMax
    else { return .refused(.badValue) }
    guard options.region.contains(request.from),
      request.to.map({ options.region.contains($0) }) ?? true
    else { return .refused(.outside) }
    if let ride = known(request.ride) {
      var first = ride.request
      first?.sentAt = request.sentAt
      return first == request ? .duplicate : .refused(.conflict)
    }
    if let sentAt = request.sentAt {
      if now - sentAt > options.sentAgeMax { return .refused(.stale) }
      if sentAt - now > options.sentAgeMax { return .refused(.skew) }
    }
    if let at = request.at, at - now > options.reservationMax { return .refused(.badValue) }
    let isFull = ridesCount >= options.ridesMax || offersCount + 1 >= 2 * options.ridesMax
    return isFull ? .refused(.full) : .done
  }

  private func predict(
    _ id: RideID,
    _ version: UInt32,
    _ change: RideChange,
    _ now: Millis
  ) -> Answer.Outcome {
    if let seats = change.seats, seats < 1 || seats > 8 { return .refused(.badValue) }
    if let at = change.at, at - now > options.reservationMax { return .refused(.badValue) }
    if let to = change.to, !options.region.contains(to) { return .refused(.outside) }
    guard let ride = known(id), let state = ride.state else { return .refused(.unknownRide) }
    if ride.version == version &+ 1, ride.lastChange == change { return .duplicate }
    guard ride.version == version else { return .refused(.wrongVersion) }
    switch state {
    case .reserved, .queued: break
    case .offered, .assigned, .arrived, .onboard:
      if change.seats != nil || change.at != nil { return .refused(.wrongState) }
    case .done, .expired, .cancelled, .noShow: return .refused(.wrongState)
    }
    return ride.version > options.changesPerRideMax ? .refused(.full) : .done
  }

  private func predict(_ id: OfferID, repeated: OfferState) -> Answer.Outcome {
    let offer = id.value < UInt64(offers.count) ? offers[Int(id.value)] : Offer()
    switch offer.state {
    case nil: return .refused(.unknownOffer)
    case .open: return .done
    case .expired: return .refused(.offerExpired)
    case let state: return state == repeated ? .duplicate : .refused(.offerClosed)
    }
  }

  private func predict(
    _ id: RideID,
    done: [RideState],
    repeated: [RideState],
    late: [RideState] = []
  ) -> Answer.Outcome {
    guard let state = known(id)?.state else { return .refused(.unknownRide) }
    if done.contains(state) { return .done }
    if repeated.contains(state) { return .duplicate }
    return .refused(late.contains(state) ? .tooLate : .wrongState)
  }

  /// The trip's verbs: the ride's own taxi, now or when it ended, or nobody named.
  private func predict(
    _ id: RideID,
    by taxi: TaxiID?,
    done: [RideState],
    repeated: [RideState]
  ) -> Answer.Outcome {
    guard let ride = known(id) else { return .refused(.unknownRide) }
    guard isOwn(ride, taxi) else { return .refused(.wrongTaxi) }
    return predict(id, done: done, repeated: repeated)
  }

  private func isOwn(_ ride: Ride, _ taxi: TaxiID?) -> Bool {
    taxi.map { $0.value != 0 && $0.value == UInt64(ride.lastTaxi) } ?? true
  }

  private func predictNoShow(_ id: RideID, by taxi: TaxiID?, _ now: Millis) -> Answer.Outcome {
    let outcome = predict(id, by: taxi, done: [.arrived], repeated: [.noShow])
    guard outcome == .done, let ride = known(id) else { return outcome }
    return now < ride.since + options.noShowWait ? .refused(.early) : .done
  }

  private func predictAbort(_ id: RideID, by taxi: TaxiID?) -> Answer.Outcome {
    guard let ride = known(id) else { return .refused(.unknownRide) }
    if isOwn(ride, taxi) { return predict(id, done: [.assigned, .arrived], repeated: []) }
    let had = taxi.map { $0.value < 64 && ride.hadBy >> $0.value & 1 == 1 } ?? false
    return had ? .duplicate : .refused(.wrongTaxi)
  }

  private func predict(_ id: RideID, _ taxiID: TaxiID) -> Answer.Outcome {
    guard let taxi = known(taxiID) else { return .refused(.unknownTaxi) }
    guard let ride = known(id), let state = ride.state else { return .refused(.unknownRide) }
    if ride.taxi != 0, ride.taxi == Int(taxiID.value) { return .duplicate }
    guard [.reserved, .queued, .offered].contains(state) else { return .refused(.wrongState) }
    let isOurs = taxi.offer != 0 && taxi.offer == ride.offer
    guard taxi.state == .free || isOurs, !taxi.isLost else { return .refused(.wrongState) }
    guard taxi.seats >= ride.seats, taxi.tags & ride.tags == ride.tags else {
      return .refused(.unfit)
    }
    let isFull =
      ride.offersCount >= options.offersPerRideMax || offersCount >= 2 * options.ridesMax
    return isFull ? .refused(.full) : .done
  }
}
