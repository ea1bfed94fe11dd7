import Foundation

/// A file that appears whole or not at all: bytes go to a hidden file beside the target, which
/// takes the target's name when it is complete. A full disk, an error or Ctrl-C (with
/// ``Interruption``) leaves what was there before.
///
/// Three kinds of target are written straight away, as they have no name to be taken over: the file
/// that is this process's standard output or error, by whatever name (`/dev/stdout` redirected to a
/// file is one), anything else below `/dev` or `/proc`, and what is no regular file, such as a pipe.
/// A symbolic link stays one: the file that it leads to is replaced.
///
/// Not for use from several threads at once.
public final class AtomicFile {
  public let path: String
  /// What gets the new name: ``path`` with symbolic links followed.
  private let target: String
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
    if exists, let standard = Self.standardStream(with: status) {
      // What was printed before comes before.
      fflush(nil)
      target = path
      temporary = nil
      // A copy, not a second opening: both go on from one place in the file.
      descriptor = dup(standard)
      guard descriptor >= 0 else { throw OutputError(action: "write", path: path, code: errno) }
      return
    }
    let real = exists ? Self.resolved(path) : path
    if exists, status.st_mode & S_IFMT != S_IFREG || Self.isSystem(real) {
      target = path
      temporary = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw OutputError(action: "write", path: path, code: errno) }
      return
    }
    target = real
    let (folder, name) = Self.split(real)
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
      guard closed == 0, UnfinishedFiles.rename(temporary, to: target) else {
        let error = failure("write")
        unlink(temporary)
        UnfinishedFiles.remove(temporary)
        throw error
      }
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

  /// The descriptor of standard output or error, where the file is the same.
  private static func standardStream(with file: stat) -> Int32? {
    [STDOUT_FILENO, STDERR_FILENO].first { stream in
      var status = stat()
      return fstat(stream, &status) == 0 && status.st_dev == file.st_dev
        && status.st_ino == file.st_ino
    }
  }

  /// The path without symbolic links; as it is where it cannot be followed.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func isSystem(_ path: String) -> Bool {
    path.hasPrefix("/dev/") && !path.hasPrefix("/dev/shm/") || path.hasPrefix("/proc/")
  }

  /// The folder with its slash, empty for the current one, and the name in it.
  private static func split(_ path: String) -> (String, String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }
}
