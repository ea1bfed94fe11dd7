/// Sentences that more than one writer prints.
package enum Wording {
  package static let recordedEmpty =
    "Recorded data hold only rides that were served, and say that a taxi was empty, not why: all "
    + "of its empty time and distance is counted as idle, and its waits are unknown."

  package static func modelError(_ error: RunSummary.ModelError) -> String {
    func signed(_ value: Double) -> String {
      let size = Decimals.fixed(value.magnitude * 100, places: 1).map { $0 + " %" } ?? "unknown"
      return (value < 0 ? "\u{2212}" : "+") + size
    }
    var text = "median \(percent(error.median)), 90th percentile \(percent(error.p90)), "
    text += "bias of the sum \(signed(error.bias))"
    if error.directTrips < error.trips {
      text += " on the \(Decimals.grouped(error.directTrips)) direct trips, "
      text += "\(signed(error.biasAll)) on all with their detours"
    }
    return text + ", of the typical trip \(signed(error.medianSigned))"
  }

  /// What the words of the figures mean, as docs/SIMULATION.md section 1 defines them.
  package static let definitions: [(term: String, meaning: String)] = [
    (
      "Idle, guided, to the rider, occupied",
      "The four parts of a taxi's on-shift time and distance: parked or cruising without an order; "
        + "driving to where riders are expected; driving to a rider; a rider on board."
    ),
    ("Vacancy by time", "1 − occupied time ÷ on-shift time."),
    ("Vacancy by distance", "1 − occupied metres ÷ all metres driven on shift."),
    (
      "On-shift rule",
      "gaps: from a taxi's first pickup to its last drop-off, cut where its next pickup is over "
        + "60 minutes away. presence: from traces, cut at absences of over 60 minutes."
    ),
    (
      "Served",
      "Share of the requests that had ended when the figures end: served, gave up or expired. "
        + "Requests still open then are counted apart."
    ),
    (
      "Wait",
      "Request to boarding. Percentiles are over all requests, an unserved one counting as an "
        + "endless wait; the mean is over the served. A request appears when and where the record "
        + "has its pickup, so a simulated wait is no gain over the recorded one, which is unknown."
    ),
    (
      "Empty km per ride",
      "Kilometres driven empty to a ride that is not the first of its shift, per such ride: the "
        + "first starts where the shift does."
    ),
  ]

  private static func percent(_ share: Double) -> String {
    Decimals.fixed(share * 100, places: 1).map { $0 + " %" } ?? "unknown"
  }
}
