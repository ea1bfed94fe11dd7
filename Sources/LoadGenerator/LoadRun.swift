import LineProtocol
import Matching
import NIOCore
import Spatial

/// A plan being carried out: all of it on one loop, with one timer. Commands leave at the instant
/// that the plan has for them, whatever the server does (an open loop); only a driver's next step
/// waits for the answer to the last.
final class LoadRun: LoadSink {
  enum Phase: Int {
    case connecting, entering, running, draining, asking, cancelling, leaving, over
  }

  let plan: LoadPlan
  let loop: any EventLoop
  let pid: Int32?
  let progress: @Sendable (String) -> Void
  let done: EventLoopPromise<LoadReport>

  var phase = Phase.connecting
  /// Gateways first, then bookers.
  var connections: [LoadConnection] = []
  var tally = LoadTally()
  var fleet: Fleet
  var requests: RequestStream
  var nextRequest: PlannedRequest?
  var rides: [LoadRide] = []
  var actions = ActionHeap()
  var draw: LoadDraw
  /// The ride of an open offer, by the offer's number.
  var offers: [UInt64: Int32] = [:]
  var gatewayStates: [GatewayState] = []
  var ready = 0
  /// Instants in nanoseconds: the first line, the first measured one, the end.
  var start: UInt64 = 0
  var measured: UInt64 = 0
  var end: UInt64 = 0
  private var timer: Scheduled<Void>?
  private var phaseEnds = UInt64.max
  private var nextProgress: UInt64 = 0
  private var hasBegunMeasuring = false
  /// The report, before what cleaning up adds to the counts.
  private var found: LoadReport?

  struct GatewayState {
    var taxis: Range<Int>
    /// The next taxi to enter or leave.
    var roll: Int
    var cursor: Int
    var nextReport: UInt64 = 0
    var nextPing: UInt64 = 0
    /// Lines due so far, sent or held back.
    var due = 0
    var fences: [Fence] = []
  }

  struct Fence {
    var lines: Int
    var passed: UInt64 = 0
  }

  init(
    _ plan: LoadPlan,
    loop: any EventLoop,
    pid: Int32?,
    progress: @escaping @Sendable (String) -> Void,
    done: EventLoopPromise<LoadReport>
  ) {
    self.plan = plan
    self.loop = loop
    self.pid = pid
    self.progress = progress
    self.done = done
    fleet = Fleet(plan)
    requests = RequestStream(plan)
    nextRequest = requests.next()
    draw = LoadDraw(seed: plan.seed, matter: 3)
    rides.reserveCapacity(plan.ridesMost)
    for gateway in 0..<plan.gateways {
      let first = plan.taxis * gateway / plan.gateways
      let last = plan.taxis * (gateway + 1) / plan.gateways
      gatewayStates.append(GatewayState(taxis: first..<last, roll: first, cursor: first))
    }
  }

  func makeConnection() -> LoadConnection {
    let connection = LoadConnection(connections.count, sink: self)
    connections.append(connection)
    return connection
  }

  /// Once all connections are on their way.
  func begin() {
    phaseEnds = clock() + 20_000_000_000
    progress("connecting: \(connections.count) connections")
    arm()
  }

  func clock() -> UInt64 { NIODeadline.now().uptimeNanoseconds }

  func fail(_ message: String) {
    guard phase != .over else { return }
    phase = .over
    closeAll()
    done.fail(LoadFailure(message))
  }

  private func closeAll() {
    timer?.cancel()
    for connection in connections { connection.close() }
  }

  // MARK: Phases

  func enter() {
    phase = .entering
    phaseEnds = clock() + 120_000_000_000
    progress("\(plan.taxis) taxis enter")
    for gateway in 0..<plan.gateways { pumpRoll(gateway) }
  }

  private func run() {
    phase = .running
    // Time for the last answers of entering to be over and done with.
    start = clock() + 200_000_000
    measured = start + UInt64(plan.warmUp.count) * 1_000_000
    end = measured + UInt64(plan.duration.count) * 1_000_000
    phaseEnds = .max
    nextProgress = start
    for gateway in 0..<plan.gateways {
      // Gateways take turns, so that the server is not asked by all of them at once.
      let share = UInt64(gateway) * 1_000_000_000 / UInt64(plan.gateways)
      gatewayStates[gateway].nextReport = start + share / 50
      gatewayStates[gateway].nextPing = gatewayStates[gateway].nextReport
    }
    arm()
  }

  private func beginMeasuring(_ now: UInt64) {
    hasBegunMeasuring = true
    tally.begin(pid: pid, at: now)
    fence(now)
  }

  private func drain(_ now: UInt64) {
    phase = .draining
    phaseEnds = now + 5_000_000_000
    tally.end(pid: pid, at: now)
    fence(now)
    progress("waiting for the last answers")
  }

