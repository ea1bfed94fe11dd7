import RedisJournal
import Testing

@Suite struct RedisAddressTests {
  @Test func `addresses are read, with and without user, port and database`() throws {
    let plain = try #require(RedisAddress("redis://127.0.0.1"))
    #expect(plain.place == .tcp(host: "127.0.0.1", port: 6_379))
    let whole = try #require(RedisAddress("redis://baecha:s3cret@[::1]:6390/2"))
    #expect(whole.place == .tcp(host: "::1", port: 6_390))
    #expect(whole.user == "baecha")
    #expect(whole.password == "s3cret")
    #expect(whole.database == 2)
    #expect(!whole.description.contains("s3cret"))
    let socket = try #require(RedisAddress("unix://secret@/run/redis.sock?1"))
    #expect(socket.place == .unix(path: "/run/redis.sock"))
    #expect(socket.password == "secret")
    #expect(socket.database == 1)
  }

  @Test(arguments: [
    "", "redis", "http://127.0.0.1", "redis://", "redis://host:0", "redis://host:70000",
    "redis://host/99", "redis://host/x", "unix://relative",
  ])
  func `what is no address is refused`(text: String) {
    #expect(RedisAddress(text) == nil)
  }
}
