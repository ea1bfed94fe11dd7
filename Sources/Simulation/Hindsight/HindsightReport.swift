/// What `baecha bound` prints: the front, and chains beside their bounds.
public struct HindsightReport: Sendable {
  public var run: HindsightRun
  public var travel: HindsightTravel
  public var window: City.HindsightWindow
  /// Over all rides of ``requests``.
  public var front: HindsightResult
  public var leastFleet: HindsightBound.LeastFleet?
  public var comparisons: [HindsightComparison]

  public init(
    run: HindsightRun,
    travel: HindsightTravel,
    window: City.HindsightWindow,
    front: HindsightResult,
    leastFleet: HindsightBound.LeastFleet? = nil,
    comparisons: [HindsightComparison] = []
  ) {
    self.run = run
    self.travel = travel
    self.window = window
    self.front = front
    self.leastFleet = leastFleet
    self.comparisons = comparisons
  }

  private var isDistance: Bool { front.objective == .distance }

  /// Kilometres or hours.
  private func amount(_ value: Int64) -> String {
    Decimals.fixed(value, over: isDistance ? 10_000 : 3_600_000, places: 1) ?? "–"
  }

  /// Metres or seconds.
  private func price(_ value: Int32) -> String {
    Decimals.fixed(Int64(value), over: isDistance ? 10 : 1_000, places: isDistance ? 1 : 3) ?? "–"
  }

  private var title: String {
    "Hindsight: least empty \(isDistance ? "distance" : "driving time"), "
      + "all requests known in advance"
  }

  // MARK: Text

  /// The page, ending in a newline.
  public var text: String {
    let unit = isDistance ? "km" : "h"
    var page = """
      \(run.scenario.title)
      \(title)
      \(Decimals.grouped(front.rides)) rides · \(run.data)
      Travel model: \(run.travelModel)
      Legs: \(legs)
      Pickups: \(window == .none ? "at the request" : "until the rider's patience ends")

      The front: what opening a taxi costs, against taxis and empty travel

      """
    page += Self.table(
      [
        isDistance ? "price, m" : "price, s", "taxis", "empty, \(unit)", "Σ, \(unit)",
        "certified, \(unit)", "pruned, \(unit)", "rounds", "arcs",
      ],
      front.points.map { point in
        [
          price(point.price), Decimals.grouped(point.fleet), amount(point.empty),
          amount(point.value), amount(point.certificate), amount(point.pruned),
          "\(point.rounds)", Decimals.grouped(point.arcs),
        ]
      }
    )
    page += "Σ = price × taxis + empty; no plan for these rides has less than the certified Σ.\n"
    if let fleet = leastFleet {
      page +=
        "\nLeast fleet: \(Decimals.grouped(fleet.point.fleet)) taxis with "
        + "\(amount(fleet.point.empty)) \(unit) empty; proven that no plan has fewer than "
        + "\(Decimals.grouped(fleet.fleetMin)).\n"
    }
    if !comparisons.isEmpty { page += "\n" + comparisonText(unit) }
    page += """

      Relaxed, so the bound is low: shifts and start places, breaks\
      \(window == .none ? "" : ", and the delay that a late pickup hands on").
      No bound is claimed for driving with noise.

      """
    return page
  }

  private func comparisonText(_ unit: String) -> String {
    var page = "Chains, each beside the bound for its own rides and as many chains\n"
    let hours = isDistance ? [] : ["taxi-hours ≥"]
    page += Self.table(
      [
        "", "rides", "chains", "legs, \(unit)", "driven, km", "certified, \(unit)",
        "pruned, \(unit)", "÷ certified",
      ] + hours,
      comparisons.map { item in
        [
          item.name, Decimals.grouped(item.rides), Decimals.grouped(item.chains),
          amount(item.value.empty),
          item.driven.flatMap { Decimals.fixed($0, over: 10_000, places: 1) } ?? "–",
          amount(item.emptyMin), amount(item.pruned),
          Decimals.fixed(item.ratio, places: 2) ?? "–",
        ] + (isDistance ? [] : [amount(item.rideTime + item.emptyMin)])
      }
    )
    page +=
      "legs: from drop-off to next pickup by the straight way. pruned: over the nearest arcs, no "
      + "bound.\n÷ certified: what was driven, else the legs, ÷ the bound.\n"
    for item in comparisons where item.value.impossible > 0 {
      page +=
        "\(item.name): \(Decimals.grouped(item.value.impossible)) of "
        + "\(Decimals.grouped(item.value.legs)) legs were faster than the model and the pickups "
        + "allow; the bound does not hold for them.\n"
    }
    return page
  }

