import Foundation

/// A file that appears whole or not at all: bytes go to a hidden file beside the target, which
/// takes the target's name when it is complete. A full disk, an error or Ctrl-C (with
/// ``Interruption``) leaves what was there before.
///
/// A target that exists and is no regular file, such as `/dev/stdout` or a pipe, is written
/// straight away: it has no name to be taken over.
///
/// Not for use from several threads at once.
public final class AtomicFile {
  public let path: String
  private let temporary: String?
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferLimit = 1 << 16

  /// Opens the file for writing.
  ///
  /// - Throws: ``OutputError`` when the folder is missing or may not be written.
  public init(path: String) throws(OutputError) {
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw OutputError(action: "write", path: path, code: EISDIR)
    }
    if exists, status.st_mode & S_IFMT != S_IFREG {
      temporary = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw OutputError(action: "write", path: path, code: errno) }
      return
    }
    let (folder, name) = Self.split(path)
    let hidden = "\(folder).\(name).\(getpid()).part"
    // Known before it exists: an interruption between the two finds it in the list.
    UnfinishedFiles.insert(hidden)
    descriptor = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    temporary = hidden
    guard descriptor >= 0 else {
      let code = errno
      UnfinishedFiles.remove(hidden)
      throw OutputError(action: "write", path: path, code: code)
    }
    if exists { fchmod(descriptor, status.st_mode & 0o777) }
  }

  deinit {
    if descriptor >= 0 { discard() }
  }

  /// Adds bytes at the end, through a buffer.
  public func write(_ bytes: [UInt8]) throws(OutputError) {
    buffer += bytes
    if buffer.count >= Self.bufferLimit { try flush() }
  }

  /// Gives the file its name, replacing what had it. Nothing may be written afterwards.
  ///
  /// - Throws: ``OutputError`` when the rest could not be written; the target is then untouched.
  public func commit() throws(OutputError) {
    try flush()
    if let temporary {
      // Without this a crash of the machine can leave the new name on an empty file.
      guard fsync(descriptor) == 0 else { throw failure("write") }
      let closed = close(descriptor)
      descriptor = -1
      guard closed == 0, rename(temporary, path) == 0 else {
        let error = failure("write")
        unlink(temporary)
        UnfinishedFiles.remove(temporary)
        throw error
      }
      UnfinishedFiles.remove(temporary)
    } else {
      close(descriptor)
      descriptor = -1
    }
  }

  /// Writes a whole file in one call.
  public static func write(_ bytes: [UInt8], to path: String) throws(OutputError) {
    let file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  private func flush() throws(OutputError) {
    var done = 0
    while done < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        bytes.baseAddress.map { Foundation.write(descriptor, $0 + done, bytes.count - done) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = failure("write")
        discard()
        buffer = []
        throw error
      }
      done += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func discard() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    guard let temporary else { return }
    unlink(temporary)
    UnfinishedFiles.remove(temporary)
  }

  private func failure(_ action: String) -> OutputError {
    OutputError(action: action, path: path, code: errno)
  }

  /// The folder with its slash, empty for the current one, and the name in it.
  private static func split(_ path: String) -> (String, String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }
}
