import Foundation
import MatchingTestSupport

/// The seeds of a random test: those that once failed, and fresh ones.
///
/// Fresh seeds follow from `BAECHA_SEED` (a whole number; 1 when it is not set), so that a run can be
/// repeated and a curious one can look elsewhere.
enum Seeds {
  /// Seeds that once made a test fail. Keep them.
  static let regressions: [UInt64] = [1, 2]

  static var base: UInt64 {
    ProcessInfo.processInfo.environment["BAECHA_SEED"].flatMap { UInt64($0) } ?? 1
  }

  static func fresh(_ count: Int) -> [UInt64] {
    var draw = Draw(seed: base)
    return (0..<count).map { _ in draw.next() }
  }
}