  private var longest: Int32? {
    guard case .broken(let longest) = travel.legs else { return nil }
    return longest
  }

  private var legs: String {
    switch travel.legs {
    case .whole: "whole, by the model's time: no bound where legs are broken off"
    case .broken(.max): "may be broken off; every stretch at the pace of the longest way there is"
    case .broken(let longest):
      "may be broken off; every stretch at the pace of the longest, "
        + (Decimals.fixed(Int64(longest), over: 10_000, places: 1) ?? "?") + " km"
    }
  }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    let widths = head.indices.map { column in
      ([head] + rows).map { TextWidth.columns($0[column]) }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      var text = ""
      for (column, cell) in cells.enumerated() {
        let room = String(repeating: " ", count: widths[column] - TextWidth.columns(cell))
        let isName = column == 0 && head[0].isEmpty
        text += (column == 0 ? "  " : "   ") + (isName ? cell + room : room + cell)
      }
      while text.hasSuffix(" ") { text.removeLast() }
      return text + "\n"
    }
    return line(head) + rows.map(line).joined()
  }

  // MARK: JSON

  /// UTF-8, keys in a fixed order (docs/HINDSIGHT.md), ending in a newline. Whole numbers are in
  /// units of the objective: decimetres or milliseconds.
  public var json: [UInt8] {
    let value = JSONValue.object([
      ("format", .string("baecha-bound/1")),
      ("scenario", .string(run.scenario.title)),
      ("data", .string(run.data)),
      ("travel_model", .string(run.travelModel)),
      ("objective", .string(front.objective.rawValue)),
      ("unit", .string(isDistance ? "dm" : "ms")),
      ("wait", .string(window == .none ? "0s" : "patience")),
      ("legs", .string(travel.legs == .whole ? "whole" : "broken")),
      ("longest_dm", longest.map { .integer(Int64($0)) } ?? .null),
      ("rides", .integer(Int64(front.rides))),
      ("ride_time_ms", .integer(front.rideTime)),
      ("front", .array(front.points.map { Self.object($0) })),
      (
        "least_fleet",
        leastFleet.map {
          .object([
            ("taxis", .integer(Int64($0.point.fleet))),
            ("proven", .integer(Int64($0.fleetMin))),
            ("empty", .integer($0.point.empty)),
          ])
        } ?? .null
      ),
      ("chains", .array(comparisons.map { Self.object($0) })),
    ])
    return Array((value.text() + "\n").utf8)
  }

  private static func object(_ point: HindsightPoint) -> JSONValue {
    .object(
      [
        ("price", .integer(Int64(point.price))), ("taxis", .integer(Int64(point.fleet))),
        ("empty", .integer(point.empty)), ("value", .integer(point.value)),
        ("certificate", .integer(point.certificate)), ("pruned", .integer(point.pruned)),
        ("rounds", .integer(Int64(point.rounds))), ("arcs", .integer(Int64(point.arcs))),
        ("steps", .integer(Int64(point.steps))),
      ],
      inline: true
    )
  }

  private static func object(_ item: HindsightComparison) -> JSONValue {
    .object([
      ("name", .string(item.name)), ("rides", .integer(Int64(item.rides))),
      ("requests", .integer(Int64(item.requests))), ("chains", .integer(Int64(item.chains))),
      ("legs", .integer(item.value.empty)), ("leg_count", .integer(Int64(item.value.legs))),
      ("legs_impossible", .integer(Int64(item.value.impossible))),
      ("driven_dm", item.driven.map { .integer($0) } ?? .null),
      ("certificate", .integer(item.emptyMin)), ("pruned", .integer(item.pruned)),
      ("price", item.point.map { .integer(Int64($0.price)) } ?? .null),
      ("ride_time_ms", .integer(item.rideTime)),
    ])
  }
}
