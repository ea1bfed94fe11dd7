import Foundation

/// Reports as text: what was asked for, what was found, on which machine. No dates, so that two
/// sheets can be compared by line.
public enum CapacitySheet {
  public static func text(_ report: LoadReport) -> String {
    var sheet = Sheet()
    sheet.machine(report.machine)
    sheet.row(
      "load",
      "\(grouped(report.taxis)) taxis every \(number(report.reportEverySeconds)) s over "
        + "\(report.gateways) gateways; \(number(report.requestsPerSecond)) requests/s over "
        + "\(report.bookers) bookers"
    )
    sheet.row(
      "measured",
      "\(number(report.durationSeconds)) s, dur=\(report.durability), seed \(report.seed)"
    )
    sheet.gap()
    sheet.row(
      "positions",
      "\(grouped(Int(report.positionsTaken.rounded())))/s taken of "
        + "\(grouped(Int(report.positionsDue.rounded())))/s due; held back "
        + "\(report.positionsHeldBack), wrong \(report.positionsWrong), "
        + "late \(report.positionsLate)"
    )
    sheet.row(
      "requests",
      "\(grouped(report.requests)) sent, \(grouped(report.requestsTaken)) taken, "
        + "\(grouped(report.ridesOffered)) offered, \(grouped(report.ridesFinished)) finished"
    )
    let refusals = report.refusals.sorted { $0.key < $1.key }
    sheet.row(
      "refused",
      refusals.isEmpty ? "none" : refusals.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    )
    sheet.row(
      "lost",
      "\(report.lostAnswers) answers, \(report.connectionsClosed) connections; "
        + "offers again \(report.offersAgain), revoked \(report.offersRevoked)"
    )
    sheet.use(report.serverCores, report.generatorCores, report.serverBytes)
    sheet.gap()
    sheet.line(columns("latency, us", ["p50", "p90", "p99", "p99.9", "max", "count"]))
    sheet.latency("request -> offer leaves", report.requestToOffer)
    sheet.latency("request -> OK", report.requestToAnswer)
    sheet.latency("ACCEPT -> OK", report.acceptToAnswer)
    sheet.latency("ARRIVE, BOARD, DROP -> OK", report.stepToAnswer)
    sheet.latency("PING behind positions", report.fence)
    sheet.latency("  of which generator late", report.generatorLag)
    return sheet.text
  }

  public static func text(_ report: FloodReport) -> String {
    var sheet = Sheet()
    sheet.machine(report.machine)
    sheet.row("load", "\(grouped(report.taxis)) taxis on one connection, pipelined")
    sheet.row(
      "positions",
      "\(grouped(Int(report.linesPerSecond.rounded())))/s taken: \(grouped(report.lines)) lines, "
        + "\(grouped(report.bytes / 1_000_000)) MB in \(decimal(report.seconds, 2)) s; "
        + "wrong \(report.wrong), late \(report.late)"
    )
    sheet.use(report.serverCores, report.generatorCores, report.serverBytes)
    return sheet.text
  }

  public static func text(_ report: IdleReport) -> String {
    var sheet = Sheet()
    sheet.machine(report.machine)
    sheet.row(
      "load",
      "\(grouped(report.connections)) idle connections, greeted in "
        + "\(decimal(report.seconds, 2)) s, \(grouped(report.heartbeats)) heartbeats read, "
        + "\(report.closed) closed"
    )
    if let before = report.bytesBefore, let greeted = report.bytesGreeted,
      let after = report.bytesAfter
    {
      sheet.row(
        "server memory",
        "\(megabytes(before)) before, \(megabytes(greeted)) greeted, \(megabytes(after)) at the "
          + "end: \(grouped(max(0, after - before) / max(1, report.connections))) bytes "
          + "a connection"
      )
    } else {
      sheet.row("server memory", "not known: give --pid, or --spawn")
    }
    if let cores = report.serverCores {
      sheet.row("server", "\(decimal(cores * 100, 1)) % of a core")
    }
    return sheet.text
  }

  // MARK: Parts

  private struct Sheet {
    private(set) var text = ""

    mutating func line(_ line: String) { text += line + "\n" }

    mutating func gap() { line("") }

    mutating func row(_ name: String, _ value: String) {
      line(name.padding(toLength: 15, withPad: " ", startingAt: 0) + value)
    }

    mutating func machine(_ machine: Machine) {
      row(
        "machine",
        "\(machine.processor), \(machine.cores) cores, \(machine.memoryGiB) GiB, \(machine.system)"
      )
    }

    mutating func use(_ server: Double?, _ own: Double?, _ bytes: Int?) {
      let share = { (cores: Double?) in
        cores.map { "\(decimal($0 * 100, 1)) % of a core" } ?? "not known (--pid)"
      }
      row("server", share(server) + (bytes.map { ", \(megabytes($0)) resident" } ?? ""))
      row("generator", share(own))
    }

    mutating func latency(_ name: String, _ latency: LatencySummary) {
      let values = [latency.p50, latency.p90, latency.p99, latency.p999, latency.max]
      line(
        columns(name, values.map { grouped(Int($0.rounded())) } + [grouped(latency.count)])
      )
    }
  }
}

private func columns(_ name: String, _ values: [String]) -> String {
  name.padding(toLength: 26, withPad: " ", startingAt: 0)
    + values.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
}

/// With commas between thousands.
private func grouped(_ value: Int) -> String {
  var digits = String(value.magnitude)
  var groups: [String] = []
  while digits.count > 3 {
    groups.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
}

private func decimal(_ value: Double, _ places: Int) -> String {
  String(format: "%.\(places)f", value)
}

/// Without decimals when it has none.
private func number(_ value: Double) -> String {
  value == value.rounded() ? grouped(Int(value)) : decimal(value, 2)
}

private func megabytes(_ bytes: Int) -> String { decimal(Double(bytes) / 1_000_000, 1) + " MB" }
