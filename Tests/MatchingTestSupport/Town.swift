import Matching
import Spatial

/// A drawn town with an engine in it.
///
/// Marks stand a fixed distance apart, rows below each other; bars are only there for the eye. A
/// lower-case letter is a taxi, on and reporting from the start; a digit is where a rider stands, who
/// asks when the script says so; a capital is a place; a dot is nothing.
///
///     let town = Town("a . . | b 1 .", metersPerMark: 100)
///     town.request("1")
///     town.accept("1")
///
/// Taxis drive 10 m/s as the crow flies, so a mark of 100 m is 10 s. They report every 10 s while
/// time advances, unless silenced. Every step checks the engine's invariants.
public final class Town {
  public private(set) var engine: Engine
  /// Everything that became true.
  public private(set) var facts: [Fact] = []
  /// What became true with the last command or advance.
  public private(set) var latest: [Event] = []
  public private(set) var places: [String: Point] = [:]
  private var taxiPlaces: [(name: String, point: Point)] = []
  private var silent: Set<String> = []
  private let metersPerMark: Int

  public static let travel = StraightLineModel(detourPermille: 1_000, millimetresPerSecond: 10_000)
  /// Taxis report this often.
  public static let reportInterval = Millis.seconds(10)

  /// - Parameters:
  ///   - drawing: marks with spaces between them, rows from north to south.
  ///   - metersPerMark: how far two marks stand apart, in rows and columns.
  ///   - policy: the engine's.
  ///   - auto: the drawn taxis accept by themselves.
  ///   - start: the engine's first instant.
  ///   - change: of the defaults: `Options(region:)` around the drawing, small tables.
  public init(
    _ drawing: String,
    metersPerMark: Int = 100,
    policy: any Policy = NearestPolicy(),
    auto: Bool = false,
    start: Millis = Millis(0),
    options change: (inout Options) -> Void = { _ in }
  ) {
    self.metersPerMark = metersPerMark
    var taxis: [(String, Point)] = []
    var drawn: [String: Point] = [:]
    for (row, line) in drawing.split(separator: "\n").enumerated() {
      let marks = line.split(separator: " ").filter { $0 != "|" }
      for (column, mark) in marks.enumerated() where mark != "." {
        let name = String(mark)
        let point = Point(
          x: Int32(column * metersPerMark * 10),
          y: Int32(-row * metersPerMark * 10)
        )
        drawn[name] = point
        if name.first?.isLowercase == true { taxis.append((name, point)) }
      }
    }
    var options = Options(
      region: Box(around: Point(x: 0, y: 0), radius: 1_000_000),
      taxisMax: 64,
      ridesMax: 64
    )
    change(&options)
    engine = Engine(options: options, policy: policy, travel: Self.travel, start: start)
    places = drawn
    for (name, _) in taxis { on(name, auto: auto) }
  }

  /// A town of taxis strewn at random over 4 × 4 km, named "a0", "a1", …
  public convenience init(
    seed: UInt64,
    taxis: Int,
    policy: any Policy = NearestPolicy(),
    options change: (inout Options) -> Void = { _ in }
  ) {
    self.init("", policy: policy) {
      $0.taxisMax = taxis + 8
      $0.ridesMax = 1_024
      change(&$0)
    }
    var draw = Draw(seed: seed)
    for index in 0..<taxis {
      mark("a\(index)", at: Self.anywhere(&draw))
      on("a\(index)", seats: UInt8(draw.within(1...8)), tags: UInt32(draw.below(4)))
    }
  }

  public static func anywhere(_ draw: inout Draw) -> Point {
    Point(x: Int32(draw.within(-20_000...20_000)), y: Int32(draw.within(-20_000...20_000)))
  }

  public var now: Millis { engine.now }

  /// Gives a place a name.
  public func mark(_ name: String, at point: Point) { places[name] = point }

  /// Sends one command now.
  @discardableResult
  public func send(_ command: Command) -> Answer { send(command, at: now) }

  @discardableResult
  public func send(_ command: Command, at instant: Millis) -> Answer {
    let start = facts.count
    let answer = engine.handle(command, at: instant, into: &facts)
    latest = facts[start...].map(\.event)
    engine.checkInvariants()
    return answer
  }

  /// Lets time pass; taxis that are not silent go on reporting.
  public func advance(_ seconds: Int) { advance(millis: seconds * 1_000) }

  public func advance(millis: Int) {
    let end = now + Millis(Int64(millis))
    let start = facts.count
    while true {
      let interval = Self.reportInterval.count
      let next = Millis((floorDivide(now.count, interval) + 1) * interval)
      guard next <= end else { break }
      engine.advance(to: next, into: &facts)
      for (name, point) in taxiPlaces where !silent.contains(name) {
        let report = PositionReport(taxi: Self.taxi(name), point: point)
        _ = engine.handle(.position(report), at: next, into: &facts)
      }
      engine.checkInvariants()
    }
    engine.advance(to: end, into: &facts)
    latest = facts[start...].map(\.event)
    engine.checkInvariants()
  }

  /// The taxi reports no more.
  public func silence(_ name: String) { silent.insert(name) }
  public func unsilence(_ name: String) { silent.remove(name) }

  /// Puts another engine in this one's place, as a failover does.
  public func replaceEngine(_ make: (borrowing Engine) throws -> Engine) rethrows {
    engine = try make(engine)
  }

  public func place(_ name: String) -> Point {
    guard let point = places[name] else { fatalError("nothing is drawn as \(name)") }
    return point
  }

  /// Where the taxi stands from now on when it reports.
  func settle(_ name: String, at point: Point) {
    taxiPlaces.removeAll { $0.name == name }
    taxiPlaces.append((name, point))
  }

  // Names are ids: up to eight characters, packed.

  public static func taxi(_ name: String) -> TaxiID { TaxiID(pack(name)) }
  public static func ride(_ name: String) -> RideID { RideID(pack(name)) }

  public static func name(_ packed: UInt64) -> String {
    var rest = packed
    var bytes: [UInt8] = []
    while rest != 0 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
    return String(decoding: bytes.reversed(), as: UTF8.self)
  }

  private static func pack(_ name: String) -> UInt64 {
    name.utf8.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
