import Foundation
import Glibc
import Journal
import LineProtocol
import Server
import Testing

/// The same over real sockets: what only they can show.
@Suite(.serialized) struct SocketTests {
  private static func start(
    keys: [Key]? = nil,
    tls: RunningServer.TLSFiles? = nil,
    limits: @Sendable (inout Limits) -> Void = { _ in }
  ) async throws -> RunningServer {
    var region = Region()
    region.taxisMax = 2_000
    region.ridesMax = 8_000
    var setup = Dispatcher.Setup(region: region)
    setup.keys = keys.map { Keyring(keys: $0) }
    limits(&setup.limits)
    return try await RunningServer.start(
      setup,
      makeStore: { _ in MemoryStore(epoch: 4) },
      listen: .init(host: "127.0.0.1", port: 0),
      tls: tls.map { (.init(host: "127.0.0.1", port: 0), $0) }
    )
  }

  @Test func `a booking, acceptance and finished trip in eight typed lines`() async throws {
    let server = try await Self.start()
    let socket = try Socket(port: server.address?.port)
    #expect(
      socket.line()?.hasPrefix("BLP/1 region=seoul node=a1 role=leader dur=memory at=4-0") == true
    )
    socket.send("ON t12 37.5651,126.9895\n")
    #expect(socket.line() == "OK t12 state=free at=4-1")
    socket.send("REQ r77 37.5665,126.9780 37.5512,126.9882\n")
    #expect(socket.line() == "OK r77 state=queued at=4-2")
    #expect(socket.line()?.hasPrefix("OFFER o1 t12 r77 from=37.567,126.978") == true)
    #expect(socket.line() == "EV 0 4-3 req.offered r77")
    for (line, state) in [
      ("ACCEPT o1", "assigned"), ("ARRIVE r77 t12", "arrived"), ("BOARD r77 t12", "onboard"),
      ("DROP r77 t12", "done"),
    ] {
      socket.send(line + "\n")
      #expect(socket.line()?.contains("state=\(state)") == true)
    }
    socket.send("QUIT\n")
    #expect(socket.rest() == ["OK", "BYE why=quit at=4-7"])
    try await server.stop(grace: .zero)
  }

  @Test func `who sends everything and closes its side gets every answer`() async throws {
    let server = try await Self.start()
    let socket = try Socket(port: server.address?.port)
    let count = 2_000
    socket.send((0..<count).map { "#\($0) PING\n" }.joined())
    socket.closeOutput()
    let lines = socket.rest()
    #expect(lines.count == count + 2)
    #expect(lines.last == "BYE why=quit at=4-0")
    for index in 0..<count { #expect(lines[index + 1].hasPrefix("#\(index) PONG ")) }
    try await server.stop(grace: .zero)
  }

  @Test func `a slow reader among many does not hold the others up, and resumes exactly`()
    async throws
  {
    let server = try await Self.start {
      $0.outputBytesMax = 200_000
      // The others read on for as long as it takes, without other lines between.
      $0.farewellMax = .minutes(10)
      $0.heartbeat = .minutes(10)
    }
    let slow = try Socket(port: server.address?.port, receiveBuffer: 4_096)
    let quick = try (0..<20).map { _ in try Socket(port: server.address?.port) }
    slow.send("SUB 1 taxi.*\n")
    for socket in quick { socket.send("SUB 1 taxi.*\n") }
    let talker = try Socket(port: server.address?.port)
    _ = talker.line()
    for socket in quick { _ = (socket.line(), socket.line()) }
    var streams = Array(repeating: [String](), count: quick.count)
    for round in 0..<150 {
      // A round's worth of events: everyone but the slow one reads along.
      let lines = (0..<200).map { "BUSY t1 reason=\($0 % 2 == 0 ? "hail" : "break")\n" }
      talker.send("ON t1 37.5651,126.9895\n" + lines.joined() + "#\(round) PING\n")
      while let line = talker.line(), !line.hasPrefix("#\(round) PONG") {}
      let end = " 4-\(1 + 200 * (round + 1)) "
      for (index, socket) in quick.enumerated() {
        while let line = socket.line() {
          streams[index].append(line)
          if line.contains(end) { break }
        }
      }
    }
    #expect(streams.allSatisfy { $0 == streams[0] && $0.count == 30_001 })
    var heard = slow.rest().filter { !$0.hasPrefix("BLP") && !$0.hasPrefix("OK") }
    let farewell = heard.removeLast()
    #expect(farewell.hasPrefix("BYE why=slow at=4-"))
    let at = farewell.split(separator: "=").last ?? ""
    let again = try Socket(port: server.address?.port)
    _ = again.line()
    again.send("SUB 1 taxi.* from=\(at)\n")
    _ = again.line()
    while heard.count < streams[0].count, let line = again.line() { heard.append(line) }
    #expect(heard.count == streams[0].count)
    let fault = zip(heard, streams[0]).first { $0 != $1 }
    #expect(fault == nil, "\(farewell)")
    try await server.stop(grace: .zero)
  }

  @Test func `Python's ssl shakes hands and books a ride over TLS 1.3`() async throws {
    let folder = NSTemporaryDirectory() + "tls-\(UUID().uuidString)/"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = try DevelopmentCertificate.make(in: folder, hosts: ["localhost", "127.0.0.1"])
    let server = try await Self.start(tls: files)
    let script = """
      import socket, ssl, sys
      context = ssl.create_default_context(cafile=sys.argv[1])
      context.set_alpn_protocols(['blp/1'])
      plain = socket.create_connection(('127.0.0.1', int(sys.argv[2])))
      s = context.wrap_socket(plain, server_hostname='localhost')
      assert s.version() == 'TLSv1.3', s.version()
      assert s.selected_alpn_protocol() == 'blp/1'
      f = s.makefile('rw', newline='\\n')
      f.readline()
      f.write('REQ r1 37.5665,126.9780\\n'); f.flush()
      print(f.readline().strip())
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", script, files.certificate, "\(server.secureAddress?.port ?? 0)",
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text == "OK r1 state=queued at=4-1\n")
    try await server.stop(grace: .zero)
  }

  @Test func `a new certificate counts for the next connection, and a broken one changes nothing`()
    async throws
  {
    let folder = NSTemporaryDirectory() + "tls-\(UUID().uuidString)/"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = try DevelopmentCertificate.make(in: folder, hosts: ["localhost"])
    let server = try await Self.start(tls: files)
    let port = server.secureAddress?.port ?? 0
    #expect(try Self.shakes(port, trusting: files.certificate))
    let old = folder + "old.pem"
    try FileManager.default.moveItem(atPath: files.certificate, toPath: old)
    try FileManager.default.removeItem(atPath: files.key)
    // A key without its certificate: the old pair stays.
    #expect(throws: (any Error).self) { try server.reload(files) }
    #expect(try Self.shakes(port, trusting: old))
    let next = try DevelopmentCertificate.make(in: folder, hosts: ["localhost"])
    #expect(try Self.shakes(port, trusting: old))
    try server.reload(next)
    #expect(try Self.shakes(port, trusting: next.certificate))
    #expect(try !Self.shakes(port, trusting: old))
    try await server.stop(grace: .zero)
  }

  /// Whether a client that trusts only one certificate gets as far as the banner.
  private static func shakes(_ port: Int, trusting certificate: String) throws -> Bool {
    let script = """
      import socket, ssl, sys
      context = ssl.create_default_context(cafile=sys.argv[1])
      plain = socket.create_connection(('127.0.0.1', int(sys.argv[2])))
      try:
        s = context.wrap_socket(plain, server_hostname='localhost')
        sys.exit(0 if s.makefile('r').readline().startswith('BLP/1 ') else 2)
      except ssl.SSLCertVerificationError:
        sys.exit(1)
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, certificate, "\(port)"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus < 2)
    return process.terminationStatus == 0
  }

  @Test func `thousands of connections that say nothing, or the wrong thing, disturb nobody`()
    async throws
  {
    let key = Key.token("b", "red", .booker)
    let server = try await Self.start(keys: [key]) {
      $0.connectionsPerAddressMax = 5_000
      $0.heartbeat = .minutes(10)
    }
    let good = try Socket(port: server.address?.port)
    _ = good.line()
    good.send("AUTH token b-secret\n")
    #expect(good.line()?.hasPrefix("OK session=") == true)
    var crowd: [Socket] = []
    for index in 0..<400 {
      let socket = try Socket(port: server.address?.port)
      if index % 2 == 0 { socket.send("AUTH token wrong\n") }
      crowd.append(socket)
    }
    good.send("REQ r1 37.5665,126.9780\n")
    #expect(good.line() == "OK r1 state=queued at=4-1")
    for (index, socket) in crowd.enumerated() where index % 2 == 0 {
      #expect(socket.rest().last?.hasPrefix("ERR 401 auth retry=never close=1") == true)
    }
    #expect(try await server.onLoop { $0.sessionCount } <= 201)
    crowd = []
    try await server.stop(grace: .zero)
  }

  @Test func `a stopping server says goodbye and closes`() async throws {
    let server = try await Self.start()
    let socket = try Socket(port: server.address?.port)
    _ = socket.line()
    socket.send("SUB 1 req.*\n")
    _ = socket.line()
    try await server.stop(grace: .zero, drainTo: "other:7400")
    #expect(socket.rest() == ["BYE why=drain at=4-0 to=other:7400"])
  }

  @Test func `who asked for the server's own news hears that it will stop`() async throws {
    let server = try await Self.start()
    let socket = try Socket(port: server.address?.port)
    _ = socket.line()
    socket.send("ON t1 37.5651,126.9895\nSUB news sys.*,req.*\n")
    _ = socket.line()
    #expect(socket.line()?.hasPrefix("OK news from=4-1") == true)
    #expect(socket.line() == "EV news 4-1 sys.leader a1 epoch=4 since=4-0")
    try await server.stop(grace: .zero, drainTo: "other:7400")
    #expect(
      socket.rest() == [
        "EV news 4-1 sys.drain a1 to=other:7400", "BYE why=drain at=4-1 to=other:7400",
      ]
    )
  }
}

