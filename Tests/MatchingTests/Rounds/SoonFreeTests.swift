import Matching
import MatchingTestSupport
import Testing

/// A ride may wait for a taxi that is about to drop its rider beside it.
@Suite struct SoonFreeTests {
  /// Taxi a carries ride 1 towards B, where rider 2 will stand; taxi z is free and far. A mark is ten
  /// seconds of driving.
  private func town(soonFree: Millis, to: String? = "B") -> Town {
    let town = Town(
      "a 1 . . . . B 2 . . . . . . . . . . . z",
      policy: BatchPolicy(.init(reassigns: false, soonFree: soonFree))
    )
    town.request("1", to: to.map(town.place))
    town.advance(2)
    town.accept("1")
    town.arrive("1")
    town.board("1")
    return town
  }

  @Test func `a ride waits for the taxi that will be free beside it`() throws {
    let town = town(soonFree: .seconds(60))
    town.request("2")
    town.advance(4)
    #expect(town.ride("2") == .queued && town.offer(of: "2") == nil)
    town.advance(40)
    town.report("a", at: "B")
    town.drop("1")
    town.advance(2)
    #expect(town.asked(for: "2") == "a")
  }

  @Test func `without that a far taxi is asked at once`() throws {
    let town = town(soonFree: Millis(0))
    town.request("2")
    town.advance(2)
    #expect(town.asked(for: "2") == "z")
  }

  @Test func `a taxi that is occupied for longer is not awaited`() throws {
    let town = town(soonFree: .seconds(30))
    town.request("2")
    town.advance(2)
    #expect(town.asked(for: "2") == "z")
  }

  @Test func `nobody waits for a taxi whose destination is not known`() throws {
    let town = town(soonFree: .seconds(60), to: nil)
    town.request("2")
    town.advance(2)
    #expect(town.asked(for: "2") == "z")
  }

  @Test func `a destination told on the way counts from then on`() throws {
    let town = town(soonFree: .seconds(60), to: nil)
    #expect(town.change("1", v: 1, RideChange(to: town.place("B"))).outcome == .done)
    town.request("2")
    town.advance(4)
    #expect(town.offer(of: "2") == nil)
  }

  @Test func `a taxi that is late by more than the limit is awaited no longer`() throws {
    let town = town(soonFree: .seconds(60))
    town.request("2")
    town.advance(120)
    let asked = town.facts.compactMap { fact -> TaxiID? in
      if case .offerMade(let offer) = fact.event, offer.ride == Town.ride("2") { return offer.taxi }
      return nil
    }
    #expect(asked == [Town.taxi("z")])
  }

  @Test func `a rider with little time left does not bet on it`() throws {
    let town = town(soonFree: .seconds(60))
    // 60 s to wait for the taxi, and less than four times as long to go.
    town.request("2", wait: .seconds(200))
    town.advance(2)
    #expect(town.asked(for: "2") == "z")
  }

  @Test func `an explanation says that the ride waits for it`() throws {
    let town = Town("a 1 . . . . B 2", policy: BatchPolicy(.init(soonFree: .seconds(60)))) {
      $0.explanationsMax = 16
    }
    town.request("1", to: town.place("B"))
    town.advance(2)
    town.accept("1")
    town.arrive("1")
    town.board("1")
    // Too small for the party, but free: with no free taxi at all there is no round.
    town.on("z", at: "1", seats: 1)
    town.request("2", seats: 2)
    town.advance(2)
    #expect(town.engine.explain(Town.ride("2")).last?.reason == .awaited)
  }
}
