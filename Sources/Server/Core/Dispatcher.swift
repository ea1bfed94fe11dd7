import Journal
import LineProtocol
import Logging
import Matching
import Spatial

/// The server without its sockets: lines in, lines out, and one engine that decides.
///
/// All of it runs on one thread, so that there is one order of everything. The host tells it of bytes
/// and of time, and it answers through ``Wire``s. What it sends that speaks of a fact waits until the
/// journal has kept that fact (``Outbox``). A batch is what one read of a socket brought: the clocks
/// are read once in it, its facts go to the journal together, its answers leave together.
package final class Dispatcher {
  package let region: Region
  package let limits: Limits
  /// `nil` = connections need no credentials and may do everything.
  package private(set) var keys: Keyring?
  let node: Identifier
  let regionName: Identifier
  let service: GeoBox
  let map: Projection
  let log: Logger
  /// Where riders are advised to wait; `nil` = no model was given.
  let advisor: (any RiderAdvisor)?
  let store: any JournalStore
  let readClocks: () -> ClockReading
  /// `nil` = the time is the host's.
  let virtualClock: VirtualClock?
  /// Where clients reach this server, as `HOST:PORT`, and where the leaders of other regions are.
  let place: String
  let directory: RegionDirectory
  let isAlone: Bool
  var clock: ServerClock

  var engine: Engine
  var taxis: TaxiBook
  var rides: RideBook
  /// By number; read by key only.
  var offers: [UInt64: OfferRecord] = [:]
  var advised: Set<Int> = []
  var parked: [Int] = []
  /// By index, of the taxis that are suspect; read by key only.
  var suspicions: [Int: Suspicion] = [:]
  var tenants = Tenants()

  /// The engine's time and both clocks, as they were when the batch began.
  var now: Millis
  let startedAt: Millis
  var wallNow: Millis
  var nanos: UInt64
  var facts: [Fact] = []
  var advice: [Advice] = []

  // Journal and gate
  var unwritten: [JournalRecord] = []
  var recent: RecentFacts<Event>
  /// Whether this process decides, or only follows one that does.
  package internal(set) var role: ServerRole { didSet { noteRole() } }
  /// Which leadership wrote which facts.
  var epochs = EpochTable()
  /// The last fact after which a digest went to the journal.
  var digestedFact: UInt64 = 0
  var isSnapshotDue = false
  /// Between two changes of what other software may read; `nil` = nothing is shown.
  let liveViewPeriod: Millis?
  var shown = ShownView()
  /// Told when the process must not go on.
  package var onEnd: ((JournalEnd) -> Void)?
  /// Whether it has been told.
  var hasEnded = false
  /// The last fact that is kept.
  package internal(set) var kept: UInt64 = 0
  /// Since when facts have been waiting for the journal; `nil` = none is.
  var unkeptSince: Millis?
  var gated: [Session] = []
  var isInBatch = false

  // Sessions
  var sessions: [Session?] = []
  var freeSlots: [Int] = []
  package internal(set) var sessionCount = 0
  var sessionsOpened: UInt64 = 0
  var addresses: [String: Int] = [:]
  var subscribers: [Session] = []
  var unflushed: [Session] = []
  var drain: Drain?
  var lastSweep = Millis(0)

  // Output
  var writer = LineWriter()
  var body = LineWriter()
  package var metrics = Metrics()
  /// Requests and offers of this batch that are on their way out, and when they came in.
  var answersDue: [UInt64] = []
  var offersDue: [UInt64] = []
  var random = SystemRandomNumberGenerator()

  /// What the host's clocks show.
  package struct ClockReading {
    /// Milliseconds since 1970.
    package var wall: Int64
    /// Since any instant; never less than before.
    package var monotonicNanos: UInt64

    package init(wall: Int64, monotonicNanos: UInt64) {
      self.wall = wall
      self.monotonicNanos = monotonicNanos
    }
  }

  struct Drain {
    var to: String?
    var since: Millis
  }

  package struct Setup {
    package var region: Region
    package var keys: Keyring?
    package var limits = Limits()
    package var node = "a1"
    package var advisor: (any RiderAdvisor)?
    /// Where clients reach it, as `HOST:PORT`.
    package var place = "-"
    /// Between two changes of what other software may read; `nil` = nothing is shown.
    package var liveViewPeriod: Millis?
    /// Shared by the regions of one process.
    package var directory = RegionDirectory()
    /// Whether the process serves no other region.
    package var isAlone = true
    /// Clients move the time; nobody is on the other end who could be timed out.
    package var isClockVirtual = false
    package var log = Logger(label: "baecha", factory: { _ in SwiftLogNoOpLogHandler() })

    package init(region: Region) { self.region = region }
  }

  /// - Parameters:
  ///   - setup: what to serve, to whom.
  ///   - store: where facts are kept.
  ///   - readClocks: the host's clocks; called once a batch.
  package init(
    _ setup: Setup,
    store: any JournalStore,
    readClocks: @escaping () -> ClockReading
  ) {
    var region = setup.region
    if setup.keys == nil, !setup.isClockVirtual {
      // A person who types must not be timed out.
      region.freshness = max(region.freshness, .minutes(10))
      region.lostAfter = max(region.lostAfter, .minutes(10))
    }
    self.region = region
    limits = setup.limits
    keys = setup.keys
    node = Identifier(setup.node) ?? Identifier("n", 1)
    regionName = Identifier(region.name) ?? Identifier("r", 1)
    service = GeoBox(
      south: region.southWest.latitude,
      west: region.southWest.longitude,
      north: region.northEast.latitude,
      east: region.northEast.longitude
    )
    map = region.projection
    log = setup.log
    advisor = setup.advisor
    place = setup.place
    directory = setup.directory
    liveViewPeriod = setup.liveViewPeriod
    isAlone = setup.isAlone
    self.store = store
    let virtualClock = setup.isClockVirtual ? VirtualClock() : nil
    let readClocks = virtualClock.map { clock in { clock.reading } } ?? readClocks
    self.virtualClock = virtualClock
    self.readClocks = readClocks
    let reading = readClocks()
    clock = ServerClock(
      wall: reading.wall,
      monotonic: Int64(clamping: reading.monotonicNanos / 1_000_000)
    )
    now = Millis(reading.wall)
    startedAt = now
    wallNow = now
    nanos = reading.monotonicNanos
    // The journal may begin at any time.
    engine = Self.makeEngine(region, start: store.leadsAtOnce ? now : Millis(0))
    taxis = Self.makeTaxis(region)
    rides = Self.makeRides(region)
    recent = RecentFacts(capacity: limits.recentFactsMax)
    role = store.leadsAtOnce ? .leader : .standby(leader: nil)
    if store.leadsAtOnce { epochs.begin(store.epoch, after: 0) }
    noteRole()
    store.onKept = { [weak self] in self?.openGate(to: $0) }
    store.onNews = { [weak self] in self?.take($0) }
  }

  static func makeEngine(_ region: Region, start: Millis) -> Engine {
    var engine = Engine(
      options: region.options,
      policy: region.makePolicy(),
      travel: region.travel,
      start: start,
      fleetExpected: max(region.taxisMax / 4, 64)
    )
    if let guidance = region.guidance { engine.guide(guidance, forecast: nil) }
    return engine
  }

  /// Twice as many names as taxis: those that left are remembered for a while.
  static func makeTaxis(_ region: Region) -> TaxiBook {
    TaxiBook(capacity: region.taxisMax * 2, seed: .random(in: 0 ... .max))
  }

  static func makeRides(_ region: Region) -> RideBook {
    RideBook(capacity: region.ridesMax + 1, seed: .random(in: 0 ... .max))
  }

  /// Replaces the keys; sessions that are open stay as they are, but for those whose key is gone.
  package func replaceKeys(_ keys: Keyring) {
    self.keys = keys
    inBatch {
      for case let session? in sessions where session.isOpen && !session.keyName.isEmpty {
        guard let key = keys.keys.first(where: { $0.id == session.keyName }),
          key.tenant == tenants.name(session.tenant)
        else {
          farewell(session, "quota")
          continue
        }
        session.roles = key.roles
      }
    }
  }

  // MARK: The host's calls

  /// A connection was accepted. `nil` = it is refused, and the host closes it.
  package func connect(_ wire: any Wire, address: String) -> Session? {
    var session: Session?
    inBatch { session = admit(wire, address) }
    return session
  }

  /// Bytes came in. What is behind the last newline is kept.
  package func receive(_ bytes: Span<UInt8>, from session: Session) {
    guard !session.isClosing else { return }
    metrics.bytesIn &+= UInt64(bytes.count)
    let isOuter = beginBatch()
    session.heardAt = now
    read(bytes, from: session)
    if isOuter { endBatch() }
  }

  /// The client will say no more: once it has its answers the connection ends.
  package func inputClosed(_ session: Session) {
    inBatch { quit(session) }
  }

  /// The connection is gone, by whomever.
  package func disconnected(_ session: Session) {
    inBatch { forget(session) }
  }

  /// The socket takes bytes again.
  package func becameWritable(_ session: Session) {
    inBatch {
      queueFlush(session)
      pump(session)
      endIfDone(session)
    }
  }

  /// Time has passed.
  ///
  /// - Returns: when to call again, in milliseconds from now; 1 … 1000.
  package func tick() -> Int64 {
    inBatch { sweep() }
    return delayToNextTick()
  }

  package func delayToNextTick() -> Int64 {
    // Nothing falls due where nothing is decided.
    let isActing = role.isLeader && !isStalled
    var next = min(
      isActing ? engine.nextDeadline.count : .max,
      now.count + (isStalled ? 50 : 1_000)
    )
    if let unkeptSince, !isStalled {
      next = min(next, (unkeptSince + limits.journalStallMax).count + 1)
    }
    if !subscribers.isEmpty { next = min(next, now.count + 200) }
    if let period = liveViewPeriod, role.isLeader {
      next = min(next, store.takesView ? shown.nextAt.count : now.count + period.count)
    }
    return min(max(next - now.count, 1), 1_000)
  }

  // MARK: Names

  func position(_ fact: UInt64) -> FactPosition {
    FactPosition(epoch: epochs.epoch(of: fact), sequence: fact)
  }

  /// The name of an id that is known.
  func name(ofTaxi id: UInt64) -> String {
    taxis.names.index(of: id).map { String(decoding: taxis.names.name(at: $0), as: UTF8.self) }
      ?? "-"
  }

  func name(ofRide id: UInt64) -> String {
    rides.names.index(of: id).map { String(decoding: rides.names.name(at: $0), as: UTF8.self) }
      ?? "-"
  }
}
