import Matching

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A TCP connection for one thread that has nothing else to do than to wait for the other end.
final class BlockingSocket {
  private let descriptor: Int32

  /// - Throws: when the host is unknown or takes no connection.
  init(_ address: ServerAddress) throws(RemoteFault) {
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let found else {
      throw RemoteFault("\(address): there is no such host")
    }
    defer { freeaddrinfo(found) }
    var one: UnsafeMutablePointer<addrinfo>? = found
    while let info = one {
      let socket = socket(info.pointee.ai_family, info.pointee.ai_socktype, 0)
      if socket >= 0, connect(socket, info.pointee.ai_addr, info.pointee.ai_addrlen) == 0 {
        var isOn: Int32 = 1
        // Each line waits for the answer to the last: none may wait to be sent.
        setsockopt(
          socket,
          Int32(IPPROTO_TCP),
          TCP_NODELAY,
          &isOn,
          socklen_t(MemoryLayout<Int32>.size)
        )
        descriptor = socket
        return
      }
      if socket >= 0 { close(socket) }
      one = info.pointee.ai_next
    }
    throw RemoteFault("\(address): no server takes connections there")
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) throws(RemoteFault) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        write(descriptor, raw.baseAddress.map { $0 + sent }, raw.count - sent)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw RemoteFault("the connection to the server broke") }
      sent += count
    }
  }

  /// Appends what has come, at least one byte.
  func receive(into bytes: inout [UInt8]) throws(RemoteFault) {
    while true {
      let count = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { raw in
        let count = read(descriptor, raw.baseAddress, raw.count)
        if count > 0 { bytes.append(contentsOf: raw[..<count]) }
        return count
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw RemoteFault("the server closed the connection") }
      return
    }
  }
}
