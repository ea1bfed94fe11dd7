import BaechaClient
import Foundation
import Matching
import Server
import Spatial
import Testing

/// The transcripts of Tests/Transcripts against this project's server.
@Suite struct ConformanceTests {
  static let transcripts: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".blp") }.sorted()
  }()

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Transcripts")

  @Test(arguments: transcripts)
  func `the server answers as the transcript says`(file: String) async throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent(file), encoding: .utf8)
    let transcript = try Transcript(name: String(file.dropLast(4)), text: text)
    #expect(!transcript.title.isEmpty)
    let known: Set<String> = ["core", "streams", "dispatcher", "guidance"]
    #expect(!transcript.classes.isEmpty && known.isSuperset(of: transcript.classes))
    let live = try await LiveServer.start(Self.setup(transcript.needs))
    do {
      // Other tests may hold the threads for as long.
      let player = TranscriptPlayer(live.options, now: LiveServer.now, patience: .seconds(60))
      try await player.play(transcript)
    } catch {
      Issue.record("\(error)")
    }
    try await live.stop()
  }

  /// A server with what a transcript needs.
  private static func setup(_ needs: [String]) throws -> Dispatcher.Setup {
    var setup = Dispatcher.Setup(region: LiveServer.patientRegion)
    setup.limits.openingMax = .minutes(10)
    setup.limits.heartbeat = .minutes(5)
    if needs.contains("keys") {
      let file = folder.appendingPathComponent("roles.keys")
      setup.keys = try Keyring(
        text: String(contentsOf: file, encoding: .utf8),
        file: "roles.keys"
      )
    }
    if needs.contains("guidance") {
      setup.region.guidance = GuidanceSettings(period: .seconds(1), horizon: .minutes(30))
      setup.advisor = OneSpot()
    }
    return setup
  }

  /// Knows the place where the rider stands, and no other.
  private struct OneSpot: RiderAdvisor {
    func spots(near place: GeoPoint, unixSeconds: Int64, walkSeconds: Int) -> [AdvisedSpot] {
      let spot = AdvisedSpot(
        place: place,
        walkMetres: 0,
        walkSeconds: 0,
        waitMean: 90,
        wait10: 9,
        wait90: 210
      )
      return [spot]
    }
  }

  @Test func `the worked conversation and the trip in twelve lines are among them`() throws {
    #expect(Self.transcripts.contains("worked.blp"))
    let text = try String(
      contentsOf: Self.folder.appendingPathComponent("help.blp"),
      encoding: .utf8
    )
    let typed = text.split(separator: "\n").filter { $0.hasPrefix("C: ") }
    #expect(typed.count <= 12)
  }
}
