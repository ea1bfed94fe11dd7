/// Sentences that the terminal, the report and the JSON share.
package enum StudyWording {
  package static func level(_ level: ServiceLevel) -> String {
    let served = decimal(Int64(level.servedMin), per: 100)
    return "at least \(served) % served and a p95 wait of at most \(Decimals.clock(level.waitMax))"
  }

  package static func extent(_ plan: StudyPlan) -> String {
    let simulated = plan.worlds.count { $0.kind == .simulated }
    return "\(counted(plan.test.count, "day")) × \(counted(plan.seeds.count, "seed")) × "
      + "\(counted(plan.shares.count, "fleet share")) × \(counted(simulated, "world")): "
      + "\(Decimals.grouped(plan.cells.count)) runs"
  }

  package static func days(_ plan: StudyPlan) -> String {
    let tested = "Tested on \(span(plan.test))"
    guard !plan.learn.isEmpty else { return tested + "; nothing was learned from other days" }
    return "Learned on \(span(plan.learn)). \(tested)"
  }

  /// What a reader must know before quoting a figure.
  package static func notes(_ result: StudyResult) -> [String] {
    let plan = result.plan
    var notes = [
      "Equal service means \(level(plan.level)), the unserved counting as endless waits. A world's "
        + "fleet is the smallest share of the day's shifts from which all larger shares give it.",
      "Fleets are thinned by whole shifts in one seeded order, so that a smaller fleet is part of "
        + "every larger one. Seeds are averaged within a day; days are the sample.",
    ]
    if plan.test.count == 1 {
      notes.append(
        "There is one day, so there is no interval: another day could tell otherwise."
      )
    } else {
      notes.append(
        "± is the half width of the 95 % Student interval over days of the mean paired difference; pp "
          + "are percentage points. Kilometres are per ride."
      )
    }
    if plan.worlds.contains(where: { $0.kind == .recorded }) {
      notes.append(
        "In the recorded world the whole fleet served every recorded ride, by definition; riders "
          + "whom nobody served are not in the data, and how long riders waited is unknown. No "
          + "simulated wait is a gain over it."
      )
    }
    if plan.worlds.contains(where: { $0.kind == .hindsight }) {
      notes.append(
        "hindsight is no world but a bound: the rides of the measured span, whole, and the least "
          + "driving between them in as many chains as the day has shifts, pickups up to the "
          + "patience late; shifts, their places and breaks are relaxed. Gap closed is (base − world) ÷ "
          + "(base − hindsight) in taxi-hours per served ride."
      )
    }
    for (world, settings) in plan.worlds.enumerated() {
      let reached = result.daysReached(world)
      guard reached < plan.test.count else { continue }
      let served = result.mean(world, share: 0, .served)
      let best = StudyMetric.served.text(served)
      let p95 = result.mean(world, share: 0, .p95).map { StudyMetric.p95.text($0) } ?? "endless"
      notes.append(
        "\(settings.name) does not reach the level with its whole fleet on "
          + "\(plan.test.count - reached) of \(counted(plan.test.count, "day")) (whole fleet, mean "
          + "over days: \(best) served, p95 wait \(p95)); its means and pairs are over the others."
      )
    }
    for (world, settings) in plan.worlds.enumerated() where settings.kind == .simulated {
      let atEnd = result.answers[world].count { $0 == plan.shares.count - 1 }
      if atEnd > 0, plan.shares.count > 1 {
        notes.append(
          "\(settings.name) still meets the level at the smallest share played on "
            + "\(counted(atEnd, "day")): its fleet there could be smaller yet."
        )
      }
    }
    if plan.isSmall {
      notes.append("This is the quick version, with fewer days, seeds or shares: no result.")
    }
    return notes
  }

  package static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// `17–23 May 2008` where days follow one another, else all of them.
  private static func span(_ days: [LocalDay]) -> String {
    guard let first = days.first, let last = days.last else { return "no day" }
    if days.count == 1 { return first.description }
    if Int(last.number - first.number) == days.count - 1 { return "\(first) to \(last)" }
    return days.map(\.description).joined(separator: ", ")
  }
}
