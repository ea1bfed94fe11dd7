import Journal
import LineProtocol
import Matching
import Server

/// A dispatcher without sockets, in a time that a test moves.
final class Office {
  private(set) var dispatcher: Dispatcher
  private let clock: Clock

  /// Both clocks, in milliseconds.
  final class Clock {
    var wall: Int64 = 1_763_805_600_000
    var monotonic: Int64 = 5_000
  }

  init(
    region: Region = Region(),
    keys: [Key]? = nil,
    store: any JournalStore = MemoryStore(epoch: 4),
    limits: (inout Limits) -> Void = { _ in },
    advisor: (any RiderAdvisor)? = nil,
    place: String = "-",
    directory: RegionDirectory = RegionDirectory()
  ) {
    var small = region
    small.taxisMax = min(region.taxisMax, 2_000)
    small.ridesMax = min(region.ridesMax, 8_000)
    var setup = Dispatcher.Setup(region: small)
    setup.keys = keys.map { Keyring(keys: $0) }
    setup.advisor = advisor
    setup.place = place
    setup.directory = directory
    limits(&setup.limits)
    let clock = Clock()
    self.clock = clock
    dispatcher = Dispatcher(setup, store: store) {
      Dispatcher.ClockReading(
        wall: clock.wall,
        monotonicNanos: UInt64(clock.monotonic) * 1_000_000
      )
    }
  }

  var now: Int64 { clock.wall }

  /// Lets time pass, with the ticks that the dispatcher asks for.
  func wait(_ milliseconds: Int64) {
    let end = clock.monotonic + milliseconds
    while clock.monotonic < end {
      let step = min(dispatcher.delayToNextTick(), end - clock.monotonic)
      clock.monotonic += step
      clock.wall += step
      _ = dispatcher.tick()
    }
  }

  /// Moves the wall clock alone.
  func setWall(by milliseconds: Int64) { clock.wall += milliseconds }

  func connect(from address: String = "127.0.0.1") -> Caller {
    let caller = Caller(self)
    caller.session = dispatcher.connect(caller, address: address)
    return caller
  }

  /// A connection with a token of a key.
  func connect(as key: Key) -> Caller {
    let caller = connect()
    caller.say("AUTH token \(key.id)-secret")
    _ = caller.take()
    return caller
  }
}

extension Key {
  /// A key whose token is its id and `-secret`.
  static func token(_ id: String, _ tenant: String, _ roles: RoleSet) -> Key {
    Key(
      id: id,
      tenant: tenant,
      roles: roles,
      secret: .tokenHash(SHA256.hash("\(id)-secret".utf8))
    )
  }
}

/// A client of an ``Office``: says lines, keeps what it hears.
final class Caller: Wire {
  private unowned let office: Office
  var session: Session?
  private var heard: [UInt8] = []
  /// All that was ever sent to it.
  private(set) var all: [UInt8] = []
  private(set) var isClosed = false
  private(set) var isReadingOn = true

  // What its socket does.
  var isWritable = true
  var backlog = 0

  init(_ office: Office) { self.office = office }

  func send(_ bytes: [UInt8]) {
    if let session { office.dispatcher.becameWritable(session) }
    heard.append(contentsOf: bytes)
    all.append(contentsOf: bytes)
    if !isWritable { backlog += bytes.count }
  }

  func close() { isClosed = true }

  func setReading(_ isOn: Bool) { isReadingOn = isOn }

  // MARK: Talking

  func write(_ bytes: [UInt8]) {
    guard let session, !isClosed else { return }
    office.dispatcher.receive(bytes.span, from: session)
  }

  /// Says lines; what was heard by then can be taken.
  func say(_ lines: String...) { for line in lines { write(Array((line + "\n").utf8)) } }

  /// The lines heard since the last taking.
  func take() -> [String] {
    defer { heard = [] }
    return String(decoding: heard, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Says a line and returns all that was heard because of it, or before it and not yet taken.
  func ask(_ line: String) -> [String] {
    say(line)
    return take()
  }

  func takeWritable() {
    isWritable = true
    backlog = 0
    if let session { office.dispatcher.becameWritable(session) }
  }

  /// The connection breaks.
  func hangUp() {
    if let session { office.dispatcher.disconnected(session) }
    session = nil
    isClosed = true
  }
}

/// A journal that keeps only when it is told to.
final class DelayingStore: JournalStore {
  let durability = Durability.durable
  let epoch: UInt64 = 4
  var onKept: ((UInt64) -> Void)?
  private(set) var records: [JournalRecord] = []
  private(set) var kept: UInt64 = 0

  func append(_ batch: [JournalRecord]) { records.append(contentsOf: batch) }

  /// Keeps up to a fact, or all.
  func keep(to fact: UInt64 = .max) {
    kept = min(fact, records.last?.fact.number ?? 0)
    onKept?(kept)
  }
}

/// A small generator that a seed starts: splitmix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
