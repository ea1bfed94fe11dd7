/// The Castagnoli checksum, as of iSCSI (RFC 3720, appendix B.4), eight bytes at a time by as many
/// tables (slicing-by-8: M. Kounavis and F. Berry, IEEE Transactions on Computers 57, 11, 2008).
///
/// A chain of it runs through the journal: the sum of each batch goes on from that of the batch
/// before, so one number tells whether everything up to a position is what was written.
public enum CRC32C {
  /// Eight tables of 256: what a byte comes to when 0 to 7 more follow it.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = []
    for byte in UInt32(0)..<256 {
      var sum = byte
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0x82F6_3B78 : sum >> 1 }
      tables.append(sum)
    }
    for index in 256..<2_048 {
      let before = tables[index - 256]
      tables.append((before >> 8) ^ tables[Int(before & 0xFF)])
    }
    return tables
  }()

  /// - Parameters:
  ///   - bytes: what is summed.
  ///   - before: the sum of what precedes them; 0 = nothing does.
  /// - Returns: the sum of both.
  public static func sum(_ bytes: [UInt8], after before: UInt32 = 0) -> UInt32 {
    var sum = ~before
    tables.withUnsafeBufferPointer { tables in
      bytes.withUnsafeBytes { bytes in
        var at = 0
        while at + 8 <= bytes.count {
          let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
          let mixed = word ^ UInt64(sum)
          sum = 0
          for place in 0..<8 {
            let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 * place)) & 0xFF
            sum ^= tables[(7 - place) << 8 | byte]
          }
          at += 8
        }
        for byte in bytes[at...] { sum = (sum >> 8) ^ tables[Int((sum ^ UInt32(byte)) & 0xFF)] }
      }
    }
    return ~sum
  }
}
