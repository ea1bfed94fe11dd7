import Foundation

/// What a study depends on, in sixteen hexadecimal digits: results under another hash are results of
/// something else. FNV-1a of 64 bits (G. Fowler, L. C. Noll, K.-P. Vo): against mistakes, not malice.
public enum StudyHash {
  /// Of the format, both files as they stand, and the data files by name and content.
  ///
  /// - Throws: what reading a file throws.
  static func of(_ study: Study, files: [String]) throws -> String {
    var hash = Hash()
    hash.add(Array(StudyPlan.format.utf8))
    hash.add([study.isSmall ? 1 : 0])
    for source in study.sources { hash.add(source) }
    for file in files {
      hash.add(Array(file.split(separator: "/").last.map { $0.utf8 } ?? file.utf8[...]))
      try hash.add(contentsOf: file)
    }
    return hash.text
  }

  /// Of one file, such as the running program; `unknown` when it cannot be read.
  public static func ofFile(_ path: String?) -> String {
    var hash = Hash()
    guard let path, (try? hash.add(contentsOf: path)) != nil else { return "unknown" }
    return hash.text
  }

  private struct Hash {
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// With its length, so that a byte more here and one less there is seen.
    mutating func add(_ bytes: some Collection<UInt8>) {
      let count = UInt64(bytes.count)
      for shift in stride(from: 0, to: 64, by: 8) {
        step(UInt8(truncatingIfNeeded: count >> shift))
      }
      for byte in bytes { step(byte) }
    }

    mutating func add(contentsOf path: String) throws {
      let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
      data.withUnsafeBytes { add($0) }
    }

    private mutating func step(_ byte: UInt8) {
      value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    var text: String { JSONWriter.hexadecimal(value) }
  }
}