  private func ask(_ now: UInt64) {
    phase = .asking
    phaseEnds = now + 5_000_000_000
    tally.lost += connections.reduce(0) { $0 + $1.pending.count + $1.pending.lost }
    for connection in connections[..<plan.gateways] {
      connection.send(.stat, Pending(kind: .stat, index: 0, due: now))
    }
    flushAll()
  }

  /// What is left undone is called off, before taxis leave: the server would look for others.
  private func cancelRides(_ now: UInt64) {
    found = report()
    guard plan.leavesClean else { return finish() }
    phase = .cancelling
    phaseEnds = now + 30_000_000_000
    progress("taxis leave")
    for ride in rides.indices where !rides[ride].isOver {
      guard let name = rideName(ride) else { continue }
      connections[plan.gateways + ride % plan.bookers].send(
        .cancel(name, by: .rider, reason: nil),
        Pending(kind: .cancel, index: Int32(clamping: ride), due: now)
      )
    }
    flushAll()
  }

  private func leave(_ now: UInt64) {
    phase = .leaving
    phaseEnds = now + 60_000_000_000
    for gateway in 0..<plan.gateways {
      gatewayStates[gateway].roll = gatewayStates[gateway].taxis.lowerBound
      pumpRoll(gateway)
    }
  }

  private func finish() {
    phase = .over
    closeAll()
    done.succeed(found ?? report())
  }

  /// Moves on when a phase has come to its end.
  func advance() {
    let now = clock()
    let isLate = now >= phaseEnds
    let waiting = connections.reduce(0) { $0 + ($1.isOpen ? $1.pending.count : 0) }
    switch phase {
    case .connecting where isLate:
      fail("only \(ready) of \(connections.count) connections were greeted within 20 s")
    case .entering where isLate: fail("the taxis did not enter within 120 s; fewer with --taxis")
    case .entering
    where waiting == 0 && gatewayStates.allSatisfy({ $0.roll == $0.taxis.upperBound }):
      run()
    case .running where now >= end: drain(now)
    case .draining where isLate || waiting == 0 && tally.offeredRides >= tally.acceptedRequests:
      ask(now)
    case .asking where isLate || waiting == 0: cancelRides(now)
    case .cancelling where isLate || waiting == 0: leave(now)
    case .leaving
    where isLate || waiting == 0 && gatewayStates.allSatisfy({ $0.roll == $0.taxis.upperBound }):
      finish()
    default: break
    }
  }

  // MARK: Time

  /// Sets the one timer to what is due first.
  func arm() {
    timer?.cancel()
    guard phase != .over else { return }
    var due = clock() + 10_000_000
    if phase == .running {
      due = min(due, end, nextRequest.map { start + $0.due } ?? .max, actions.first?.due ?? .max)
      for state in gatewayStates { due = min(due, state.nextReport) }
    }
    let bound = NIOLoopBound(self, eventLoop: loop)
    timer = loop.scheduleTask(deadline: .uptimeNanoseconds(due)) { bound.value.tick() }
  }

  private func tick() {
    if phase == .running {
      let now = clock()
      if !hasBegunMeasuring, now >= measured { beginMeasuring(now) }
      sendRequests()
      sendActions()
      sendReports()
      flushAll()
      if now >= nextProgress { tellProgress(now) }
    }
    advance()
    arm()
  }

  private func tellProgress(_ now: UInt64) {
    nextProgress += 1_000_000_000
    let seconds = (now - start) / 1_000_000_000
    let rides = tally.requests
    let state = now < measured ? "warming up" : "measuring"
    progress(
      "\(state) \(seconds)/\(plan.length.count / 1_000) s: \(rides) requests, "
        + "\(tally.refusedCount) refused"
    )
  }

  func flushAll() {
    for connection in connections { connection.flush() }
  }

  // MARK: Events of connections

  func receivedAll(on connection: LoadConnection) {
    connection.flush()
    if phase != .running { advance() }
  }

  func becameWritable(_ connection: LoadConnection) {}

  func closed(_ connection: LoadConnection) {
    guard phase != .over else { return }
    tally.closed += 1
    if phase == .connecting || phase == .entering {
      let why = tally.farewell.map { ": \($0)" } ?? ""
      fail("the server closed connection \(connection.index) before the run began\(why)")
    }
  }
}

/// A ride that was asked for.
struct LoadRide {
  /// When it should have been asked for, in nanoseconds.
  var due: UInt64
  var taxi: Int32 = -1
  var offer: Identifier?
  /// Counts what happened, so that a planned action is dropped when things went another way.
  var step: UInt32 = 0
  var isOffered = false
  var isOver = false
}
