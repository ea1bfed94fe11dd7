import Foundation
import Simulation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct HTMLReportTests {
  private func html(_ summary: RunSummary) -> String {
    String(decoding: HTMLReport.bytes(summary), as: UTF8.self)
  }

  private func picture(_ summary: RunSummary) -> String {
    String(decoding: OverviewPicture.bytes(summary), as: UTF8.self)
  }

  /// The first error of an XML parser, or `nil` for a well-formed document.
  private func fault(_ text: String) -> String? {
    let parser = XMLParser(data: Data(text.utf8))
    guard !parser.parse() else { return nil }
    return "line \(parser.lineNumber): \(parser.parserError.map(String.init(describing:)) ?? "?")"
  }

  @Test func `every edge is well-formed`() {
    for edge in OutputFixtures.edges {
      #expect(fault(html(edge.summary)) == nil, "\(edge.name)")
      #expect(fault(picture(edge.summary)) == nil, "\(edge.name)")
    }
  }

  @Test func `nothing is fetched and nothing runs`() {
    for edge in OutputFixtures.edges {
      let text = html(edge.summary)
      for banned in ["http:", "https:", "src=", "href=", "<script", "<link", "@import", "url("] {
        #expect(!text.contains(banned), "\(edge.name): \(banned)")
      }
    }
  }

  @Test func `names from outside cannot become markup`() {
    let evil = "<script>alert('x')</script>\" onload=\"y&\u{0}"
    var summary = OutputFixtures.summary(
      [OutputFixtures.recorded(), OutputFixtures.simulated(evil)],
      title: evil
    )
    summary.name = evil
    summary.data = evil
    summary.travelModel = evil
    summary.command = evil
    summary.notes = [evil]
    summary.settings = [RunSummary.Setting(evil, evil)]
    summary.cleaning = [RunSummary.CleaningLine(evil, 1)]
    for text in [html(summary), picture(summary)] {
      #expect(!text.contains("<script"))
      #expect(!text.contains("\" onload"))
      #expect(fault(text) == nil)
    }
    #expect(html(summary).contains("&lt;script&gt;"))
  }

  @Test func `the same run gives the same bytes`() {
    #expect(HTMLReport.bytes(OutputFixtures.three) == HTMLReport.bytes(OutputFixtures.three))
    #expect(
      OverviewPicture.bytes(OutputFixtures.three) == OverviewPicture.bytes(OutputFixtures.three)
    )
  }

  @Test func `every drawing has a title and a description`() {
    let text = html(OutputFixtures.three)
    let drawings = text.components(separatedBy: "<svg").count - 1
    #expect(drawings == 5)
    #expect(text.components(separatedBy: "<desc").count - 1 == drawings)
    #expect(text.components(separatedBy: "role=\"img\"").count - 1 == drawings)
  }

  @Test func `no coordinate is missing`() {
    for edge in OutputFixtures.edges {
      for text in [html(edge.summary), picture(edge.summary)] {
        #expect(!text.contains("nan"), "\(edge.name)")
        #expect(!text.contains("inf\""), "\(edge.name)")
        #expect(!text.contains("width=\"-"), "\(edge.name)")
      }
    }
  }

  @Test func `the sections are there`() {
    let text = html(OutputFixtures.three)
    for words in [
      "All figures", "Where the time and the kilometres went", "Waiting",
      "Demand and supply by hour", "Where riders boarded", "Cleaning", "What the words mean",
      "baecha simulate scenario.yaml --seed 7", "zero duration", "One hour only.",
    ] {
      #expect(text.contains(words), "\(words)")
    }
  }
}
