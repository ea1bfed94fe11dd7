import Foundation
import Simulation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Figures that can be checked in the head.
@Suite struct StudyResultTests {
  /// Two days, two seeds, three shares; `base` needs every shift, `lean` 80 % on the first day and
  /// 60 % on the second, `hopeless` never serves enough.
  private var plan: StudyPlan {
    var plan = StudyPlan()
    plan.title = "A <study> & more"
    plan.name = "town/study.yaml"
    plan.hash = "0123456789abcdef"
    plan.test = [LocalDay(number: 19_000), LocalDay(number: 19_001)]
    plan.seeds = [1, 2]
    plan.shares = [10_000, 8_000, 6_000]
    plan.worlds = [
      .init(name: "recorded", kind: .recorded, words: "straight from the data"),
      .init(name: "base", kind: .simulated, words: "nearest, idle taxis park"),
      .init(name: "lean", kind: .simulated, words: "batch, idle taxis guided"),
      .init(name: "hopeless", kind: .simulated, words: "nearest, idle taxis park"),
    ]
    plan.against = [0, 1]
    return plan
  }

  /// 100 requests; hours on shift by share, 50 of them occupied.
  private func figures(served: Int64, hours: Int64, isRecorded: Bool = false) -> CellFigures {
    var figures = CellFigures()
    figures.requests = 100
    figures.served = served
    figures.time.occupied = 50 * 3_600_000
    figures.time.idle = (hours - 50) * 3_600_000
    figures.metres.occupied = 3_000
    figures.metres.pickup = 1_000
    figures.emptyAfterFirst = 1_000
    figures.ridesAfterFirst = 4
    figures.waitSum = isRecorded ? nil : served * 60_000
    figures.p95 = served >= 95 && !isRecorded ? 120_000 : nil
    return figures
  }

  private var result: StudyResult {
    var cells: [StudyCell: CellFigures] = [:]
    for cell in plan.cells {
      let reach = [0, 0, cell.day == 0 ? 1 : 2, -1][cell.world]
      cells[cell] = figures(
        served: cell.share <= reach ? 99 : cell.world == 3 ? 90 : 97,
        hours: 100 - Int64(cell.share) * 20 + Int64(cell.day) * 10,
        isRecorded: cell.world == 0
      )
    }
    return StudyResult(plan: plan, cells: cells)
  }

  @Test func `the answer is found world by world and day by day`() {
    #expect(result.answers == [[0, 0], [0, 0], [1, 2], [nil, nil]])
    #expect(result.mean(2, .share)?.mean == 70)
    #expect(result.daysReached(3) == 0)
    #expect(result.mean(3, .metric(.taxiHours)) == nil)
    #expect(result.mean(3, .metric(.taxiHours), .wholeFleet)?.mean == 105)
  }

  @Test func `pairs are differences by day with the interval of two days`() throws {
    let pair = result.pair(2, with: 1, .equalService)
    #expect(pair.days == 2)
    let hours = try #require(pair.differences.first { $0.figure == .metric(.taxiHours) })
    // 80 − 100 and 70 − 110: mean −30, s = 14.142136, half 12.706205 · 14.142136 ÷ √2.
    #expect(hours.interval.mean == -30)
    #expect(abs(try #require(hours.interval.half) - 127.062_05) < 1e-4)
    #expect(hours.text == "\u{2212}30 ± 127 h")
    // −20 % and −36.3636 %.
    #expect(hours.relativeText == "\u{2212}28.2 ± 104.0 %")
    let vacancy = try #require(pair.differences.first { $0.figure == .metric(.vacancyTime) })
    // 37.5 − 50 and 28.5714 − 54.5455.
    #expect(abs(vacancy.interval.mean - -19.237_013) < 1e-5)
  }

  @Test func `who does not reach the level is not compared, and said so`() {
    #expect(result.pair(3, with: 1, .equalService).days == 0)
    #expect(result.pair(3, with: 1, .equalService).differences.isEmpty)
    #expect(result.pair(3, with: 1, .wholeFleet).days == 2)
    let text = StudyText.text(result)
    #expect(text.contains("hopeless   0/2  not reached"))
    #expect(text.contains("hopeless does not reach the level with its whole fleet on 2 of 2 days"))
    #expect(text.contains("90.0 % served, p95 wait endless"))
    #expect(text.contains("lean still meets the level at the smallest share played on 1 day"))
  }

