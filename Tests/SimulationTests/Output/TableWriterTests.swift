import Simulation
import Testing

@Suite struct TableWriterTests {
  private func row(_ label: String, in text: String) -> [String] {
    let line = text.split(separator: "\n").first { $0.contains(label) }
    return (line ?? "").split(separator: " ").map(String.init)
  }

  @Test func `no line is wider than a hundred columns`() {
    for edge in OutputFixtures.edges {
      for line in TableWriter.text(edge.summary).split(separator: "\n") {
        #expect(TextWidth.columns(String(line)) <= 100, "\(edge.name): \(line)")
      }
    }
  }

  @Test func `four worlds stand side by side`() {
    let worlds = ["recorded", "nearest", "batch", "batch+guided"].map {
      OutputFixtures.simulated($0)
    }
    let text = TableWriter.text(OutputFixtures.summary(worlds))
    let heads = text.split(separator: "\n").filter {
      $0.contains("nearest") && $0.contains("batch")
    }
    #expect(heads.count == 1)
    #expect(heads.first?.hasSuffix("batch+guided") == true)
  }

  @Test func `worlds that do not fit go into a further table`() {
    let worlds = (1...7).map { OutputFixtures.simulated("a-rather-long-name-\($0)") }
    let text = TableWriter.text(OutputFixtures.summary(worlds))
    #expect(text.split(separator: "\n").filter { $0 == "Service" }.count > 1)
    #expect(text.contains("a-rather-long-nam…"))
  }

  @Test func `columns line up under their names`() {
    let lines = TableWriter.text(OutputFixtures.three).split(separator: "\n")
    let head = lines.first { $0.contains("recorded   ") }
    let requests = lines.first { $0.hasPrefix("  requests") }
    #expect(head?.count == requests?.count)
  }

  @Test func `the recorded waits are unknown and never zero`() {
    let text = TableWriter.text(OutputFixtures.three)
    #expect(row("mean of the served", in: text).suffix(3) == ["unknown", "4:30", "4:30"])
    #expect(row("p95", in: text).suffix(3) == ["unknown", "endless", "endless"])
  }

  @Test func `empty kilometres are compared with both bases`() {
    let text = TableWriter.text(OutputFixtures.three)
    #expect(row("empty per ride", in: text).suffix(3) == ["3.00", "1.50", "1.00"])
    #expect(
      row("empty km against recorded", in: text).suffix(4) == [
        "\u{2212}50", "%", "\u{2212}67", "%",
      ]
    )
    #expect(row("empty km against nearest", in: text).suffix(2) == ["\u{2212}33", "%"])
  }

  @Test func `wide characters count two columns`() {
    #expect(TextWidth.columns("배차") == 4)
    #expect(TextWidth.columns("a–b") == 3)
    #expect(TextWidth.columns("e\u{301}") == 1)
  }

  @Test func `a cut never exceeds its room`() {
    for room in 1...12 {
      let cut = TextWidth.cut("nearest 배차 guided", to: Double(room)) {
        Double(TextWidth.columns($0))
      }
      #expect(TextWidth.columns(cut) <= room)
    }
  }

  @Test func `worlds without rides have no figures to print`() {
    let text = TableWriter.text(OutputFixtures.summary([OutputFixtures.idle]))
    #expect(row("served, %", in: text).last == "–")
    #expect(row("vacant, % of all km", in: text).last == "unknown")
  }
}

@Suite struct HeadlineTests {
  @Test func `it is about the last policy and the change from nearest`() {
    let headline = Headline(OutputFixtures.three)
    #expect(headline.lead == "batch drives 33 % fewer empty kilometres per ride than nearest.")
    #expect(headline.details.last?.hasPrefix("Vacancy by time could not move") == true)
  }

  @Test func `vacancy by time can move with other taxi-hours or other rides`() {
    let base = OutputFixtures.simulated("nearest")
    var fewer = base
    fewer.time.idle -= 500_000
    #expect(!Headline.couldMove(base, base))
    #expect(Headline.couldMove(fewer, base))
    fewer.world = "batch"
    let text = Headline(OutputFixtures.summary([base, fewer])).details.last
    #expect(text?.contains("raw difference") == true)
  }

  @Test func `unequal service is said`() {
    var better = OutputFixtures.simulated("batch")
    better.service.served = 10
    better.service.gaveUp = 0
    better.service.expired = 0
    let headline = Headline(OutputFixtures.summary([OutputFixtures.simulated("nearest"), better]))
    #expect(headline.details.contains { $0.contains("not at equal service") })
  }

  @Test func `every edge has a lead`() {
    for edge in OutputFixtures.edges { #expect(!Headline(edge.summary).lead.isEmpty) }
  }
}
