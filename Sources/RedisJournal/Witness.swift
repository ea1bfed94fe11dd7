#if Server
  import Foundation
  import Journal
  import Matching

  /// The last acknowledged position, noted in a small file outside of Redis: what shows that Redis
  /// came back with less. Noted before anybody hears of it and without a flush: it must survive
  /// processes, not the power.
  struct Witness: Equatable {
    var position: FactPosition
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
      guard words.count == 2, let position = FactPosition(words[0]),
        let chain = UInt32(words[1], radix: 16)
      else {
        throw JournalEnd(
          .unusable,
          "\(path): not a witness of `baecha serve`; `baecha accept-loss` writes a new one"
        )
      }
      self.init(position: position, chain: chain)
    }

    init(position: FactPosition, chain: UInt32) {
      self.position = position
      self.chain = chain
    }

    /// Always as long: a shorter one must not leave the end of a longer one behind.
    fileprivate var line: [UInt8] {
      let text = "\(position) \(String(chain, radix: 16))"
      return Array((text + String(repeating: " ", count: max(63 - text.utf8.count, 0)) + "\n").utf8)
    }

    /// Replaces the file in one step.
    func write(to path: String) throws {
      try Data(line).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
  }

  /// The file of a process that leads, written over in place: one system call a batch, and no room
  /// that a full disk could refuse.
  final class WitnessFile {
    private let path: String
    private let descriptor: Int32

    /// - Throws: when it cannot be opened or made.
    init(path: String) throws(WitnessFault) {
      self.path = path
      descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw WitnessFault(path: path, code: errno) }
    }

    deinit { close(descriptor) }

    func note(_ witness: Witness) throws(WitnessFault) {
      let line = witness.line
      guard pwrite(descriptor, line, line.count, 0) == line.count else {
        throw WitnessFault(path: path, code: errno)
      }
    }
  }

  struct WitnessFault: Error, CustomStringConvertible {
    var path: String
    var code: Int32

    var description: String { "\(path): \(String(cString: strerror(code)))" }
  }
#endif
