#if Server
  import Foundation
  import Journal

  /// The last acknowledged position, noted in a small file outside of Redis: what shows that Redis
  /// came back with less. Written about once a second and without a flush: it must survive a process,
  /// not the power.
  struct Witness: Equatable {
    var position: JournalPosition
    var chain: UInt32

    /// `nil` = there is none.
    ///
    /// - Throws: ``JournalEnd`` when the file is there and cannot be read.
    init?(path: String) throws {
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      guard let data = FileManager.default.contents(atPath: path) else {
        throw JournalEnd(.unusable, "\(path): cannot be read; it notes what was acknowledged")
      }
      let words = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      guard words.count == 2, let position = JournalPosition(words[0]),
        let chain = UInt32(words[1], radix: 16)
      else {
        throw JournalEnd(
          .unusable,
          "\(path): not a witness of `baecha serve`; `baecha accept-loss` writes a new one"
        )
      }
      self.init(position: position, chain: chain)
    }

    init(position: JournalPosition, chain: UInt32) {
      self.position = position
      self.chain = chain
    }

    /// Replaces the file in one step.
    func write(to path: String) throws {
      try Data("\(position) \(String(chain, radix: 16))\n".utf8)
        .write(to: URL(fileURLWithPath: path), options: .atomic)
    }
  }
#endif
