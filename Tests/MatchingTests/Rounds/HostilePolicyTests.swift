import Matching
import MatchingTestSupport
import Spatial
import Testing

/// Proposes nonsense.
struct HostilePolicy: Policy {
  let name = "hostile"
  var needs: RoundNeeds
  private var draw: Draw

  init(seed: UInt64, window: Millis = .seconds(1), candidates: Int = 5) {
    needs = RoundNeeds(
      window: window,
      retry: .seconds(1),
      candidates: candidates,
      reassigns: true,
      frozen: Millis(0)
    )
    draw = Draw(seed: seed)
  }

  mutating func plan(_ round: borrowing Round, into plan: inout Plan) {
    if draw.happens(permille: 900) { plan.reset(for: round) }
    if draw.happens(permille: 100) { plan.chosen.append(0) }
    if draw.happens(permille: 50) { plan.chosen.removeAll() }
    if draw.happens(permille: 50) { plan.costs.removeAll() }
    if draw.happens(permille: 50) { plan.unmatchedCosts.append(7) }
    let favourite = Int32(draw.below(max(round.candidates.count, 1)))
    for ride in plan.chosen.indices {
      switch draw.below(8) {
      case 0: plan.chosen[ride] = favourite
      case 1: plan.chosen[ride] = draw.pick([.min, -2, .max, Int32(round.candidates.count)])
      case 2: plan.chosen[ride] = -1
      case 3: plan.chosen[ride] = Int32(draw.below(max(round.candidates.count, 1)))
      default:
        guard ride < round.rides.count, !round.rides[ride].candidates.isEmpty else { continue }
        let own = round.rides[ride].candidates
        plan.chosen[ride] = Int32(own.lowerBound + draw.below(own.count))
      }
    }
  }
}

@Suite struct HostilePolicyTests {
  @Test(arguments: Seeds.regressions + Seeds.fresh(6))
  func `a policy that proposes nonsense breaks nothing`(seed: UInt64) throws {
    var options = RandomRun.options
    options.explanationsMax = 32
    for (window, auto) in [(Millis(0), 1_000), (.seconds(1), 0), (Millis(-5), 500)] {
      let setting = RandomRun.Setting(
        name: "hostile",
        policy: { HostilePolicy(seed: seed, window: window) },
        autoPermille: auto,
        options: options
      )
      var run = RandomRun(setting, seed: seed, coverage: Coverage())
      do { try run.run(15_000) } catch { Issue.record("seed \(seed): \(error)") }
      #expect(run.engine.factCount > 10_000)
    }
  }

  @Test func `a policy may want no candidates, or more than there are`() {
    for candidates in [Int.min, 0, .max] {
      let town = Town("a 1", policy: HostilePolicy(seed: 1, candidates: candidates))
      town.request("1")
      town.advance(20)
      #expect(town.facts.count > 1)
    }
  }
}