/// A blocking client socket with a time limit on every read.
final class Socket: Sendable {
  private struct Failure: Error {
    var call: String
    var code: Int32
  }

  private let descriptor: Int32
  private let buffer = Buffer()

  /// Used by the one test that owns the socket.
  private final class Buffer: @unchecked Sendable {
    // No two threads read from one socket.
    var bytes: [UInt8] = []
    var start = 0
    var isAtEnd = false
  }

  init(port: Int?, receiveBuffer: Int32 = 0) throws {
    descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    if receiveBuffer > 0 {
      var bytes = receiveBuffer
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port ?? 0)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(call: "connect", code: errno) }
  }

  deinit { Glibc.close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        Glibc.send(
          descriptor,
          raw.baseAddress.map { $0 + sent },
          bytes.count - sent,
          Int32(MSG_NOSIGNAL)
        )
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  func closeOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next line without its newline; `nil` at the end, or when none comes.
  func line() -> String? {
    while true {
      if let end = buffer.bytes[buffer.start...].firstIndex(of: 10) {
        defer { buffer.start = end + 1 }
        return String(decoding: buffer.bytes[buffer.start..<end], as: UTF8.self)
      }
      buffer.bytes.removeFirst(buffer.start)
      buffer.start = 0
      guard !buffer.isAtEnd else { return nil }
      var block = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &block, block.count, 0)
      guard count > 0 else {
        buffer.isAtEnd = true
        return nil
      }
      buffer.bytes.append(contentsOf: block[..<count])
    }
  }

  /// All lines until the server closes.
  func rest() -> [String] {
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    return lines
  }
}
