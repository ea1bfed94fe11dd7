import Foundation

/// The seeds of the worlds: those that once failed, and as many others as `FAULT_SEEDS` says.
enum Seeds {
  static let regressions: [UInt64] = [
    126, 335, 607, 802, 840, 906, 1_536, 2_120, 3_475, 5_321, 5_445, 5_527, 6_842, 7_112, 7_694,
    8_727, 8_753,
  ]

  /// `FAULT_LOUD=1` names each seed before it is played: a trap names none.
  static let isLoud = ProcessInfo.processInfo.environment["FAULT_LOUD"] != nil

  /// In blocks, each as long as a test should last.
  static let blocks: [ClosedRange<UInt64>] = {
    let count = ProcessInfo.processInfo.environment["FAULT_SEEDS"].flatMap { UInt64($0) } ?? 1_000
    return stride(from: 1, through: max(count, 1), by: 100).map { $0...min($0 + 99, max(count, 1)) }
  }()
}
