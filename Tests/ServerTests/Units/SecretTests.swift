import Foundation
import LineProtocol
import Server
import Testing

@Suite struct SecretTests {
  /// FIPS 180-4's examples, and a million letters.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func `the hash is the standard's`(text: String, digest: String) {
    #expect(hex(SHA256.hash(text.utf8)) == digest)
  }

  /// RFC 4231, test cases 1, 2, 3 and 6.
  @Test func `the keyed hash is the standard's`() {
    func check(_ key: [UInt8], _ message: [UInt8], _ code: String) {
      #expect(hex(HMAC.sha256(key: key, message: message)) == code)
    }
    check(
      Array(repeating: 0x0b, count: 20),
      Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    )
    check(
      Array("Jefe".utf8),
      Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    check(
      Array(repeating: 0xaa, count: 20),
      Array(repeating: 0xdd, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    )
    check(
      Array(repeating: 0xaa, count: 131),
      Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    )
  }

  @Test func `every length of message up to three blocks agrees with the system's own`() throws {
    let tool = "/usr/bin/sha256sum"
    guard FileManager.default.isExecutableFile(atPath: tool) else { return }
    var random = SeededGenerator(3)
    for length in stride(from: 0, to: 200, by: 9) {
      let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: tool)
      let (input, output) = (Pipe(), Pipe())
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      input.fileHandleForWriting.write(Data(bytes))
      try input.fileHandleForWriting.close()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(text.hasPrefix(hex(SHA256.hash(bytes))), "length \(length)")
    }
  }

  @Test func `a MAC opens its own connection and no other`() {
    let secret = Array(0..<32).map(UInt8.init)
    let keys = [
      Key(id: "gw7", tenant: "blue", roles: .gateway, secret: .mac(secret)),
      Key.token("b1", "red", .booker),
    ]
    let office = Office(keys: keys)
    let first = office.connect()
    let banner = first.take()[0]
    #expect(banner.contains(" auth=mac,token nonce="))
    let nonce = banner.split(separator: "=").last.map(String.init) ?? ""
    let digest = hex(HMAC.sha256(key: secret, message: "\(nonce)|gw7|seoul".utf8))
    let second = office.connect()
    _ = second.take()
    #expect(second.ask("AUTH mac gw7 \(digest)")[0].hasPrefix("ERR 401 auth retry=never close=1"))
    #expect(second.isClosed)
    #expect(first.ask("HELLO blp/1 name=gw7") == ["OK blp/1"])
    #expect(first.ask("AUTH mac gw7 \(digest)") == ["OK session=s1 acl=gateway tenant=blue"])
    let third = office.connect()
    _ = third.take()
    #expect(third.ask("HELLO blp/2")[0].hasPrefix("ERR 426 version retry=never close=1 have=blp/1"))
    let fourth = office.connect()
    _ = fourth.take()
    #expect(fourth.ask("AUTH token gw7-secret")[0].hasPrefix("ERR 401"))
  }

  @Test func `new keys count at once: roles change, and whose key is gone is bid farewell`() {
    let (a, b) = (Key.token("a", "blue", .gateway), Key.token("b", "red", .booker))
    let office = Office(keys: [a, b])
    let (gateway, booker) = (office.connect(as: a), office.connect(as: b))
    office.dispatcher.replaceKeys(Keyring(keys: [.token("a", "blue", .dispatcher)]))
    #expect(gateway.ask("ON t1 37.5651,126.9895")[0].hasPrefix("ERR 403"))
    #expect(booker.isClosed)
    let late = office.connect()
    _ = late.take()
    #expect(late.ask("AUTH token b-secret")[0].hasPrefix("ERR 401"))
  }

  @Test func `a keys file is read whole, and what is wrong is told line by line`() throws {
    let hash = hex(SHA256.hash("t".utf8))
    let mac = String(repeating: "0a", count: 16)
    let ring = try Keyring(
      text: "# comment\n\ngw7 blue gateway mac:\(mac)\nb1 red booker,dispatcher sha256:\(hash)\n",
      file: "keys"
    )
    #expect(ring.keys.map(\.id) == ["gw7", "b1"])
    #expect(ring.keys[1].roles == [.booker, .dispatcher])
    let bad = "gw7 blue gatway mac:\(mac)\nx red booker mac:0a\nx y\nx red booker sha256:00\n"
    let error = #expect(throws: FileError.self) { try Keyring(text: bad, file: "keys") }
    #expect(
      error?.problems.map(\.description) == [
        "keys:1:1: there is no role 'gatway': gateway, booker, dispatcher, observer, admin; "
          + "did you mean gateway?",
        "keys:2:1: a MAC key has at least 16 bytes, that is 32 hexadecimal digits",
        "keys:3:1: expected: ID TENANT ROLE,ROLE mac:HEX or sha256:HEX",
        "keys:4:1: the secret is not mac:HEX, or sha256: with 64 hexadecimal digits",
      ]
    )
  }

  @Test func `a keys file that others can read is refused`() throws {
    let path = NSTemporaryDirectory() + "keys-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = "b1 red booker sha256:\(hex(SHA256.hash("t".utf8)))\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let error = #expect(throws: FileError.self) { try Keyring(path: path) }
    #expect(error?.description.hasSuffix("run chmod 0600 on it") == true)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    #expect(try Keyring(path: path).keys.count == 1)
  }
}
