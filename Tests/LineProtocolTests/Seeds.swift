/// The seeds of a random test: those that once failed, and some that are always tried.
enum Seeds {
  static let regressions: [UInt64] = []

  static func fresh(_ count: Int) -> [UInt64] { (1...UInt64(count)).map { $0 &* 7_919 } }
}
