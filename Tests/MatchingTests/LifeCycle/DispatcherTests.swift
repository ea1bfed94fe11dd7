import Matching
import MatchingTestSupport
import Testing

@Suite struct DispatcherTests {
  @Test func `a match made by hand binds without asking`() {
    let town = Town("a . . . 1 b")
    town.request("1")
    #expect(town.asked(for: "1") == "b")
    #expect(town.assign("1", "a").outcome == .done)
    #expect(town.taxi(of: "1") == "a" && town.state("b") == .free)
    #expect(town.assign("1", "a").outcome == .duplicate)
  }

  @Test func `a ride given by hand to the taxi that is being asked is its own`() throws {
    let town = Town("a 1")
    town.request("1")
    let asked = try #require(town.offer(of: "1"))
    #expect(town.assign("1", "a").outcome == .done)
    #expect(town.state("a") == .enroute && town.state(asked) == .revoked)
  }

  @Test func `no ride is given to a taxi on a ride, asked for another, busy or unfit`() {
    let town = Town("a 1 2 . . . . b")
    town.request("1")
    town.accept("1")
    town.request("2")
    #expect(town.assign("2", "a").outcome == .refused(.wrongState))
    #expect(town.asked(for: "2") == "b")
    town.request("3", from: "1")
    #expect(town.assign("3", "b").outcome == .refused(.wrongState))
    town.decline("2")
    town.busy("b")
    #expect(town.assign("3", "b").outcome == .refused(.wrongState))
    town.free("b")
    town.request("4", from: "1", seats: 5)
    #expect(town.assign("4", "b").outcome == .refused(.unfit))
    #expect(town.assign("1", "b").outcome == .refused(.wrongState), "it has a taxi")
    #expect(town.assign("9", "b").outcome == .refused(.unknownRide))
    #expect(town.assign("3", "z").outcome == .refused(.unknownTaxi))
  }

  @Test func `a reservation given by hand is due at once`() {
    let town = Town("a 1")
    town.request("1", at: .minutes(60))
    #expect(town.assign("1", "a").outcome == .done)
    #expect(town.latest.first == .rideDue(Town.ride("1")))
    #expect(town.ride("1") == .assigned)
  }

  @Test func `a released ride goes to another taxi`() {
    let town = Town("a 1 . b")
    town.request("1")
    town.accept("1")
    town.arrive("1", by: "a")
    #expect(town.release("1").outcome == .done)
    #expect(town.asked(for: "1") == "b" && town.state("a") == .free)
  }

  @Test func `a released offer goes to another taxi, not to the same again`() throws {
    let town = Town("a 1 . b")
    town.request("1")
    let offer = try #require(town.offer(of: "1"))
    #expect(town.release("1").outcome == .done)
    #expect(town.asked(for: "1") == "b" && town.state(offer) == .closed)
    town.release("1")
    #expect(town.release("1").outcome == .duplicate)
    town.advance(30)
    #expect(town.ride("1") == .queued)
  }

  @Test func `a ride with its rider on board, or ended, is not released`() {
    let town = Town("a 1", auto: true)
    town.request("1")
    town.arrive("1")
    town.board("1")
    #expect(town.release("1").outcome == .refused(.wrongState))
    town.drop("1")
    #expect(town.release("1").outcome == .refused(.wrongState))
  }
}
