import Simulation
import Testing

@Suite struct ChartTests {
  @Test func `ticks are round and reach the top`() {
    #expect(Ticks.upTo(9, count: 4) == [0, 5, 10])
    #expect(Ticks.upTo(100, count: 5) == [0, 20, 40, 60, 80, 100])
    #expect(Ticks.upTo(0, count: 4).count > 1)
    #expect(Ticks.upTo(.nan, count: 0).count > 1)
    for top in [0.003, 0.7, 1, 17, 999, 72_000] {
      let ticks = Ticks.upTo(top, count: 4)
      #expect((ticks.last ?? 0) >= top * 0.999 && ticks.count <= 7, "\(top)")
    }
  }

  @Test func `labels keep their distance and their order`() {
    let spread = Labels.spread([10, 11, 12, 90], gap: 15, within: 0, 100)
    #expect(spread == [10, 25, 40, 90])
    let pushedBack = Labels.spread([98, 99], gap: 15, within: 0, 100)
    #expect(pushedBack == [85, 100])
    #expect(Labels.spread([50, 40], gap: 15, within: 0, 100) == [55, 40])
  }

  @Test func `the map's frame leaves out far outliers only`() {
    var cells = (0..<20).flatMap { column in
      (0..<20).map { row in
        Figures.MapCell(column: column, row: row, pickups: 5, waitSum: 0, unserved: 0)
      }
    }
    cells.append(Figures.MapCell(column: 4_000, row: 5, pickups: 1, waitSum: 0, unserved: 0))
    #expect(MapChart.frame(of: cells) == MapChart.Frame(columns: 0...19, rows: 0...19))
    #expect(MapChart.frame(of: []) == nil)
    let one = [Figures.MapCell(column: -3, row: 7, pickups: 0, waitSum: 0, unserved: 1)]
    #expect(MapChart.frame(of: one) == MapChart.Frame(columns: -3...(-3), rows: 7...7))
  }

  @Test func `what lies outside the frame is counted`() {
    var figures = OutputFixtures.simulated("batch")
    figures.map = [
      Figures.MapCell(column: 0, row: 0, pickups: 999, waitSum: 0, unserved: 0),
      Figures.MapCell(column: 900, row: 900, pickups: 1, waitSum: 0, unserved: 0),
    ]
    #expect(MapChart(OutputFixtures.summary([figures]))?.outside == Ratio(1, 1_000))
  }

  @Test func `the longest wait that matters sets the width`() {
    #expect(WaitChart.binsShown([]) == 12)
    var figures = OutputFixtures.simulated("batch")
    #expect(WaitChart.binsShown([figures]) == 20)
    figures.wait?.histogram[39] = 4
    #expect(WaitChart.binsShown([figures]) == Figures.Wait.binCount)
  }

  @Test func `ticks of time stand on local hours and midnights`() {
    var summary = OutputFixtures.three
    summary.end = summary.start + 26 * 3_600_000
    let ticks = TimeAxis(summary, onto: 0, 1_000).ticks(room: 88)
    #expect(ticks.map(\.label).contains("Wed 2 Jan"))
    #expect(ticks.count <= 12)
    #expect(ticks.allSatisfy { ($0.time - 18_000_000) % 3_600_000 == 0 })
    summary.end = summary.start + 400 * 86_400_000
    #expect(TimeAxis(summary, onto: 0, 1_000).ticks(room: 88).count <= 13)
  }

  @Test func `an hour measured in part counts its part`() throws {
    let hour = try #require(OutputFixtures.simulated("batch").hours.first)
    #expect(HourChart.covered(hour, in: OutputFixtures.three) == 50 * 60_000)
  }

  @Test func `markup escapes what is put into it`() {
    let name = "a<b>&\"c'\u{1}"
    let markup: Markup = "<i>\(name)</i>\(1)\(2.50)"
    #expect(markup.text == "<i>a&lt;b&gt;&amp;&quot;c&#39;\u{FFFD}</i>12.5")
  }
}
