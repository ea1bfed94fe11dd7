import Matching
import MatchingTestSupport
import Spatial
import Testing

@Suite struct RequestTests {
  @Test func `the same request again changes nothing and tells the present state`() {
    let town = Town("a 1", auto: true)
    let first = town.request("1", seats: 2, sentAt: Millis(0))
    let again = town.request("1", seats: 2, sentAt: Millis(5))
    #expect(first.outcome == .done && first.ride == .queued)
    #expect(again.outcome == .duplicate && again.at == first.at && again.ride == .assigned)
    #expect(town.latest == [])
  }

  @Test func `the same id with other content is a conflict, whatever differs`() {
    let town = Town("1 2")
    town.request("1")
    #expect(town.request("1", from: "2").outcome == .refused(.conflict))
    #expect(town.request("1", to: town.place("2")).outcome == .refused(.conflict))
    #expect(town.request("1", seats: 2).outcome == .refused(.conflict))
    #expect(town.request("1", tags: 1).outcome == .refused(.conflict))
    #expect(town.request("1", wait: .minutes(6)).outcome == .refused(.conflict))
    #expect(town.request("1", at: .minutes(60)).outcome == .refused(.conflict))
  }

  @Test func `an id is remembered for a while after its ride's end, then free`() {
    let town = Town("1 2")
    town.request("1")
    town.cancel("1")
    town.advance(15 * 60 - 1)
    #expect(town.request("1").outcome == .duplicate)
    town.advance(1)
    #expect(town.ride("1") == nil)
    #expect(town.request("1", from: "2").outcome == .done)
  }

  @Test func `a line too old or from the future is refused, unless its id is known`() {
    let town = Town("1 2 3 4", start: .minutes(60))
    let now = town.now
    #expect(town.request("1", sentAt: now - .minutes(5)).outcome == .done)
    #expect(town.request("2", sentAt: now - .minutes(5) - Millis(1)).outcome == .refused(.stale))
    #expect(town.request("2", sentAt: Millis(.min)).outcome == .refused(.stale))
    #expect(town.request("3", sentAt: now + .minutes(5)).outcome == .done)
    #expect(town.request("4", sentAt: now + .minutes(5) + Millis(1)).outcome == .refused(.skew))
    #expect(town.request("4", sentAt: .never).outcome == .refused(.skew))
    #expect(town.request("1", sentAt: Millis(.min)).outcome == .duplicate)
  }

  @Test func `a wait out of range is refused`() {
    let town = Town("1")
    for wait in [Millis(0), Millis(-1), Millis(.min), .minutes(61), .never] {
      #expect(town.request("1", wait: wait).outcome == .refused(.badValue))
    }
  }

  @Test func `a ride that nobody takes expires when its wait is over`() {
    let town = Town("1")
    town.request("1", wait: .seconds(20))
    town.advance(millis: 19_999)
    #expect(town.ride("1") == .queued)
    town.advance(millis: 1)
    #expect(town.ride("1") == .expired)
    #expect(town.cancel("1").outcome == .refused(.wrongState))
  }

  @Test func `full tables refuse, and take again when something is forgotten`() {
    let town = Town("a 1 2 3 B") {
      $0.ridesMax = 2
      $0.taxisMax = 1
      $0.dedup = .seconds(10)
    }
    #expect(town.on("b", at: "B").outcome == .refused(.full))
    town.busy("a")
    #expect(town.request("1").outcome == .done)
    #expect(town.request("2").outcome == .done)
    #expect(town.request("3").outcome == .refused(.full))
    town.cancel("1")
    #expect(town.request("3").outcome == .refused(.full))
    town.advance(10)
    #expect(town.request("3").outcome == .done)
    town.off("a")
    #expect(town.on("b", at: "B").outcome == .done)
  }

  // MARK: Changes

  @Test func `a change counts once, at its version`() {
    let town = Town("1 2")
    let change = RideChange(to: town.place("2"))
    town.request("1")
    #expect(town.change("1", v: 2, change).detail == 1)
    #expect(town.change("1", v: 1, change).outcome == .done)
    #expect(town.change("1", v: 1, change).outcome == .duplicate)
    let other = town.change("1", v: 1, RideChange(seats: 2))
    #expect(other.outcome == .refused(.wrongVersion) && other.detail == 2)
    #expect(town.change("1", v: 2, RideChange(seats: 2)).outcome == .done)
    #expect(town.request("1").outcome == .duplicate, "the request's content is the first one's")
  }

