import Matching
import MatchingTestSupport
import Testing

@Suite struct TripTests {
  private func assigned(_ drawing: String = "a 1 . b") -> Town {
    let town = Town(drawing)
    town.request("1")
    town.accept("1")
    return town
  }

  @Test func `a trip goes its way, and each repeat is a duplicate of the same fact`() {
    let town = assigned()
    let steps: [(RideState, TaxiState?, () -> Answer)] = [
      (.arrived, .waiting, { town.arrive("1", by: "a") }),
      (.onboard, .occupied, { town.board("1", by: "a") }),
      (.done, nil, { town.drop("1", by: "a") }),
    ]
    for (ride, taxi, step) in steps {
      let first = step()
      let again = step()
      #expect(first.outcome == .done && again.outcome == .duplicate)
      #expect(first.at == again.at && again.ride == ride && again.taxi == taxi)
    }
    #expect(town.state("a") == .free && town.taxi(of: "1") == "a")
  }

  @Test func `a step that is not the next is refused`() {
    let town = assigned()
    #expect(town.board("1", by: "a").outcome == .refused(.wrongState))
    #expect(town.drop("1", by: "a").outcome == .refused(.wrongState))
    #expect(town.noShow("1", by: "a").outcome == .refused(.wrongState))
    town.arrive("1", by: "a")
    town.board("1", by: "a")
    #expect(town.abort("1", by: "a").outcome == .refused(.wrongState))
    #expect(town.cancel("1").outcome == .refused(.tooLate))
    town.drop("1", by: "a")
    #expect(town.cancel("1").outcome == .refused(.tooLate))
  }

  @Test func `late lines of a taxi that lost the ride do not count for the next one`() {
    let town = assigned()
    town.release("1")
    #expect(town.asked(for: "1") == "b")
    town.accept("1")
    for step in [town.arrive, town.board, town.drop, town.noShow] {
      #expect(step("1", "a").outcome == .refused(.wrongTaxi))
    }
    #expect(town.abort("1", by: "a").outcome == .duplicate)
    #expect(town.ride("1") == .assigned && town.taxi(of: "1") == "b")
    #expect(town.arrive("1", by: "b").outcome == .done)
  }

  @Test func `a stranger's lines are refused in every state`() {
    let town = Town("a 1 . b")
    town.request("1")
    #expect(town.arrive("1", by: "b").outcome == .refused(.wrongTaxi))
    town.accept("1")
    #expect(town.abort("1", by: "b").outcome == .refused(.wrongTaxi))
    #expect(town.arrive("9").outcome == .refused(.unknownRide))
  }

  @Test func `a no-show is allowed once the wait at the pickup is over`() {
    let town = assigned()
    town.arrive("1", by: "a")
    town.advance(millis: 299_999)
    let early = town.noShow("1", by: "a")
    #expect(early.outcome == .refused(.early) && early.detail == 1)
    town.advance(millis: 1)
    #expect(town.noShow("1", by: "a").outcome == .done)
    #expect(town.ride("1") == .noShow && town.state("a") == .free)
    #expect(town.noShow("1", by: "a").outcome == .duplicate)
    #expect(town.board("1", by: "a").outcome == .refused(.wrongState))
  }

  @Test func `an aborted ride waits a while longer, even past its wait`() {
    let town = Town("a 1")
    town.request("1", wait: .seconds(30))
    town.accept("1")
    town.advance(100)
    town.abort("1", by: "a")
    town.advance(59)
    #expect(town.ride("1") == .queued)
    town.advance(1)
    #expect(town.ride("1") == .expired)
  }

  @Test func `a rider may cancel at the pickup, not on board`() {
    let town = assigned()
    town.arrive("1", by: "a")
    #expect(town.cancel("1").outcome == .done)
    #expect(town.state("a") == .free)
    #expect(town.board("1", by: "a").outcome == .refused(.wrongState))
  }
}
