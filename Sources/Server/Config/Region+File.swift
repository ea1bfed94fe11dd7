import Foundation
import Matching
import Spatial

extension Region {
  /// Reads a region file.
  ///
  /// - Throws: ``FileError`` with everything that is wrong with it.
  package init(path: String) throws(FileError) {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw FileError(path, "cannot be read")
    }
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw FileError(path, "is not UTF-8 text")
    }
    try self.init(text: text, file: path)
  }

  /// - Parameters:
  ///   - text: of a region file; keys that it leaves out are Seoul's.
  ///   - file: its name, for messages.
  /// - Throws: ``FileError`` with everything that is wrong with it.
  package init(text: String, file: String) throws(FileError) {
    var fields = YAMLFields(text, file: file)
    self.init()
    readPlace(&fields)
    readTimers(&fields)
    readPolicy(&fields)
    try fields.finish()
  }

  private mutating func readPlace(_ fields: inout YAMLFields) {
    if let text = fields.text("name") {
      if Spans.isName(text) {
        name = text
      } else {
        fields.report("name: '\(text)' is not 1 to 16 small letters, digits or _", at: "name")
      }
    }
    let south = fields.degrees("box.south", within: 90)
    let west = fields.degrees("box.west", within: 180)
    let north = fields.degrees("box.north", within: 90)
    let east = fields.degrees("box.east", within: 180)
    if let south, let west, let north, let east {
      if south < north, west < east {
        southWest = GeoPoint(latitude: south, longitude: west)
        northEast = GeoPoint(latitude: north, longitude: east)
      } else {
        fields.report("box: south must be below north and west below east", at: "box.south")
      }
    } else if [south, west, north, east].contains(where: { $0 != nil }) {
      fields.report("box: give all of south, west, north and east", at: "box.south")
    }
    if let minutes = fields.count("utc_offset_minutes", in: -18 * 60...18 * 60) {
      utcOffset = .minutes(Int64(minutes))
    }
    tags = fields.names("tags", atMost: 24) ?? tags
    taxisMax = fields.count("bounds.taxis", in: 1...1_000_000) ?? taxisMax
    ridesMax = fields.count("bounds.rides", in: 16...4_000_000) ?? ridesMax
    destination = fields.choice("privacy.destination", Destination.self) ?? destination
  }

  private mutating func readTimers(_ fields: inout YAMLFields) {
    let short = Millis.seconds(1)...Millis.minutes(60)
    wait = fields.span("timers.wait", in: short) ?? wait
    offerTTL = fields.span("timers.offer_ttl", in: short) ?? offerTTL
    freshness = fields.span("timers.freshness", in: short) ?? freshness
    lostAfter = fields.span("timers.lost_after", in: short) ?? lostAfter
    lostLimit = fields.span("timers.lost_limit", in: short) ?? lostLimit
    noShowWait = fields.span("timers.no_show", in: Millis(0)...Millis.minutes(60)) ?? noShowWait
    reservationLead = fields.span("timers.reservation_lead", in: short) ?? reservationLead
    dedup = fields.span("timers.dedup", in: .minutes(1)...Millis.minutes(24 * 60)) ?? dedup
    pickupMax = fields.span("timers.pickup_max", in: short) ?? pickupMax
    if lostAfter < freshness {
      fields.report(
        "timers.lost_after: must not be below timers.freshness",
        at: "timers.lost_after"
      )
    }
  }

  private mutating func readPolicy(_ fields: inout YAMLFields) {
    policy = fields.choice("policy.kind", PolicyKind.self) ?? policy
    let long = Millis.seconds(1)...Millis.minutes(120)
    batch.window = fields.span("policy.window", in: Millis(100)...Millis.minutes(5)) ?? batch.window
    batch.candidates = fields.count("policy.candidates", in: 1...64) ?? batch.candidates
    batch.unmatchedPrice = fields.span("policy.unmatched_price", in: long) ?? batch.unmatchedPrice
    batch.reassigns = fields.flag("policy.reassign") ?? batch.reassigns
    batch.switchingCost =
      fields.span("policy.switching_cost", in: Millis(0)...Millis.minutes(60))
      ?? batch.switchingCost
    batch.frozen = fields.span("policy.frozen", in: Millis(0)...Millis.minutes(60)) ?? batch.frozen
    batch.unmatchedRise =
      fields.span("policy.unmatched_rise", in: Millis(0)...Millis.seconds(10))
      ?? batch.unmatchedRise
    batch.soonFree =
      fields.span("policy.soon_free", in: Millis(0)...Millis.minutes(60)) ?? batch.soonFree
    batch.stepsMax = fields.count("policy.steps_max", in: 1_000...1_000_000_000) ?? batch.stepsMax
    offersWithinWait = fields.flag("policy.offers_within_wait") ?? offersWithinWait
    retry = fields.span("policy.retry", in: Millis(100)...Millis.minutes(5)) ?? retry
    if let detour = fields.thousandths("travel.detour", in: 1_000...5_000) {
      detourPermille = Int(detour)
    }
    // Kilometres an hour in thousandths are metres an hour: ÷ 3.6 are millimetres a second.
    if let speed = fields.thousandths("travel.speed_kmh", in: 1_000...200_000) {
      millimetresPerSecond = Int(speed * 10 / 36)
    }
    var settings = GuidanceSettings()
    let isOn = fields.flag("guidance.on") ?? false
    settings.period = fields.span("guidance.period", in: long) ?? settings.period
    settings.horizon = fields.span("guidance.horizon", in: long) ?? settings.horizon
    settings.driveMax = fields.span("guidance.drive_max", in: long) ?? settings.driveMax
    settings.countsChances = fields.flag("guidance.chances") ?? settings.countsChances
    settings.correctsSquares = fields.flag("guidance.local") ?? settings.correctsSquares
    if let metres = fields.count("guidance.cell_m", in: 100...10_000) {
      settings.cellSide = Int32(metres * 10)
    }
    guidance = isOn ? settings : nil
  }
}
