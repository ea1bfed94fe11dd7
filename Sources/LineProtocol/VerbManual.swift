/// All about a verb that does not depend on the server's state: what `HELP` prints, who may say it,
/// what may be wrong.
public struct VerbManual: Sendable {
  /// Arguments in order; `[ ]` around what may be left out.
  public var form: String
  /// One sentence.
  public var effect: String
  /// A line that can be typed as it stands.
  public var example: String
  /// Its own errors; `400`, `403`, `413`, `422 value`, `429` and `5xx` belong to every verb.
  public var errors: [ErrorName]
  public var roles: RoleSet
  /// How many arguments come before the pairs.
  public var arguments: ClosedRange<Int>
  /// Allowed before AUTH.
  public var isOpen = false
  /// Changes what is kept: answered after its facts are, and refused while they cannot be.
  public var isMutating = false
}

extension Verb {
  public var manual: VerbManual { Self.manuals[Int(rawValue)] }
  public var roles: RoleSet { manual.roles }
  public var isOpen: Bool { manual.isOpen }
  public var isMutating: Bool { manual.isMutating }

  /// By raw value.
  private static let manuals =
    taxiManuals + driverManuals + riderManuals + dispatcherManuals
    + sessionManuals

  private static let taxiManuals = [
    VerbManual(
      form: "ON taxi point [seats=4] [tags=] [driver=] [n=] [auto=1]",
      effect: "A taxi joins, and is this session's; again after a reconnect rebinds it. "
        + "With auto=1 its offers count as accepted.",
      example: "ON t12 37.5651,126.9895 seats=4",
      errors: [.conflict, .swapped, .outside, .owner],
      roles: .gateway,
      arguments: 2...2,
      isMutating: true
    ),
    VerbManual(
      form: "OFF taxi [force=1] [reason=]",
      effect: "A taxi leaves. While a ride runs only with force=1: then the ride is matched again, "
        + "or done if the passenger is in.",
      example: "OFF t12",
      errors: [.state, .owner],
      roles: [.gateway, .dispatcher],
      arguments: 1...1,
      isMutating: true
    ),
    VerbManual(
      form: "P taxi point [n=] [t=] [h=] [s=] [a=]",
      effect: "A taxi's position: number, time, heading in degrees, metres a second, accuracy in "
        + "metres. Answered only if wrong.",
      example: "P t12 37.5653,126.9890 n=2 h=270 s=7.1",
      errors: [.unknown, .swapped, .outside, .owner],
      roles: .gateway,
      arguments: 2...2
    ),
    VerbManual(
      form: "BUSY taxi reason=hail|break|charge",
      effect: "A street hail or a pause; an open offer is withdrawn.",
      example: "BUSY t12 reason=hail",
      errors: [.unknown, .state, .owner],
      roles: .gateway,
      arguments: 1...1,
      isMutating: true
    ),
    VerbManual(
      form: "FREE taxi",
      effect: "The pause or the street hail is over.",
      example: "FREE t12",
      errors: [.unknown, .state, .owner],
      roles: .gateway,
      arguments: 1...1,
      isMutating: true
    ),
  ]

  private static let driverManuals = [
    VerbManual(
      form: "ACCEPT oid",
      effect: "The driver takes the offer: taxi and request are bound.",
      example: "ACCEPT o1",
      errors: [.unknown, .expired, .closed, .owner],
      roles: .gateway,
      arguments: 1...1,
      isMutating: true
    ),
    VerbManual(
      form: "DECLINE oid [reason=far|break]",
      effect: "The driver does not take the offer; this taxi is not asked for that request again.",
      example: "DECLINE o1 reason=far",
      errors: [.unknown, .expired, .closed, .owner],
      roles: .gateway,
      arguments: 1...1,
      isMutating: true
    ),
    step("ARRIVE rid taxi [t=]", "The taxi is at the pickup.", "ARRIVE r77 t12"),
    step("BOARD rid taxi [t=]", "The passenger is in.", "BOARD r77 t12"),
    step(
      "DROP rid taxi [t=] [dist=] [fare=] [cur=]",
      "The ride ends; distance in metres and fare in minor units are passed on.",
      "DROP r77 t12 dist=5400 fare=6000 cur=KRW"
    ),
    step(
      "NOSHOW rid taxi [t=]",
      "The passenger did not come; allowed once the waiting time is over.",
      "NOSHOW r77 t12",
      [.early]
    ),
    step(
      "ABORT rid taxi [reason=breakdown|traffic] [t=]",
      "The driver gives up before BOARD; the request is matched again, with another taxi.",
      "ABORT r77 t12 reason=breakdown"
    ),
  ]

  private static func step(
    _ form: String,
    _ effect: String,
    _ example: String,
    _ more: [ErrorName] = []
  ) -> VerbManual {
    VerbManual(
      form: form,
      effect: effect,
      example: example,
      errors: [.unknown, .taken, .state, .owner] + more,
      roles: .gateway,
      arguments: 2...2,
      isMutating: true
    )
  }

