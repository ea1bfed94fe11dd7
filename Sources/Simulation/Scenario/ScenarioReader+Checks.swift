extension ScenarioReader {
  /// What several keys must agree on. A check is left out when the value of one of its keys was
  /// refused: it would tell of the default instead.
  mutating func checkBetweenKeys() {
    let (data, drivers) = (scenario.data, scenario.drivers)

    check(["data.layout"], places["data.layout"] != nil || broken.contains("data.layout")) {
      "data.layout is missing; \(ScenarioKind<Scenario.Layout>.choice.description)"
    }
    if data.layout == .synthetic {
      check(["data.files", "data.layout"], data.files.isEmpty) {
        "data.files: a synthetic city has none; leave it out, or choose another data.layout"
      }
      check(["synthetic.districts", "data.layout"], !scenario.synthetic.districts.isEmpty) {
        "synthetic.districts is missing: the CSV file of the districts"
      }
    } else {
      check(["data.files", "data.layout"], !data.files.isEmpty) {
        "data.files is missing: one path or a list, with * and ?"
      }
      let stray = ScenarioKey.synthetic.first { places[$0.path] != nil }?.path
      check([stray ?? "synthetic", "data.layout"], stray == nil) {
        "\(stray ?? ""): only for data.layout synthetic, not \(data.layout.rawValue)"
      }
    }
    if data.layout == .seoulCalltaxi {
      check(["calltaxi.places", "data.layout"], !scenario.callTaxi.places.isEmpty) {
        "calltaxi.places is missing: the CSV file of the neighbourhoods' outlines"
      }
      check(["travel.model", "data.layout"], scenario.travel.model == .straight) {
        "travel.model: seoul-calltaxi has no drop-offs to learn from; use straight"
      }
    } else {
      let stray = ScenarioKey.callTaxi.first { places[$0.path] != nil }?.path
      check([stray ?? "calltaxi", "data.layout"], stray == nil) {
        "\(stray ?? ""): only for data.layout seoul-calltaxi, not \(data.layout.rawValue)"
      }
    }
    if let from = data.from, let to = data.to {
      check(["data.to", "data.from"], from < to) { "data.to must be later than data.from, \(from)" }
    }

    let sides = [data.region.south, data.region.west, data.region.north, data.region.east]
    let sideKeys = ["south", "west", "north", "east"].map { "data.region." + $0 }
    let given = sides.count { $0 != nil }
    check(sideKeys, given == 0 || given == 4) {
      "data.region: give all of south, west, north and east, or none"
    }
    if let corners = data.region.corners {
      check(sideKeys, corners.southWest.latitude < corners.northEast.latitude) {
        "data.region: south must be below north"
      }
      check(sideKeys, corners.southWest.longitude < corners.northEast.longitude) {
        "data.region: west must be below east"
      }
    }

    // Only a trace, or who made the city up, tells when a taxi without a ride was there at all.
    check(
      ["supply.shifts", "data.layout"],
      scenario.supply.shifts == .gaps || [.cabspotting, .synthetic].contains(data.layout)
    ) {
      "supply.shifts: 'presence' needs traces (cabspotting), not \(data.layout.rawValue); use gaps"
    }
    check(
      ["drivers.freshness", "drivers.report_every"],
      2 * drivers.freshness >= 5 * drivers.reportEvery
    ) {
      "drivers.freshness: must be at least 2.5 × drivers.report_every, that is "
        + ScenarioKind<Int64>.duration(0...0).show((5 * drivers.reportEvery + 1) / 2)
    }
    check(
      ["drivers.no_answer", "drivers.decline"],
      drivers.declinePermyriad + drivers.noAnswerPermyriad <= 10_000
    ) {
      "drivers.decline and drivers.no_answer add up to more than 100%"
    }
    // A slower answer would be no answer, and hide a share of them.
    check(
      ["drivers.answer_delay", "drivers.offer_ttl"],
      drivers.answerDelay.upperBound < drivers.offerTTL
    ) {
      "drivers.answer_delay: must stay below drivers.offer_ttl; leave slower answers to no_answer"
    }
  }

  /// Tells a problem unless `holds`. `keys` are all that the condition reads, the one to blame
  /// first: the problem is told where the first of them that was given stands.
  private mutating func check(_ keys: [String], _ holds: Bool, _ text: () -> String) {
    guard !holds, broken.isDisjoint(with: keys) else { return }
    report(text(), at: keys.lazy.compactMap { [places] in places[$0] }.first ?? .whole)
  }
}
