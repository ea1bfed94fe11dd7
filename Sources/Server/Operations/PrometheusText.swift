import LineProtocol
import Matching

/// A status in Prometheus' text format 0.0.4: base units, few labels, no ids.
package enum PrometheusText {
  package static func text(of status: ServerStatus) -> String {
    var page = Page()
    let metrics = status.metrics
    page.gauge(
      "baecha_info",
      "The server.",
      [
        ("region=\"\(status.region)\",node=\"\(status.node)\",dur=\"\(status.durability)\"", 1)
      ]
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
    return page.text
  }

  private struct Page {
    var text = ""

    mutating func head(_ name: String, _ help: String, _ type: String) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Double) {
      head(name, help, "gauge")
      text += "\(name) \(value)\n"
    }

    mutating func gauge(_ name: String, _ help: String, _ values: [(String, Double)]) {
      head(name, help, "gauge")
      for (labels, value) in values { text += "\(name){\(labels)} \(value)\n" }
    }

    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
      head(name, help, "counter")
      text += "\(name) \(value)\n"
    }

    mutating func counters(_ name: String, _ help: String, _ values: [(String, UInt64)]) {
      head(name, help, "counter")
      for (labels, value) in values { text += "\(name){\(labels)} \(value)\n" }
    }

    /// With every second bucket: half powers of two are fine enough for a graph.
    mutating func histogram(_ name: String, _ help: String, _ value: Histogram) {
      head(name, help, "histogram")
      var sum: UInt64 = 0
      for (index, bound) in Histogram.bounds.enumerated() {
        sum += value.counts[index]
        guard index.isMultiple(of: 2) else { continue }
        text += "\(name)_bucket{le=\"\(Double(bound) / 1e9)\"} \(sum)\n"
      }
      text += "\(name)_bucket{le=\"+Inf\"} \(value.count)\n"
      text += "\(name)_sum \(Double(value.sumNanos) / 1e9)\n\(name)_count \(value.count)\n"
    }
  }
}
