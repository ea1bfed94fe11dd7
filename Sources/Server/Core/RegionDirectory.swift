import Synchronization

/// Where clients reach the leaders of the regions that one process serves. Each region has a loop of
/// its own; this is all that they share.
package final class RegionDirectory: Sendable {
  private let leaders = Mutex<[String: String?]>([:])

  package init() {}

  /// - Parameters:
  ///   - region: its name.
  ///   - place: `HOST:PORT` of its leader; `nil` = nobody leads as far as is known here.
  func note(_ region: String, leaderAt place: String?) {
    leaders.withLock { _ = $0.updateValue(place, forKey: region) }
  }

  enum Entry: Equatable {
    case unknown
    case led(at: String?)
  }

  func look(up region: String) -> Entry {
    leaders.withLock { leaders in leaders[region].map { .led(at: $0) } ?? .unknown }
  }

  /// In alphabetical order.
  var names: [String] { leaders.withLock { $0.keys.sorted() } }
}
