/// What a study says in a sentence.
package enum StudyHeadline {
  /// About the last world that reaches the level on some day, against the first base that it can be
  /// paired with.
  package static func lead(_ result: StudyResult) -> String {
    let worlds = result.plan.worlds
    let subject = worlds.indices.last {
      worlds[$0].kind == .simulated && result.daysReached($0) > 0
    }
    guard let subject else {
      return "No world reaches the service level with the whole fleet."
    }
    let share = result.mean(subject, .share)?.mean
    let vacancy = result.mean(subject, .metric(.vacancyTime))?.mean
    var lead =
      "At equal service \(worlds[subject].name) needs \(StudyFigure.share.text(share)) of the "
      + "shifts; vacancy by time is \(StudyMetric.vacancyTime.text(vacancy))"
    let pairs = result.plan.against.filter { $0 != subject }
      .map { result.pair(subject, with: $0, .equalService) }.filter { $0.days > 0 }
    if let pair = pairs.first,
      let difference = pair.differences.first(where: { $0.figure == .metric(.vacancyTime) })
    {
      lead += ", against \(worlds[pair.base].name) \(difference.text)"
    }
    let (reached, days) = (result.daysReached(subject), result.plan.test.count)
    if reached < days { lead += ", on the \(reached) of \(days) days on which it gives it" }
    return lead + "."
  }
}
