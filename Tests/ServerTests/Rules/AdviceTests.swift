import LineProtocol
import Matching
import Server
import Spatial
import Testing

@Suite struct AdviceTests {
  private struct Fixed: RiderAdvisor {
    func spots(near place: GeoPoint, unixSeconds: Int64, walkSeconds: Int) -> [AdvisedSpot] {
      [
        AdvisedSpot(
          place: place,
          walkMetres: walkSeconds,
          walkSeconds: walkSeconds,
          waitMean: 90,
          wait10: 9,
          wait90: 210
        )
      ]
    }
  }

  @Test func `a booker is told where to wait, from the model`() {
    let office = Office(advisor: Fixed())
    let caller = office.connect()
    _ = caller.take()
    #expect(
      caller.ask("#1 ADVISE 37.5665,126.9780 walk=3m") == [
        "#1 ROW spot 37.5665,126.978 dist=180 walk=180s wait=90s wait10=9s wait90=210s",
        "#1 OK rows=1 at=4-0",
      ]
    )
    #expect(caller.ask("ADVISE 37.5665,126.9780 walk=3h")[0].hasPrefix("ERR 422 value"))
    #expect(caller.ask("ADVISE 126.9780,37.5665")[0].hasPrefix("ERR 422 swapped"))
  }

  @Test func `idle taxis are guided to where riders asked, and the advice is taken back`() {
    var region = Region()
    region.guidance = GuidanceSettings(period: .seconds(60), horizon: .minutes(10))
    let office = Office(region: region)
    let gateway = office.connect()
    let booker = office.connect()
    for taxi in 0..<4 { gateway.say("ON t\(taxi) 37.50,126.90") }
    for ride in 0..<8 { booker.say("REQ r\(ride) 37.55,126.95 wait=2s", "CANCEL r\(ride)") }
    for ride in 0..<8 { booker.say("REQ s\(ride) 37.55,126.95 wait=2s", "CANCEL s\(ride)") }
    _ = gateway.take()
    var guides: [String] = []
    for _ in 0..<3 {
      office.wait(60_000)
      for taxi in 0..<4 { gateway.say("P t\(taxi) 37.50,126.90") }
      guides += gateway.take().filter { $0.hasPrefix("GUIDE") }
    }
    #expect(guides.contains { $0.contains(" to=") && $0.hasSuffix("why=demand") }, "\(guides)")
    let advised = guides.first { $0.contains(" to=") }?.split(separator: " ")[1] ?? "none"
    booker.say("REQ u1 37.50,126.90")
    var later = gateway.take()
    let oid = later.first { $0.hasPrefix("OFFER") }?.split(separator: " ")[1] ?? "none"
    gateway.say("ACCEPT \(oid)")
    office.wait(3_600_000)
    later += gateway.take()
    #expect(later.contains { $0.hasPrefix("GUIDE \(advised) ") && !$0.contains(" to=") })
  }
}