  @Test func `the gap closed is of taxi-hours per ride, from base to bound`() throws {
    var plan = plan
    plan.worlds.append(.init(name: "hindsight", kind: .hindsight, words: "bound"))
    var cells = result.cells
    for day in 0...1 {
      var least = CellFigures()
      least.requests = 100
      least.served = 100
      least.time.occupied = 50 * 3_600_000
      least.time.pickup = Int64(day) * 10 * 3_600_000
      for cell in plan.cells where cell.world == 4 && cell.day == day { cells[cell] = least }
    }
    #expect(plan.cells.count { $0.world == 4 } == 2)
    let result = StudyResult(plan: plan, cells: cells)
    // Of 99 served: (100 − 80) ÷ (100 − 49.5) on the first day, (110 − 70) ÷ (110 − 59.4) on the
    // second.
    let gap = try #require(result.gapClosed(2, from: 1))
    #expect(gap.days == 2 && abs(gap.interval.mean - (39.603_960 + 79.051_383) / 2) < 1e-5)
    #expect(result.gapClosed(1, from: 1) == nil && result.gapClosed(3, from: 1) == nil)
    #expect(result.gapClosed(4, from: 1) == nil)
    #expect(self.result.gapClosed(2, from: 1) == nil)
    let text = StudyText.text(result)
    #expect(text.contains("Gap closed to the least taxi-hours per ride"))
    #expect(!result.pairs(.wholeFleet).contains { $0.world == 4 || $0.base == 4 })
    #expect(StudyPlan(text: plan.text) == plan)
  }

  @Test func `the recorded world's waits are unknown, not 0`() {
    #expect(result.mean(0, share: 0, .meanWait) == nil)
    let pair = result.pair(2, with: 0, .equalService)
    #expect(!pair.differences.contains { $0.figure == .metric(.meanWait) })
  }

  @Test func `one day gives no interval and says so`() {
    var one = plan
    one.test = [LocalDay(number: 19_000)]
    let cells = result.cells.filter { $0.key.day == 0 }
    let result = StudyResult(plan: one, cells: cells)
    let text = StudyText.text(result)
    #expect(text.contains("There is one day, so there is no interval"))
    #expect(!text.contains("±"))
    #expect(
      String(decoding: StudyTables.pairs(result), as: UTF8.self)
        .contains("equal-service,lean,base,1,taxi_hours,h,-20.000000,,-20.000000,\n")
    )
  }

  @Test func `tables have a line for each of what they list`() {
    func lines(_ bytes: [UInt8]) -> [Substring] {
      String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
    #expect(lines(StudyTables.cells(result)).count == 1 + 2 + 3 * 2 * 2 * 3)
    #expect(lines(StudyTables.curve(result)).count == 1 + 3 + 3 * 3 * 3)
    #expect(lines(StudyTables.days(result)).count == 1 + 4 * 2)
    #expect(lines(StudyTables.days(result))[6].hasPrefix("lean,2022-01-09,yes,60.000000,99.0"))
    for table in [
      StudyTables.cells(result), StudyTables.curve(result), StudyTables.days(result),
      StudyTables.pairs(result),
    ] {
      let widths = Set(lines(table).map { $0.count { $0 == "," } })
      #expect(widths.count == 1)
    }
  }

  @Test func `the report is well-formed, escapes, and fetches nothing`() {
    let text = String(decoding: StudyReport.bytes(result), as: UTF8.self)
    let parser = XMLParser(data: Data(text.utf8))
    #expect(parser.parse(), "line \(parser.lineNumber)")
    #expect(text.contains("A &lt;study&gt; &amp; more"))
    for banned in ["http:", "https:", "src=", "href=", "<script", "<link", "@import", "url("] {
      #expect(!text.contains(banned), "\(banned)")
    }
  }

  @Test func `the JSON is JSON`() throws {
    let object = try JSONSerialization.jsonObject(with: Data(StudyJSON.bytes(result)))
    let worlds = (object as? [String: Any])?["worlds"] as? [[String: Any]]
    #expect(worlds?.count == 4)
    #expect(worlds?[2]["days_reached"] as? Int == 2)
  }

  @Test func `a plan and a cell survive their text`() throws {
    var plan = plan
    plan.words = [.init("trips", "1 file"), .init("tabs", "gone")]
    plan.cleaning = [.init("rows read", 7, role: .read)]
    #expect(StudyPlan(text: plan.text) == plan)
    #expect(StudyPlan(text: plan.text.replacing("shares", with: "sheres")) == nil)
    #expect(StudyPlan(text: "") == nil)
  }

  @Test func `shards are disjoint, complete and about equal`() throws {
    let all = Set(plan.cells)
    for count in [1, 2, 3, 7] {
      var seen: [StudyCell] = []
      for index in 1...count {
        let part = plan.cells(of: try #require(StudyShard(index, of: count)))
        #expect(abs(part.count - all.count / count) <= 1)
        seen += part
      }
      #expect(seen.count == all.count && Set(seen) == all)
    }
    #expect(StudyShard("2/4") == StudyShard(2, of: 4))
    for wrong in ["0/4", "5/4", "1", "1/0", "a/b", "1/2/3", ""] {
      #expect(StudyShard(wrong) == nil)
    }
  }
}