  @Test func `with a taxi involved only the destination can be changed, at the end nothing`() {
    let town = Town("a 1 2")
    town.request("1")
    let to = RideChange(to: town.place("2"))
    #expect(town.change("1", v: 1, RideChange(seats: 2)).outcome == .refused(.wrongState))
    #expect(town.change("1", v: 1, RideChange(at: .minutes(60))).outcome == .refused(.wrongState))
    #expect(town.change("1", v: 1, to).outcome == .done)
    town.accept("1")
    #expect(town.change("1", v: 2, to).outcome == .done)
    town.cancel("1")
    #expect(town.change("1", v: 3, to).outcome == .refused(.wrongState))
  }

  @Test func `changes have a bound`() {
    let town = Town("1") { $0.changesPerRideMax = 3 }
    town.request("1")
    for version in 1...3 as ClosedRange<UInt32> {
      #expect(town.change("1", v: version, RideChange(seats: 2)).outcome == .done)
    }
    #expect(town.change("1", v: 4, RideChange(seats: 2)).outcome == .refused(.full))
  }

  @Test func `more seats asked for while waiting leave out the taxis that have fewer`() {
    let town = Town("1 A")
    town.request("1")
    town.change("1", v: 1, RideChange(seats: 6))
    town.on("a", at: "A")
    town.advance(5)
    #expect(town.ride("1") == .queued)
  }

  // MARK: Reservations

  @Test func `a reservation looks for a taxi when its lead time begins`() {
    let town = Town("a 1")
    #expect(town.request("1", at: .minutes(60)).ride == .reserved)
    town.advance(45 * 60 - 1)
    #expect(town.ride("1") == .reserved)
    town.advance(1)
    #expect(town.asked(for: "1") == "a")
  }

  @Test func `a reservation within its lead time, or for a time that has passed, is queued`() {
    let town = Town("1 2 3", start: .minutes(60))
    #expect(town.request("1", at: town.now + .minutes(15)).ride == .queued)
    #expect(town.request("2", at: town.now - .minutes(30)).ride == .queued)
    #expect(town.request("3", at: Millis(.min)).ride == .queued)
    town.advance(299)
    #expect(town.ride("2") == .queued && town.ride("3") == .queued)
    town.advance(1)
    #expect(town.ride("2") == .expired && town.ride("3") == .expired)
    #expect(town.ride("1") == .queued, "its wait begins at its time")
  }

  @Test func `a reservation too far ahead is refused`() {
    let town = Town("1")
    let limit = town.engine.options.reservationMax
    #expect(town.request("1", at: limit + Millis(1)).outcome == .refused(.badValue))
    #expect(town.request("1", at: .never).outcome == .refused(.badValue))
    #expect(town.request("1", at: limit).outcome == .done)
    #expect(town.change("1", v: 1, RideChange(at: .never)).outcome == .refused(.badValue))
  }

  @Test func `a reservation moved later, then earlier, is due at its last time`() {
    let town = Town("a 1")
    town.request("1", at: .minutes(60))
    town.change("1", v: 1, RideChange(at: .minutes(120)))
    town.advance(60 * 60)
    #expect(town.ride("1") == .reserved)
    town.change("1", v: 2, RideChange(at: .minutes(90)))
    town.advance(15 * 60)
    #expect(town.asked(for: "1") == "a")
  }

  @Test func `a reservation moved to a time long past is due now and waits its wait`() {
    let town = Town("1")
    town.request("1", at: .minutes(200))
    town.advance(100 * 60)
    #expect(town.change("1", v: 1, RideChange(at: Millis(.min))).ride == .queued)
    town.advance(299)
    #expect(town.ride("1") == .queued)
    town.advance(1)
    #expect(town.ride("1") == .expired)
  }

  @Test func `an instant request may become a reservation`() {
    let town = Town("1")
    town.request("1")
    #expect(town.change("1", v: 1, RideChange(at: .minutes(60))).ride == .reserved)
    town.advance(60 * 60)
    #expect(town.ride("1") == .queued)
  }
}
