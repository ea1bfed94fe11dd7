import Foundation

/// What `/v1/status` said, and when.
package struct StatusReading: Sendable {
  package let at: Date
  private let values: [String: Double]
  private let texts: [String: String]

  /// - Parameters:
  ///   - json: of ``ServerStatus/json``; nested names are joined with a full stop.
  ///   - at: when it was read.
  package init?(json: Data, at: Date) {
    guard let object = try? JSONSerialization.jsonObject(with: json) as? [String: Any] else {
      return nil
    }
    var values: [String: Double] = [:]
    var texts: [String: String] = [:]
    func read(_ object: [String: Any], _ prefix: String) {
      for (key, value) in object {
        if let nested = value as? [String: Any] {
          read(nested, prefix + key + ".")
        } else if let text = value as? String {
          texts[prefix + key] = text
        } else if let number = value as? NSNumber {
          values[prefix + key] = number.doubleValue
        }
      }
    }
    read(object, "")
    self.at = at
    self.values = values
    self.texts = texts
  }

  subscript(name: String) -> Double { values[name] ?? 0 }

  func text(_ name: String) -> String { texts[name] ?? "-" }
}

/// The screen of `baecha top`.
package enum TopScreen {
  /// - Parameters:
  ///   - reading: the present one.
  ///   - last: the one before; `nil` = rates since the server's start.
  /// - Returns: lines of at most 80 columns.
  package static func text(_ reading: StatusReading, since last: StatusReading?) -> String {
    let span = last.map { reading.at.timeIntervalSince($0.at) } ?? reading["uptime_ms"] / 1_000
    func rate(_ name: String) -> String {
      number((reading[name] - (last?[name] ?? 0)) / max(span, 0.001))
    }
    func latency(_ name: String) -> String {
      "p50 \(millis(reading["\(name)_us.p50"]))  p99 \(millis(reading["\(name)_us.p99"]))  "
        + "max \(millis(reading["\(name)_us.max"])) ms"
    }
    let states = ["free", "busy", "offered", "enroute", "waiting", "occupied"]
    let taxis = states.map { reading["taxis.\($0)"] }
    let rides = ["reserved", "queued", "offered", "assigned", "arrived", "onboard"]
    return """
      \(reading.text("region"))  node \(reading.text("node"))  dur=\(reading.text("dur"))  \
      at \(reading.text("at"))  up \(Int(reading["uptime_ms"] / 1_000)) s

      taxis      \(number(taxis.reduce(0, +)))  (\(number(reading["taxis_lost"])) lost)
        \(zip(states, taxis).map { "\($0) \(number($1))" }.joined(separator: "  "))
      requests   \(rides.map { "\($0) \(number(reading["requests.\($0)"]))" }.joined(separator: "  "))

      a second   requests \(rate("requests_read"))  positions \(rate("positions"))  \
      facts \(rate("facts"))  offers \(rate("offers"))  rounds \(rate("rounds"))
      answer     \(latency("request_answer"))
      offer      \(latency("request_offer"))
      round      \(latency("round"))

      sessions   \(number(reading["sessions"]))  slow \(number(reading["sessions_slow"]))  \
      subscriptions \(number(reading["subscriptions"]))  \
      waiting \(number(reading["bytes_waiting"] / 1_024)) KiB  refused \(rate("errors"))/s

      """
  }

  private static func number(_ value: Double) -> String {
    let shown =
      value < 10 && value != value.rounded() ? (value * 10).rounded() / 10 : value.rounded()
    return shown == shown.rounded() ? String(Int(shown)) : String(shown)
  }

  private static func millis(_ micros: Double) -> String {
    micros < 10_000 ? String(micros / 1_000) : String(Int(micros / 1_000))
  }
}

extension StatusReading {
  /// Asks a server.
  ///
  /// - Parameters:
  ///   - address: of its HTTP port, as `HOST:PORT`.
  ///   - region: one of those that it serves; `nil` = its first.
  /// - Returns: what it said.
  /// - Throws: ``FileError`` when nobody answers there, or something else than a server of ours.
  package static func fetch(
    from address: String,
    region: String? = nil
  ) async throws(FileError) -> StatusReading {
    let parts = address.split(separator: ":")
    guard parts.count == 2, let port = Int(parts[1]) else {
      throw FileError(address, "is not HOST:PORT")
    }
    do {
      let path = "/v1/status" + (region.map { "/" + $0 } ?? "")
      let body = try await HTTPClient.get(host: String(parts[0]), port: port, path: path)
      if let reading = StatusReading(json: Data(body), at: Date()) { return reading }
    } catch {
      let what = region.map { ", and does it serve region '\($0)'" } ?? ""
      throw FileError(address, "does not answer: \(error); is `baecha serve` running\(what)?")
    }
    throw FileError(address, "answers, but not as `baecha serve` does")
  }
}
