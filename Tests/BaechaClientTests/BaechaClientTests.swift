import BaechaClient
import LineProtocol
import Matching
import NIOCore
import NIOPosix
import Spatial
import Testing

@Suite struct BaechaClientTests {
  private static let cityHall = GeoPoint(latitude: 375_665_000, longitude: 1_269_780_000)

  private func request(_ ride: Identifier) -> ClientCommand {
    .request(RideRequest(ride: ride, from: Self.cityHall))
  }

  @Test func `a trip from the call to the drop-off`() async throws {
    let live = try await LiveServer.start()
    let client = BaechaClient(live.options)
    let (taxi, ride) = (Identifier("t", 1), Identifier("r", 1))
    var entry = TaxiEntry(taxi: taxi, place: Self.cityHall)
    entry.seats = 6
    #expect(try await client.call(.on(entry)).ok.state == "free")
    #expect(try await client.call(request(ride)).ok.state == "queued")
    for await push in client.pushes {
      guard case .offer(let offer) = push else { continue }
      #expect(offer.taxi == taxi && offer.ride == ride)
      #expect(try await client.call(.accept(offer.offer)).ok.state == "assigned")
      break
    }
    let step = TripStep(ride: ride, taxi: taxi)
    #expect(try await client.call(.arrive(step)).ok.state == "arrived")
    let early = await #expect(throws: LineError.self) { try await client.call(.noShow(step)) }
    #expect(early?.name == .early)
    #expect(try await client.call(.board(step)).ok.state == "onboard")
    #expect(try await client.call(.drop(step, Receipt())).ok.state == "done")
    let stat = try await client.call(.stat)
    #expect(!stat.rows.isEmpty)
    await client.close()
    await #expect(throws: ClientError.closed) { try await client.call(.who) }
    try await live.stop()
  }

  @Test func `no server is told in time`() async throws {
    var options = ClientOptions([ServerAddress(host: "127.0.0.1", port: 1)])
    options.giveUp = Millis(100)
    let client = BaechaClient(options)
    let error = await #expect(throws: ClientError.self) { try await client.call(.who) }
    guard case .unanswered = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    await client.close()
  }

  /// Each request takes effect once and each event is seen once, through a proxy that ends hundreds
  /// of connections after a drawn number of bytes.
  @Test func `cut at random bytes nothing is lost and nothing happens twice`() async throws {
    let live = try await LiveServer.start()
    let cutter = try await Cutter.start(before: live.address, cuts: 300, seed: 7)
    var options = live.options
    options.servers = [cutter.address]
    // Other tests may hold the threads for a while.
    options.giveUp = .minutes(10)
    let writer = BaechaClient(options)
    let reader = BaechaClient(options)
    let kinds: KindSet = [KindSet(.rideQueued), KindSet(.rideCancelled)]
    let name = Identifier("s", 1)
    let stream = try await reader.subscribe(Subscription(name: name, kinds: kinds))
    var count: UInt64 = 0
    while cutter.hasCutsLeft {
      count += 1
      let ride = Identifier("r", count)
      #expect(try await writer.call(request(ride)).ok.arguments == [ride.text])
      let answer = try await writer.call(.cancel(ride, by: .booker, reason: nil))
      #expect(answer.ok.state == "cancelled")
    }
    var seen: [String] = []
    var last = FactPosition(epoch: 0, sequence: 0)
    for await item in stream {
      guard case .event(let event) = item else {
        Issue.record("\(item)")
        break
      }
      #expect(event.at > last)
      last = event.at
      seen.append("\(event.kind) \(event.subject)")
      if seen.count == 2 * Int(count) { break }
    }
    #expect(seen == (1...count).flatMap { ["req.queued r\($0)", "req.cancelled r\($0)"] })
    let stat = try await writer.call(.get(.request, Identifier("r", count)))
    #expect(stat.ok.at == last, "a fact more than were asked for")
    #expect(await writer.connections + reader.connections > 100)
    await writer.close()
    await reader.close()
    try await cutter.stop()
    try await live.stop()
  }
}
