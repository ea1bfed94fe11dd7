import Matching
import Simulation

/// A ride's rounds for a person.
enum ExplanationText {
  static func lines(
    of explanations: [Explanation],
    ride: UInt64,
    world: String,
    run: SimulationRun
  ) -> String {
    guard !explanations.isEmpty else {
      return "\nRide \(ride) in world \(world): no round considered it."
    }
    let rounds = explanations.count == 1 ? "1 round" : "\(explanations.count) rounds"
    var text = "\nRide \(ride) in world \(world): \(rounds)"
    var last: Explanation?
    var repeats = 0
    for explanation in explanations {
      if let last, last.reason == explanation.reason, last.chosen == nil, explanation.chosen == nil
      {
        repeats += 1
        continue
      }
      if repeats > 0 { text += "\n  … \(repeats) more rounds with the same outcome" }
      repeats = 0
      text += round(explanation, run)
      last = explanation
    }
    if repeats > 0 { text += "\n  … \(repeats) more rounds with the same outcome" }
    return text
  }

  private static func round(_ explanation: Explanation, _ run: SimulationRun) -> String {
    let time = CivilTime.iso(
      explanation.at.count,
      utcOffsetSeconds: run.summary.utcOffsetSeconds
    )
    var text = "\n  \(time) \(explanation.policy): \(sentence(explanation, run))"
    for candidate in explanation.candidates {
      let mark = candidate.taxi == explanation.chosen ? "→" : " "
      text +=
        "\n    \(mark) taxi \(run.name(of: candidate.taxi)), pickup in \(seconds(candidate.eta)) s,"
      text += " cost \(seconds(candidate.cost)) s"
      if candidate.taxi != explanation.chosen, let winner = candidate.wonBy {
        text += ", went to ride \(run.id(of: winner))"
      }
    }
    return text
  }

  private static func sentence(_ explanation: Explanation, _ run: SimulationRun) -> String {
    let taxi = explanation.chosen.map { "taxi \(run.name(of: $0))" } ?? "no taxi"
    return switch explanation.reason {
    case .leastCost: "\(taxi) costs least"
    case .leastTotalCost: "\(taxi): a cheaper one went to another ride, together that costs less"
    case .kept: "\(taxi), already on its way, is kept"
    case .deferred: "\(taxi) would be better, but its own rider must have another taxi first"
    case .noneInReach: "no free fitting taxi is in reach"
    case .allTaken: "all taxis in reach went to rides that needed them more"
    case .waitingIsCheaper: "waiting costs less than any taxi that was left"
    }
  }

  private static func seconds(_ milliseconds: Int32) -> Int { Int(milliseconds) / 1_000 }
}
