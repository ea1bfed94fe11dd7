import LineProtocol
import Matching

/// Statuses in Prometheus' text format 0.0.4: base units, few labels, no ids. Every series has its
/// region as a label.
package enum PrometheusText {
  package static func text(of regions: [ServerStatus]) -> String {
    var page = Page()
    for status in regions {
      page.region = status.region
      put(status, &page)
    }
    return page.text
  }

  private static func put(_ status: ServerStatus, _ page: inout Page) {
    let metrics = status.metrics
    page.gauge(
      "baecha_info",
      "The server.",
      [("node=\"\(status.node)\",dur=\"\(status.durability)\"", 1)]
    )
    page.gauge("baecha_leader", "1 = this process leads.", status.role == "leader" ? 1 : 0)
    page.counter(
      "baecha_witness_failures_total",
      "Times that the last position could not be noted outside of the store.",
      metrics.witnessFailures
    )
    page.gauge("baecha_epoch", "The number of the latest leadership.", Double(status.epoch))
    page.gauge(
      "baecha_journal_faulty",
      "1 = facts cannot be kept just now.",
      status.journalFault == nil ? 0 : 1
    )
    page.gauge("baecha_uptime_seconds", "Since the start.", Double(status.uptimeMillis) / 1_000)
    page.gauge("baecha_connections", "Open connections.", Double(status.sessions))
    page.gauge(
      "baecha_connections_unwritable",
      "Open connections whose reader is behind.",
      Double(status.sessionsSlow)
    )
    page.gauge("baecha_subscriptions", "Open subscriptions.", Double(status.subscriptions))
    page.gauge("baecha_output_waiting_bytes", "Not sent yet.", Double(status.bytesWaiting))
    page.counter("baecha_connections_opened_total", "Accepted.", metrics.connectionsOpened)
    page.counter("baecha_connections_refused_total", "Over a limit.", metrics.connectionsRefused)
    page.counter("baecha_received_bytes_total", "Read from sockets.", metrics.bytesIn)
    page.counter("baecha_sent_bytes_total", "Handed to sockets.", metrics.bytesOut)
    page.counters(
      "baecha_lines_total",
      "Lines read, by verb.",
      Verb.allCases.map {
        ("verb=\"\($0.word)\"", metrics.lines[Int($0.rawValue)])
      }
    )
    page.counters(
      "baecha_errors_total",
      "Lines refused, by code.",
      Metrics.codes.indices.map {
        ("code=\"\(Metrics.codes[$0])\"", metrics.errors[$0])
      }
    )
    page.counters(
      "baecha_farewells_total",
      "Connections ended by the server, by reason.",
      metrics.farewells.sorted { $0.key < $1.key }.map { ("why=\"\($0.key)\"", $0.value) }
    )
    page.counter(
      "baecha_authentications_failed_total",
      "Wrong or late credentials.",
      metrics.authenticationsFailed
    )
    page.gauge(
      "baecha_taxis",
      "Taxis by state.",
      TaxiState.allCases.map {
        ("state=\"\($0.word)\"", Double(status.taxis[Int($0.rawValue) - 1]))
      }
    )
    page.gauge("baecha_taxis_lost", "Taxis not heard of.", Double(status.taxisLost))
    page.gauge(
      "baecha_requests",
      "Known requests by state.",
      RideState.allCases.map {
        ("state=\"\($0.word)\"", Double(status.rides[Int($0.rawValue) - 1]))
      }
    )
    page.counter("baecha_positions_total", "Positions taken.", status.engine.positions)
    page.counter("baecha_positions_late_total", "Older than known.", status.engine.latePositions)
    page.counter("baecha_positions_merged_total", "Over the rate.", metrics.positionsMerged)
    page.counter("baecha_positions_wrong_total", "Refused.", metrics.positionsWrong)
    page.counter(
      "baecha_positions_jumped_total",
      "Further than 200 km/h from the last.",
      metrics.positionsJumped
    )
    page.counter("baecha_facts_total", "Facts since the start.", metrics.facts)
    page.gauge(
      "baecha_journal_lag_facts",
      "Not kept yet.",
      Double(status.at.sequence - min(status.kept, status.at.sequence))
    )
    page.counter("baecha_offers_total", "Offers made to drivers.", metrics.offers)
    page.counter("baecha_events_sent_total", "To subscribers.", metrics.eventsSent)
    page.counter("baecha_rounds_total", "Rounds of matching.", status.engine.rounds)
    page.counter("baecha_round_requests_total", "Requests in rounds.", status.engine.roundRides)
    page.histogram(
      "baecha_request_answer_seconds",
      "From reading a REQ to handing its answer to the socket.",
      metrics.requestToAnswer
    )
    page.histogram(
      "baecha_request_offer_seconds",
      "From reading a REQ to handing its first offer to a socket.",
      metrics.requestToOffer
    )
    page.histogram("baecha_round_seconds", "Rounds of matching.", metrics.round)
  }

  /// Names in the order in which they first came, each with the series of all regions.
  private struct Page {
    var region = ""
    private var names: [String] = []
    private var families: [String: String] = [:]

    var text: String { names.compactMap { families[$0] }.joined() }

    private mutating func put(
      _ name: String,
      _ help: String,
      _ type: String,
      _ series: [(suffix: String, labels: String, value: String)]
    ) {
      if families[name] == nil {
        names.append(name)
        families[name] = "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
      }
      for (suffix, labels, value) in series {
        let labels = "region=\"\(region)\"" + (labels.isEmpty ? "" : ",\(labels)")
        families[name]? += "\(name)\(suffix){\(labels)} \(value)\n"
      }
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Double) {
      put(name, help, "gauge", [("", "", "\(value)")])
    }

    mutating func gauge(_ name: String, _ help: String, _ values: [(String, Double)]) {
      put(name, help, "gauge", values.map { ("", $0.0, "\($0.1)") })
    }

    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
      put(name, help, "counter", [("", "", "\(value)")])
    }

    mutating func counters(_ name: String, _ help: String, _ values: [(String, UInt64)]) {
      put(name, help, "counter", values.map { ("", $0.0, "\($0.1)") })
    }

    /// With every second bucket: half powers of two are fine enough for a graph.
    mutating func histogram(_ name: String, _ help: String, _ value: Histogram) {
      var series: [(String, String, String)] = []
      var sum: UInt64 = 0
      for (index, bound) in Histogram.bounds.enumerated() {
        sum += value.counts[index]
        guard index.isMultiple(of: 2) else { continue }
        series.append(("_bucket", "le=\"\(Double(bound) / 1e9)\"", "\(sum)"))
      }
      series.append(("_bucket", "le=\"+Inf\"", "\(value.count)"))
      series.append(("_sum", "", "\(Double(value.sumNanos) / 1e9)"))
      series.append(("_count", "", "\(value.count)"))
      put(name, help, "histogram", series)
    }
  }
}
