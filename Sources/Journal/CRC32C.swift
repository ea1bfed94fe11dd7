/// The Castagnoli checksum, as of iSCSI (RFC 3720, appendix B.4), eight bits at a time.
///
/// A chain of it runs through the journal: the sum of each batch goes on from that of the batch
/// before, so one number tells whether everything up to a position is what was written.
public enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in
      sum & 1 == 1 ? (sum >> 1) ^ 0x82F6_3B78 : sum >> 1
    }
  }

  /// - Parameters:
  ///   - bytes: what is summed.
  ///   - before: the sum of what precedes them; 0 = nothing does.
  /// - Returns: the sum of both.
  public static func sum(_ bytes: some Sequence<UInt8>, after before: UInt32 = 0) -> UInt32 {
    let table = table
    var sum = ~before
    for byte in bytes { sum = (sum >> 8) ^ table[Int((sum ^ UInt32(byte)) & 0xFF)] }
    return ~sum
  }
}