  private static let riderManuals = [
    VerbManual(
      form: "REQ rid from [to] [seats=1] [tags=] [at=] [wait=] [t=] [note=]",
      effect: "A rider asks for a taxi: at= reserves one, wait= is how long the rider will wait, "
        + "t= when the line was written.",
      example: "REQ r77 37.5665,126.9780 37.5512,126.9882 seats=2 wait=5m",
      errors: [.conflict, .swapped, .outside, .stale, .skew],
      roles: .booker,
      arguments: 2...3,
      isMutating: true
    ),
    VerbManual(
      form: "CHANGE rid v= [to=] [seats=] [at=]",
      effect: "Amends a request that has version v; the first is 1.",
      example: "CHANGE r77 v=1 seats=3",
      errors: [.unknown, .version, .state, .swapped, .outside],
      roles: .booker,
      arguments: 1...1,
      isMutating: true
    ),
    VerbManual(
      form: "CANCEL rid [by=rider|booker|dispatcher] [reason=]",
      effect: "Ends a request before the passenger is in.",
      example: "CANCEL r77",
      errors: [.unknown, .late, .state],
      roles: [.booker, .dispatcher],
      arguments: 1...1,
      isMutating: true
    ),
    VerbManual(
      form: "QUOTE from [to] [seats=1] [tags=]",
      effect: "The expected pickup time if one asked now; no promise.",
      example: "QUOTE 37.5665,126.9780",
      errors: [.swapped, .outside],
      roles: [.booker, .dispatcher],
      arguments: 1...2
    ),
    VerbManual(
      form: "ADVISE point [walk=5m]",
      effect: "Places within the walk where empty taxis pass, with the expected wait at each.",
      example: "ADVISE 37.5665,126.9780 walk=5m",
      errors: [.swapped, .outside],
      roles: [.booker, .dispatcher],
      arguments: 1...1
    ),
  ]

  private static let dispatcherManuals = [
    VerbManual(
      form: "ASSIGN rid taxi",
      effect: "A match by hand: replaces an open offer; the driver is not asked.",
      example: "ASSIGN r77 t12",
      errors: [.unknown, .state, .unfit],
      roles: .dispatcher,
      arguments: 2...2,
      isMutating: true
    ),
    VerbManual(
      form: "RELEASE rid",
      effect: "Takes a request from its taxi, or its offer back, and queues it again.",
      example: "RELEASE r77",
      errors: [.unknown, .state],
      roles: .dispatcher,
      arguments: 1...1,
      isMutating: true
    ),
    VerbManual(
      form: "EXPLAIN rid",
      effect: "The candidates of its rounds, their costs, and the rule that decided.",
      example: "EXPLAIN r77",
      errors: [.unknown],
      roles: [.dispatcher, .admin],
      arguments: 1...1
    ),
    VerbManual(
      form: "NEAR point r= [max=10] [tags=]",
      effect: "The nearest free taxis within r metres.",
      example: "NEAR 37.5665,126.9780 r=2000",
      errors: [.swapped, .outside],
      roles: [.dispatcher, .admin],
      arguments: 1...1
    ),
  ]

  private static let sessionManuals = [
    VerbManual(
      form: "GET REQ|TAXI|OFFER id",
      effect: "The present state and its position; of one's own only.",
      example: "GET REQ r77",
      errors: [.unknown],
      roles: [.gateway, .booker, .dispatcher, .admin],
      arguments: 2...2
    ),
    VerbManual(
      form: "SUB sid kinds [taxi=] [req=] [box=] [near= r=] [from=now|first|snap|position] [rate=]",
      effect: "Events under the name sid: kinds such as req.*,taxi.lost,pos.",
      example: "SUB 1 req.*,taxi.* from=now",
      errors: [.conflict, .trimmed, .ahead],
      roles: .all,
      arguments: 2...2
    ),
    VerbManual(
      form: "UNSUB sid",
      effect: "Ends a subscription.",
      example: "UNSUB 1",
      errors: [.unknown],
      roles: .all,
      arguments: 1...1
    ),
    open("PING [t=]", "PONG, after the answers of all earlier lines.", "PING", 0...0),
    open(
      "HELLO blp/1 [name=] [agent=] [region=]",
      "Names the protocol, the client and the region that it means.",
      "HELLO blp/1 name=gw7 agent=fleetbox/2.3",
      1...1,
      [.moved, .unknown, .unsupported]
    ),
    open(
      "AUTH mac keyid digest  or  AUTH token token",
      "Proves who speaks: HMAC-SHA256 of nonce|keyid|region in hexadecimal, or a token.",
      "AUTH token 5d0c2f",
      2...3,
      [.auth]
    ),
    VerbManual(
      form: "WHO",
      effect: "This session: its key, roles and taxis.",
      example: "WHO",
      errors: [],
      roles: .all,
      arguments: 0...0
    ),
    VerbManual(
      form: "STAT",
      effect: "The server's limits, timers and counts.",
      example: "STAT",
      errors: [],
      roles: .all,
      arguments: 0...0
    ),
    open("HELP [verb]", "All verbs, or one with an example and its errors.", "HELP REQ", 0...1),
    open("QUIT", "Ends the connection after all answers.", "QUIT", 0...0),
  ]

  private static func open(
    _ form: String,
    _ effect: String,
    _ example: String,
    _ arguments: ClosedRange<Int>,
    _ errors: [ErrorName] = []
  ) -> VerbManual {
    VerbManual(
      form: form,
      effect: effect,
      example: example,
      errors: errors,
      roles: .all,
      arguments: arguments,
      isOpen: true
    )
  }
}
