import Matching
import MatchingTestSupport
import Testing

@Suite struct OfferRaceTests {
  @Test func `an answer in the last millisecond counts`() {
    let town = Town("a 1 . b")
    town.request("1")
    town.advance(millis: 11_999)
    #expect(town.accept("1").outcome == .done)
    #expect(town.ride("1") == .assigned && town.taxi(of: "1") == "a")
  }

  @Test func `an answer at the very end of the offer's time is too late`() throws {
    let town = Town("a 1 . b")
    town.request("1")
    let offer = try #require(town.offer(of: "1"))
    #expect(town.send(.accept(offer), at: Millis(12_000)).outcome == .refused(.offerExpired))
    #expect(town.state("a") == .free)
    #expect(town.asked(for: "1") == "b")
  }

  @Test func `an answer after the offer's time does not take the ride from the next taxi`() throws {
    let town = Town("a 1 . b")
    town.request("1")
    let late = try #require(town.offer(of: "1"))
    town.advance(13)
    town.accept("1")
    let answer = town.send(.accept(late))
    #expect(answer.outcome == .refused(.offerExpired) && answer.ride == .assigned)
    #expect(town.taxi(of: "1") == "b" && town.state("a") == .free)
  }

  @Test func `a ride cancelled while offered ends, and its taxi is free`() throws {
    let town = Town("a 1")
    town.request("1")
    let offer = try #require(town.offer(of: "1"))
    #expect(town.cancel("1").outcome == .done)
    #expect(
      town.latest == [.offerRevoked(offer, .cancelled), .rideCancelled(Town.ride("1"), .rider)]
    )
    #expect(town.state("a") == .free)
    #expect(town.send(.accept(offer)).outcome == .refused(.offerClosed))
    #expect(town.ride("1") == .cancelled)
  }

  @Test func `a cancelled search books nobody later`() {
    let town = Town("1 A")
    town.request("1")
    town.cancel("1")
    town.on("a", at: "A")
    town.advance(60)
    #expect(town.ride("1") == .cancelled && town.state("a") == .free)
  }

  @Test func `rider cancels, then the driver gives up: cancelled, once`() {
    let town = Town("a 1 . b")
    town.request("1")
    town.accept("1")
    #expect(town.cancel("1").outcome == .done)
    #expect(town.abort("1", by: "a").outcome == .refused(.wrongState))
    #expect(town.ride("1") == .cancelled)
    #expect(town.state("a") == .free && town.state("b") == .free)
    #expect(town.cancel("1").outcome == .duplicate)
  }

  @Test func `the driver gives up, then the rider cancels: cancelled, nobody bound`() {
    let town = Town("a 1 . b")
    town.request("1")
    town.accept("1")
    #expect(town.abort("1", by: "a").outcome == .done)
    #expect(town.asked(for: "1") == "b")
    #expect(town.cancel("1").outcome == .done)
    #expect(town.state("a") == .free && town.state("b") == .free)
    #expect(town.taxi(of: "1") == nil)
  }

  @Test func `a street hail takes the offer back and the ride goes on at once`() throws {
    let town = Town("a 1 . b")
    town.request("1")
    let offer = try #require(town.offer(of: "1"))
    #expect(town.busy("a", .hail).outcome == .done)
    #expect(town.state(offer) == .revoked && town.state("a") == .busy)
    #expect(town.asked(for: "1") == "b")
    #expect(town.send(.accept(offer)).outcome == .refused(.offerClosed))
  }

  @Test func `a hail without a fresh position still sends the ride on`() {
    let town = Town("a 1 B") { $0.offerTTL = .minutes(2) }
    town.request("1")
    town.silence("a")
    town.advance(20)
    #expect(town.free("a").outcome == .duplicate)
    town.advance(15)
    #expect(town.busy("a", .hail).outcome == .done)
    town.on("b", at: "B")
    town.advance(1)
    #expect(town.asked(for: "1") == "b")
  }

  @Test func `a hailed taxi may be asked again for the ride when it is free`() {
    let town = Town("a 1")
    town.request("1")
    town.busy("a", .hail)
    town.free("a")
    town.advance(1)
    #expect(town.asked(for: "1") == "a")
  }

  @Test func `a declined ride goes to another taxi and never to the same again`() {
    let town = Town("a 1 . b . . C")
    town.request("1")
    let declined = town.decline("1")
    #expect(declined.outcome == .done && declined.ride == .queued)
    #expect(town.asked(for: "1") == "b")
    town.decline("1")
    town.advance(60)
    #expect(town.asked(for: "1") == nil && town.ride("1") == .queued)
    town.on("c", at: "C")
    town.advance(1)
    #expect(town.asked(for: "1") == "c")
  }

  @Test func `who declined, left and joined again in another slot is not asked again`() {
    let town = Town("a b 1")
    town.request("1")
    town.decline("1")
    town.decline("1")
    town.off("a")
    town.off("b")
    town.on("a")
    town.on("b")
    town.advance(2)
    #expect(town.ride("1") == .queued)
  }

  @Test func `an aborted ride goes to another taxi, not to the one that gave it up`() {
    let town = Town("a 1 . b")
    town.request("1")
    town.accept("1")
    town.abort("1", by: "a")
    #expect(town.asked(for: "1") == "b")
    #expect(town.abort("1", by: "a").outcome == .duplicate)
    town.decline("1")
    town.advance(30)
    #expect(town.ride("1") == .queued && town.state("a") == .free)
  }

  @Test func `two drivers cannot accept one request`() throws {
    let town = Town("a 1 . b")
    town.request("1")
    let first = try #require(town.offer(of: "1"))
    town.decline("1")
    let second = try #require(town.offer(of: "1"))
    #expect(town.send(.accept(second)).outcome == .done)
    #expect(town.send(.accept(first)).outcome == .refused(.offerClosed))
    #expect(town.taxi(of: "1") == "b" && town.state("a") == .free)
  }

  @Test func `accepting twice is answered with the first fact`() throws {
    let town = Town("a 1")
    town.request("1")
    let offer = try #require(town.offer(of: "1"))
    let first = town.send(.accept(offer))
    let again = town.send(.accept(offer))
    #expect(first.outcome == .done && again.outcome == .duplicate)
    #expect(first.at == again.at && again.ride == .assigned && town.latest == [])
    #expect(town.send(.decline(offer, .tooFar)).outcome == .refused(.offerClosed))
  }

  @Test func `a ride sees no more offers than the bound`() {
    let town = Town("a b c d 1") { $0.offersPerRideMax = 2 }
    town.request("1")
    town.decline("1")
    town.decline("1")
    town.advance(60)
    #expect(town.ride("1") == .queued && town.offer(of: "1") == nil)
    #expect(town.assign("1", "a").outcome == .refused(.full))
    town.advance(250)
    #expect(town.ride("1") == .expired)
  }

  @Test func `a wait that ends while a taxi is asked ends the ride and frees the taxi`() throws {
    let town = Town("a 1")
    town.request("1", wait: .seconds(5))
    let offer = try #require(town.offer(of: "1"))
    town.advance(5)
    #expect(town.latest == [.offerRevoked(offer, .expired), .rideExpired(Town.ride("1"))])
    #expect(town.state("a") == .free)
    #expect(town.accept("1").outcome == .refused(.unknownOffer))
    #expect(town.send(.accept(offer)).outcome == .refused(.offerClosed))
  }

  @Test func `a taxi that accepts by itself is bound in the same command`() {
    let town = Town("a 1", auto: true)
    let answer = town.request("1")
    #expect(answer.ride == .queued)
    #expect(town.ride("1") == .assigned && town.state("a") == .enroute)
  }
}
