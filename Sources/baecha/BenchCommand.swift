#if Server
  import ArgumentParser
  import Foundation
  import LineProtocol
  import LoadGenerator
  import Matching

  /// `baecha bench`: a load on a server, and what it could bear.
  struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bench",
      abstract: "Put a city's load on a server and print its capacity sheet.",
      discussion: """
        Taxis report their places, riders ask, drivers accept, arrive, board and
        drop, each at the instant that a seed drew for it, whether or not the
        server keeps up: latencies count from there, so nothing is left out.

        PROFILES
          small  1,000 taxis every 5 s, 5 requests/s, 5 s: for CI
          seoul  72,000 taxis every 5 s, 50 requests/s
          peak   ten times as many: 720,000 taxis every 5 s, 500 requests/s

        EXAMPLES
          baecha bench --spawn --profile seoul
          baecha bench --connect 127.0.0.1:7400 --pid $(pgrep -x baecha) --taxis 5000
          baecha bench --spawn --flood
          baecha bench --spawn --idle 20000
          baecha bench --spawn --profile peak --json peak.json

        A server that you start yourself has quotas (docs/SERVER.md): 200
        connections of an address, 20,000 taxis of a connection, 500 requests/s
        of a company, 5 positions/s of a taxi. --spawn starts one without.

        EXIT CODES
          0   measured, and held
          1   more than --lost of the lines refused or lost, or not measured: the message says why
          64  the command line could not be understood
          130 interrupted
        """
    )

    @Option(help: "The server, HOST:PORT.")
    var connect = "127.0.0.1:7400"

    @Flag(help: "Start a server of one's own on a free port, measure it, and end it.")
    var spawn = false

    @Option(help: "The server's process, for its processor time and memory.")
    var pid: Int32?

    @Option(help: "Token, for a server with keys; needs the roles gateway and booker.")
    var token: String?

    @Option(help: "small, seoul or peak; the options below change it.")
    var profile = "seoul"

    @Option(help: "Taxis.")
    var taxis: Int?

    @Option(help: "How often each reports its place, such as 5s.")
    var reportEvery: String?

    @Option(help: "Connections that speak for the taxis.")
    var gateways: Int?

    @Option(help: "Requests a second.")
    var requests: Double?

    @Option(help: "Connections that ask for rides.")
    var bookers: Int?

    @Option(help: "Measured time, such as 30s.")
    var duration: String?

    @Option(help: "The same load before it, not measured.")
    var warmUp: String?

    @Option(help: "Of all draws.")
    var seed: UInt64 = 1

    @Option(help: "Where the load is: SOUTH,WEST,NORTH,EAST in degrees; the city of Seoul.")
    var box: String?

    @Option(help: "Region file of the server that --spawn starts.")
    var region: String?

    @Flag(help: "Instead: position lines as fast as one connection takes them.")
    var flood = false

    @Option(help: "Instead: so many connections that say nothing.")
    var idle: Int?

    @Option(help: "Share of lines that may be refused or lost before the exit code is 1.")
    var lost = 0.001

    @Option(help: "Also write the figures as JSON to this file; - is standard output.")
    var json: String?

    func validate() throws {
      if flood, idle != nil { throw ValidationError("--flood and --idle exclude each other.") }
      if spawn, pid != nil { throw ValidationError("--pid is not needed with --spawn.") }
      if region != nil, !spawn { throw ValidationError("--region is for --spawn.") }
      if !(0...1).contains(lost) { throw ValidationError("--lost \(lost): give 0 to 1.") }
      _ = try plan()
      _ = try address()
    }

    func run() async throws {
      let plan = try plan()
      var server = try address()
      server.pid = pid
      var spawned: SpawnedServer?
      if spawn {
        try OpenFiles.allow(idle ?? plan.gateways + plan.bookers)
        let own = try SpawnedServer(
          executable: try ownPath(),
          taxis: plan.taxis,
          rides: plan.ridesMost,
          options: region.map { ["--region", $0] } ?? []
        )
        (spawned, server) = (own, own.server)
      }
      let watch = Interruption(ending: spawned?.pid)
      defer {
        watch.cancel()
        spawned?.stop()
      }
      do {
        try await measure(plan, server)
      } catch let failure as LoadFailure {
        tell("Error: \(failure)")
        throw ExitCode(1)
      }
    }

    private func measure(_ plan: LoadPlan, _ server: LoadGenerator.Server) async throws {
      let progress = Progress()
      if let idle {
        let report = try await LoadGenerator.idle(idle, against: server) { progress.show($0) }
        progress.end()
        try write(report, CapacitySheet.text(report))
        try judge(report.closed > 0 ? ["the server closed \(report.closed) connections"] : [])
      } else if flood {
        let report = try await LoadGenerator.flood(plan, against: server) { progress.show($0) }
        progress.end()
        try write(report, CapacitySheet.text(report))
        let bad = report.wrong + report.late
        let allowed = Int(Double(report.lines) * lost)
        try judge(bad > allowed ? ["\(bad) position lines wrong or late, \(allowed) allowed"] : [])
      } else {
        let report = try await LoadGenerator.run(plan, against: server) { progress.show($0) }
        progress.end()
        try write(report, CapacitySheet.text(report))
        try judge(report.misses(most: lost))
      }
    }

    private func judge(_ misses: [String]) throws {
      guard !misses.isEmpty else { return }
      for miss in misses { tell("not held: \(miss)") }
      throw ExitCode(1)
    }

    private func write(_ report: some Encodable, _ sheet: String) throws {
      // Where the figures go to standard output, nothing else does.
      if json != "-" { print(sheet, terminator: "") }
      guard let json else { return }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let bytes = try encoder.encode(report) + Data("\n".utf8)
      if json == "-" {
        FileHandle.standardOutput.write(bytes)
      } else {
        try bytes.write(to: URL(fileURLWithPath: json), options: .atomic)
      }
    }
  }

  extension BenchCommand {
    fileprivate func plan() throws -> LoadPlan {
      guard let known = LoadPlan.Profile(rawValue: profile) else {
        let names = LoadPlan.Profile.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--profile \(profile): give one of \(names).")
      }
      var plan = LoadPlan(known)
      plan.taxis = taxis ?? plan.taxis
      plan.gateways = gateways ?? min(plan.gateways, max(1, plan.taxis))
      plan.requestsPerSecond = requests ?? plan.requestsPerSecond
      plan.bookers = bookers ?? plan.bookers
      plan.seed = seed
      plan.token = token
      plan.reportEvery = try span(reportEvery, "--report-every") ?? plan.reportEvery
      plan.duration = try span(duration, "--duration") ?? plan.duration
      plan.warmUp = try span(warmUp, "--warm-up") ?? plan.warmUp
      plan.leavesClean = !spawn
      // Names of rides must be new to a server that was measured before.
      if !spawn { plan.run = String(UInt64(Date().timeIntervalSince1970 * 1_000), radix: 36) }
      if let box { plan.box = try readBox(box) }
      do {
        try plan.check()
      } catch {
        throw ValidationError("\(error)")
      }
      return plan
    }

    private func span(_ text: String?, _ option: String) throws -> Millis? {
      guard let text else { return nil }
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      let units: [Substring: Int64] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000]
      guard let count = Int64(digits), count < 1_000_000_000,
        let unit = units[text.dropFirst(digits.count)]
      else { throw ValidationError("\(option) \(text): give a span such as 200ms, 30s or 5m.") }
      return Millis(count * unit)
    }

    private func readBox(_ text: String) throws -> GeoBox {
      let sides = text.split(separator: ",", omittingEmptySubsequences: false).compactMap {
        Double($0)
      }
      guard sides.count == 4, zip(sides, [90.0, 180, 90, 180]).allSatisfy({ abs($0) <= $1 }) else {
        throw ValidationError("--box \(text): give SOUTH,WEST,NORTH,EAST in degrees.")
      }
      let fixed = sides.map { Int32(($0 * 10_000_000).rounded()) }
      return GeoBox(south: fixed[0], west: fixed[1], north: fixed[2], east: fixed[3])
    }

    fileprivate func address() throws -> LoadGenerator.Server {
      guard let colon = connect.lastIndex(of: ":"), colon > connect.startIndex,
        let port = Int(connect[connect.index(after: colon)...]), (1...65_535).contains(port)
      else { throw ValidationError("--connect \(connect): give HOST:PORT.") }
      var host = String(connect[..<colon])
      if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
      return LoadGenerator.Server(host: host, port: port)
    }

    fileprivate func ownPath() throws -> String {
      guard let path = Bundle.main.executablePath else {
        throw LoadFailure("--spawn: the path of this program is not known; start 'baecha serve'")
      }
      return path
    }
  }

  private func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

  /// One line on a terminal that is written over; nothing elsewhere.
  private struct Progress: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ text: String) {
      guard isTerminal else { return }
      FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    func end() { show("") }
  }

  /// Ends the server that was started when this program is interrupted: it is in a process group of
  /// its own, so the terminal does not tell it.
  private struct Interruption {
    private let sources: [any DispatchSourceSignal]

    init(ending pid: Int32?) {
      sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
          if let pid { kill(pid, SIGTERM) }
          exit(130)
        }
        source.resume()
        return source
      }
    }

    func cancel() { for source in sources { source.cancel() } }
  }
#endif
