import LineProtocol
import Matching

extension Matching.Event {
  /// The fact that an event tells of, to a host whose taxis are `t…` and whose rides are `r…`; `nil`
  /// when it tells of nothing that this host could have brought about.
  ///
  /// - Parameters:
  ///   - line: of a subscriber who may read all.
  ///   - asked: the command whose fact it may be: what that held is not told again.
  init?(_ line: EventLine, asked: Command?) {
    guard let kind = EventKind(word: line.kind) else { return nil }
    let words = EventWords(line)
    switch kind {
    case .taxiOn, .taxiOff, .taxiBusy, .taxiFree, .taxiLost, .taxiBack:
      guard let taxi = line.subject.number(after: "t").map({ TaxiID($0) }),
        let event = Self.taxi(kind, taxi, words)
      else { return nil }
      self = event
    case .offerDeclined, .offerExpired, .offerRevoked:
      guard let offer = line.subject.number(after: "o").map({ OfferID($0) }),
        let event = Self.offerEnd(kind, offer, words)
      else { return nil }
      self = event
    default:
      guard let ride = line.subject.number(after: "r").map({ RideID($0) }),
        let event = Self.ride(kind, ride, words, asked)
      else { return nil }
      self = event
    }
  }

  private static func taxi(_ kind: EventKind, _ taxi: TaxiID, _ words: EventWords) -> Self? {
    switch kind {
    case .taxiOn:
      guard let seats = words["seats"].flatMap({ UInt8($0) }), words["tags"] == nil else {
        return nil
      }
      return .taxiOn(taxi, seats: seats, tags: 0, auto: words["auto"] == "1")
    case .taxiOff: return words.reason(OffReason.self, \.word).map { .taxiOff(taxi, $0) }
    case .taxiBusy:
      return words.reason(BusyReason.self, \.word, of: "reason").map { .taxiBusy(taxi, $0) }
    case .taxiFree: return .taxiFree(taxi)
    case .taxiLost: return .taxiLost(taxi)
    case .taxiBack: return .taxiBack(taxi)
    default: return nil
    }
  }

  private static func offerEnd(_ kind: EventKind, _ offer: OfferID, _ words: EventWords) -> Self? {
    switch kind {
    case .offerDeclined:
      return words.reason(DeclineReason.self, \.word).map { .offerDeclined(offer, $0) }
    case .offerExpired: return .offerExpired(offer)
    case .offerRevoked:
      return words.reason(RevokeReason.self, \.word).map { .offerRevoked(offer, $0) }
    default: return nil
    }
  }

  private static func ride(
    _ kind: EventKind,
    _ ride: RideID,
    _ words: EventWords,
    _ asked: Command?
  ) -> Self? {
    switch kind {
    case .rideQueued:
      if let reason = words.reason(RequeueReason.self, \.word) {
        return .rideRequeued(ride, reason)
      }
      guard words["why"] == nil, case .request(let request) = asked, request.ride == ride else {
        return nil
      }
      return .rideRequested(request)
    case .rideOffered:
      guard let offer = words.offer, let taxi = words.taxi, let eta = words.span("eta"),
        let ttl = words.span("ttl")
      else { return nil }
      return .offerMade(
        Offer(id: offer, ride: ride, taxi: taxi, eta: Int32(clamping: eta.count), ttl: ttl)
      )
    case .rideAssigned: return words.offer.map { .offerAccepted($0) }
    case .rideArrived: return .rideArrived(ride)
    case .rideOnboard: return .rideBoarded(ride)
    case .rideDone: return .rideDropped(ride)
    case .rideExpired: return .rideExpired(ride)
    case .rideNoShow: return .rideNoShow(ride)
    case .rideForgotten: return .rideForgotten(ride)
    case .rideCancelled:
      return words.reason(CancelledBy.self, \.word, of: "by").map { .rideCancelled(ride, $0) }
    case .rideChanged:
      guard case .change(ride, _, let change) = asked else { return nil }
      return .rideChanged(ride, change)
    default: return nil
    }
  }
}

/// The pairs of an event.
private struct EventWords {
  let fields: [Field]

  init(_ line: EventLine) { fields = line.fields }

  subscript(key: String) -> String? { fields.first { $0.key == key }?.value }

  var offer: OfferID? {
    self["offer"].flatMap { Identifier($0)?.number(after: "o") }.map { OfferID($0) }
  }

  var taxi: TaxiID? {
    self["taxi"].flatMap { Identifier($0)?.number(after: "t") }.map { TaxiID($0) }
  }

  func span(_ key: String) -> Millis? { fields.first { $0.key == key }?.span }

  func reason<Reason: CaseIterable>(
    _ kind: Reason.Type,
    _ word: (Reason) -> String,
    of key: String = "why"
  ) -> Reason? {
    self[key].flatMap { text in kind.allCases.first { word($0) == text } }
  }
}
