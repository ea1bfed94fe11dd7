/// What a run says in a few sentences: what changed between two worlds, and whether vacancy by time
/// could have moved at all (docs/SIMULATION.md, section 1, "A trap").
package struct Headline: Sendable {
  package struct Tile: Sendable {
    package var label: String
    package var value: String
    /// Each other world of interest: its name, its value and the change from it, if meaningful.
    package var others: [(name: String, value: String, change: String)]
  }

  package var lead: String
  package var details: [String]
  package var tiles: [Tile]

  /// The world that the headline is about: the last policy listed, else `nearest`, else the last.
  package static func subject(_ summary: RunSummary) -> Int? {
    let plain = ["recorded", "hail", "nearest", "hindsight"]
    let worlds = summary.worlds
    return worlds.lastIndex { !plain.contains($0.world) }
      ?? worlds.lastIndex { $0.world == "nearest" } ?? worlds.indices.last
  }

  package init(_ summary: RunSummary) {
    lead = ""
    details = []
    tiles = []
    guard let index = Self.subject(summary) else {
      lead = "No world was run."
      return
    }
    let bases = ["nearest", "recorded"].compactMap { summary.reference($0, for: index) }
    if let base = bases.first {
      compare(summary, index, with: base)
    } else {
      describe(summary, index)
    }
    tiles = Self.tiles(summary, index, bases)
  }

  private mutating func describe(_ summary: RunSummary, _ index: Int) {
    let figures = summary.worlds[index]
    let name = summary.worldKeys[index]
    guard figures.service.requests > 0 else {
      lead = "No request fell in the measured span."
      return
    }
    let served = Decimals.percent(figures.shareServed) ?? "0"
    let requests = Decimals.grouped(figures.service.requests)
    lead = "\(name): \(served) % served of \(requests) requests."
    if let mean = figures.wait?.meanMilliseconds {
      details.append("Those served waited \(Decimals.clock(mean)) minutes on average.")
    }
    details.append("One world alone shows no change: there is none to compare it with.")
  }

  private mutating func compare(_ summary: RunSummary, _ index: Int, with base: Int) {
    let (new, old) = (summary.worlds[index], summary.worlds[base])
    let (name, other) = (summary.worldKeys[index], summary.worldKeys[base])
    guard new.service.requests > 0 else {
      lead = "No request fell in the measured span."
      return
    }
    var clauses: [String] = []
    if let to = new.emptyKilometresPerRide.value, let from = old.emptyKilometresPerRide.value,
      let change = Self.size(from: from, to: to)
    {
      let word = to < from ? "fewer" : "more"
      clauses.append("drives \(change) \(word) empty kilometres per ride than \(other)")
    }
    if let to = new.wait?.meanMilliseconds, let from = old.wait?.meanMilliseconds,
      let change = Self.size(from: Double(from), to: Double(to))
    {
      let word = to < from ? "less" : "longer"
      clauses.append("its riders wait \(change) \(word) on average")
    }
    if clauses.isEmpty {
      let served = Decimals.percent(new.shareServed) ?? "0"
      lead =
        new.service.served == 0
        ? "\(name) served none of \(Decimals.grouped(new.service.requests)) requests."
        : "\(name) serves \(served) % of requests; no kilometres or waits differ from \(other)."
    } else {
      lead = "\(name) " + clauses.joined(separator: ", and ") + "."
    }
    details.append(Self.service(new, old, name, other))
    details.append(Self.vacancyByTime(new, old, name, other))
  }

  /// A change without its sign; `nil` when it rounds to nothing or has no base.
  private static func size(from: Double, to: Double) -> String? {
    guard let change = Decimals.change(from: from, to: to), !change.hasPrefix("\u{00B1}") else {
      return nil
    }
    return String(change.dropFirst())
  }

  private static func service(
    _ new: Figures,
    _ old: Figures,
    _ name: String,
    _ other: String
  ) -> String {
    let to = Decimals.percent(new.shareServed) ?? "0"
    let from = Decimals.percent(old.shareServed) ?? "0"
    let gap = (new.shareServed.value ?? 0) - (old.shareServed.value ?? 0)
    let served = "\(name) serves \(to) % of requests, \(other) \(from) %"
    return gap.magnitude > 0.005
      ? served + ": the two are not at equal service, so no difference between them is a pure gain."
      : served + "."
  }

  /// Taxi-hours, and occupied hours, within half a per cent: then vacancy by time is the same by
  /// arithmetic.
  package static func couldMove(_ new: Figures, _ old: Figures) -> Bool {
    func near(_ a: Int64, _ b: Int64) -> Bool {
      (a - b).magnitude <= UInt64(max(a, b) / 200)
    }
    return !(near(new.time.total, old.time.total) && near(new.time.occupied, old.time.occupied))
  }

  private static func vacancyByTime(
    _ new: Figures,
    _ old: Figures,
    _ name: String,
    _ other: String
  ) -> String {
    guard let to = Decimals.percent(new.time.vacancyRatio),
      let from = Decimals.percent(old.time.vacancyRatio)
    else { return "Vacancy by time was not measured." }
    guard couldMove(new, old) else {
      return "Vacancy by time could not move (\(other) \(from) %, \(name) \(to) %): the same rides "
        + "in the same taxi-hours leave the same time empty, however good the matching."
    }
    let values = "Vacancy by time: \(other) \(from) %, \(name) \(to) %"
    let raw = "This is a raw difference, not one at equal service."
    let hours = [old, new].map { Decimals.grouped(($0.time.total + 1_800_000) / 3_600_000) }
    return hours[0] == hours[1]
      ? "\(values), in \(hours[0]) taxi-hours each. \(raw)"
      : "\(values), in \(hours[0]) and \(hours[1]) taxi-hours. \(raw)"
  }

  /// How a tile states its change: not at all where a raw difference would mislead.
  private enum Change {
    case none
    case share
    case points

    func text(from: Double?, to: Double?) -> String? {
      switch self {
      case .none: return nil
      case .share: return Decimals.change(from: from, to: to)
      case .points:
        guard let from, let to else { return nil }
        let points = Decimals.fixed((to - from).magnitude * 100, places: 1)
        return points.map { (to < from ? "\u{2212}" : "+") + $0 + " pts" }
      }
    }
  }

  /// What one tile shows of a world.
  private struct Measure {
    var label: String
    var change: Change
    var value: (Figures) -> Double?
    var text: (Figures) -> String
  }

  private static var measures: [Measure] {
    [
      Measure(
        label: "Empty km per ride",
        change: .share,
        value: { $0.emptyKilometresPerRide.value },
        text: { Decimals.fixed($0.emptyKilometresPerRide, places: 2) ?? FigureTable.none }
      ),
      Measure(
        label: "Mean wait, min:s",
        change: .share,
        value: { $0.wait?.meanMilliseconds.map(Double.init) },
        text: { figures in
          guard let wait = figures.wait else { return FigureTable.unknown }
          return wait.meanMilliseconds.map(Decimals.clock) ?? FigureTable.none
        }
      ),
      Measure(
        label: "Vacancy by distance",
        change: .points,
        value: { $0.metres.vacancyRatio.value },
        text: { percent($0.metres.vacancyRatio) ?? FigureTable.unknown }
      ),
      Measure(
        label: "Vacancy by time",
        change: .none,
        value: { _ in nil },
        text: { percent($0.time.vacancyRatio) ?? FigureTable.unknown }
      ),
      Measure(
        label: "Served",
        change: .none,
        value: { _ in nil },
        text: { percent($0.shareServed) ?? FigureTable.none }
      ),
    ]
  }

  private static func percent(_ ratio: Ratio) -> String? {
    Decimals.percent(ratio).map { $0 + " %" }
  }

  private static func tiles(_ summary: RunSummary, _ index: Int, _ bases: [Int]) -> [Tile] {
    let own = summary.worlds[index]
    return measures.map { measure in
      Tile(
        label: measure.label,
        value: measure.text(own),
        others: bases.map { base in
          let other = summary.worlds[base]
          let change = measure.change.text(from: measure.value(other), to: measure.value(own))
          return (summary.worldKeys[base], measure.text(other), change ?? "")
        }
      )
    }
  }
}
