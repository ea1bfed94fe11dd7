import Matching
import Spatial

/// What people in a town do and see, in words.
extension Town {
  // MARK: Taxis

  @discardableResult
  public func on(
    _ taxi: String,
    at spot: String? = nil,
    seats: UInt8 = 4,
    tags: UInt32 = 0,
    auto: Bool = false
  ) -> Answer {
    let point = place(spot ?? taxi)
    settle(taxi, at: point)
    return send(
      .taxiOn(TaxiOn(taxi: Town.taxi(taxi), point: point, seats: seats, tags: tags, auto: auto))
    )
  }

  @discardableResult
  public func off(_ taxi: String, force: Bool = false) -> Answer {
    silence(taxi)
    return send(.taxiOff(Town.taxi(taxi), force: force))
  }

  @discardableResult
  public func report(_ taxi: String, at spot: String? = nil, n: UInt64 = 0) -> Answer {
    let point = place(spot ?? taxi)
    settle(taxi, at: point)
    return send(.position(PositionReport(taxi: Town.taxi(taxi), point: point, sequence: n)))
  }

  @discardableResult
  public func busy(_ taxi: String, _ reason: BusyReason = .pause) -> Answer {
    send(.busy(Town.taxi(taxi), reason))
  }

  @discardableResult
  public func free(_ taxi: String) -> Answer { send(.free(Town.taxi(taxi))) }

  public func state(_ taxi: String) -> TaxiState? { engine.view(of: Town.taxi(taxi))?.state }
  public func isLost(_ taxi: String) -> Bool {
    engine.view(of: Town.taxi(taxi))?.isLost ?? false
  }

  // MARK: Riders

  @discardableResult
  public func request(
    _ ride: String,
    from spot: String? = nil,
    to: Point? = nil,
    seats: UInt8 = 1,
    tags: UInt32 = 0,
    wait: Millis = .minutes(5),
    at: Millis? = nil,
    sentAt: Millis? = nil
  ) -> Answer {
    send(
      .request(
        Request(
          ride: Town.ride(ride),
          from: place(spot ?? ride),
          to: to,
          seats: seats,
          tags: tags,
          wait: wait,
          at: at,
          sentAt: sentAt
        )
      )
    )
  }

  @discardableResult
  public func change(_ ride: String, v: UInt32, _ change: RideChange) -> Answer {
    send(.change(Town.ride(ride), version: v, change))
  }

  @discardableResult
  public func cancel(_ ride: String, by: CancelledBy = .rider) -> Answer {
    send(.cancel(Town.ride(ride), by))
  }

  public func ride(_ name: String) -> RideState? { engine.view(of: Town.ride(name))?.state }

  /// The taxi bound to the ride, or the one bound to it when it ended.
  public func taxi(of ride: String) -> String? {
    engine.view(of: Town.ride(ride))?.taxi.map { Town.name($0.value) }
  }

  // MARK: Offers

  /// The open offer of a ride.
  public func offer(of ride: String) -> OfferID? { engine.view(of: Town.ride(ride))?.offer }

  /// The taxi that is being asked.
  public func asked(for ride: String) -> String? {
    offer(of: ride).flatMap { engine.view(of: $0) }.map { Town.name($0.taxi.value) }
  }

  public func state(_ offer: OfferID) -> OfferState? { engine.view(of: offer)?.state }

  /// Accepts the ride's open offer; offer 0, which is unknown, when there is none.
  @discardableResult
  public func accept(_ ride: String) -> Answer {
    send(.accept(offer(of: ride) ?? OfferID(0)))
  }

  @discardableResult
  public func decline(_ ride: String) -> Answer {
    send(.decline(offer(of: ride) ?? OfferID(0), .unstated))
  }

  // MARK: Drivers and dispatchers

  @discardableResult
  public func arrive(_ ride: String, by taxi: String? = nil) -> Answer {
    send(.arrive(Town.ride(ride), by: taxi.map(Town.taxi)))
  }

  @discardableResult
  public func board(_ ride: String, by taxi: String? = nil) -> Answer {
    send(.board(Town.ride(ride), by: taxi.map(Town.taxi)))
  }

  @discardableResult
  public func drop(_ ride: String, by taxi: String? = nil) -> Answer {
    send(.drop(Town.ride(ride), by: taxi.map(Town.taxi)))
  }

  @discardableResult
  public func noShow(_ ride: String, by taxi: String? = nil) -> Answer {
    send(.noShow(Town.ride(ride), by: taxi.map(Town.taxi)))
  }

  @discardableResult
  public func abort(_ ride: String, by taxi: String? = nil) -> Answer {
    send(.abort(Town.ride(ride), by: taxi.map(Town.taxi), .unstated))
  }

  @discardableResult
  public func assign(_ ride: String, _ taxi: String) -> Answer {
    send(.assign(Town.ride(ride), Town.taxi(taxi)))
  }

  @discardableResult
  public func release(_ ride: String) -> Answer { send(.release(Town.ride(ride))) }

  // MARK: Rounds

  public struct Assigned: Equatable, Sendable {
    public var ride: String
    public var taxi: String
    public init(ride: String, taxi: String) {
      self.ride = ride
      self.taxi = taxi
    }
  }

  /// Everyone drawn asks, in the order of their names, and each taxi that is asked accepts; then who
  /// got whom.
  public func round() -> [Assigned] {
    let riders = places.keys.filter { $0.first?.isNumber ?? false }.sorted()
    for rider in riders where ride(rider) == nil { request(rider) }
    advance(millis: 2_000)
    for rider in riders where offer(of: rider) != nil { accept(rider) }
    return riders.compactMap { rider in taxi(of: rider).map { Assigned(ride: rider, taxi: $0) } }
  }

  /// The least driving time to `spot` of any free taxi that reports, fits and is not in `except`:
  /// every taxi looked at.
  public func nearestByFullScan(
    to spot: Point,
    need: Capabilities,
    taxis: [(name: String, capabilities: Capabilities)],
    except: [String] = []
  ) -> Int32? {
    var best: Int32?
    for taxi in taxis where !except.contains(taxi.name) && taxi.capabilities.covers(need) {
      guard let view = engine.view(of: Town.taxi(taxi.name)), view.state == .free, view.isFresh,
        let point = view.point
      else { continue }
      let time = Town.travel.time(from: point, to: spot, departure: now)
      guard time <= engine.options.pickupMax.count else { continue }
      best = min(best ?? time, time)
    }
    return best
  }
}
