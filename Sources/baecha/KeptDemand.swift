import ArgumentParser
import Foundation

#if Server
  import RedisJournal
#endif

/// What riders asked of a server, out of its journal, as data for a scenario.
struct KeptDemand {
  /// Where the table is; removed by ``remove()``.
  let folder: String

  /// Keys of the scenario that make it read the table.
  var overrides: [String] { ["data.layout=generic", "data.files=journal.csv"] }

  /// Reads a journal; `nil` when none is asked for.
  init?(_ journal: String?, region: String) throws {
    guard let journal else { return nil }
    #if Server
      guard let address = RedisAddress(journal) else {
        let shown = RedisAddress.withoutSecrets(journal)
        throw ValidationError("--journal \(shown): give redis://HOST:PORT or unix:///PATH")
      }
      let parent = FileManager.default.temporaryDirectory
      let place = parent.appendingPathComponent("baecha-journal-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      folder = place.path
      do {
        try JournalCommand.exiting { [folder] in
          let tools = try RedisTools(address)
          let trips = try TripTable.write(tools, region: region, to: folder + "/journal.csv")
          let left = trips.requests - trips.rows
          let note =
            "\(trips.rows) finished rides of \(trips.requests) requests in the journal; "
            + "\(left) had no end or no destination and are left out\n"
          FileHandle.standardError.write(Data(note.utf8))
        }
      } catch {
        remove()
        throw error
      }
    #else
      throw ValidationError("--journal: this build has no server and reads no journal")
    #endif
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
