import Journal
import LineProtocol
import Server
import Testing

/// Several regions of one process, each a dispatcher of its own.
@Suite struct RegionTests {
  private static func office(_ name: String, _ directory: RegionDirectory, at place: String)
    -> Office
  {
    var region = Region()
    region.name = name
    return Office(region: region, place: place, directory: directory)
  }

  @Test func `a client at another region's port is sent to that region's leader`() {
    let directory = RegionDirectory()
    let seoul = Self.office("seoul", directory, at: "10.0.0.1:7400")
    let busan = Self.office("busan", directory, at: "10.0.0.1:7401")
    let caller = seoul.connect()
    #expect(caller.ask("HELLO blp/1 region=seoul").last == "OK blp/1")
    #expect(
      caller.ask("HELLO blp/1 region=busan")[0].hasPrefix(
        "ERR 308 moved retry=elsewhere to=10.0.0.1:7401 msg="
      )
    )
    #expect(busan.connect().ask("HELLO blp/1 region=busan").last == "OK blp/1")
  }

  @Test func `while nobody leads the region it is said so, and a leader elsewhere is named`() {
    let directory = RegionDirectory()
    let seoul = Self.office("seoul", directory, at: "10.0.0.1:7400")
    let busan = Self.office("busan", directory, at: "10.0.0.1:7401")
    let caller = seoul.connect()
    _ = caller.take()
    busan.dispatcher.take(.fenced)
    let unled = caller.ask("HELLO blp/1 region=busan")[0]
    #expect(unled.hasPrefix("ERR 308 moved retry=elsewhere msg=") && !unled.contains("to="))
    busan.dispatcher.take(.follows(leader: "10.0.0.2:7400"))
    #expect(caller.ask("HELLO blp/1 region=busan")[0].contains(" to=10.0.0.2:7400 "))
  }

  @Test func `a region that is not served here is unknown`() {
    let directory = RegionDirectory()
    let seoul = Self.office("seoul", directory, at: "10.0.0.1:7400")
    let caller = seoul.connect()
    _ = caller.take()
    let answer = caller.ask("HELLO blp/1 region=nowhere")[0]
    #expect(answer.hasPrefix("ERR 404 unknown retry=never key=region msg="))
    #expect(answer.contains("seoul"))
  }
}
