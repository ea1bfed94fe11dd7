import CZlib
import Foundation

/// A file's bytes in order, decompressed when the file begins like gzip.
///
/// A gzip file may hold several members, one after the other; zero bytes after the last are padding.
struct ByteSource: ~Copyable {
  /// Bytes taken from the disk in one read.
  private static let chunkBytes = 1 << 18

  let path: String
  /// Size on disk.
  let bytesOnDisk: Int
  private(set) var bytesRead = 0
  let isCompressed: Bool
  private let file: UnsafeMutablePointer<FILE>
  private let chunk: UnsafeMutablePointer<UInt8>
  // zlib keeps the address of its stream, so the stream may not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var memberEnded = false
  private var produced = 0
  /// Met while the buffer already held good bytes: those are given first.
  private var pending: TripFileError?

  init(path: String) throws(TripFileError) {
    var status = stat()
    guard stat(path, &status) == 0, let opened = fopen(path, "rb") else {
      throw TripFileError(
        .cannotOpen,
        file: path,
        problem: "cannot be opened: \(String(cString: strerror(errno)))",
        fix: "check the path and the permission to read"
      )
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      fclose(opened)
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw TripFileError(
        .cannotOpen,
        file: path,
        problem: isFolder ? "is a directory" : "is no regular file, and files are read twice",
        fix: isFolder ? "name the files in it" : "save what it gives to a file first"
      )
    }
    self.path = path
    bytesOnDisk = Int(status.st_size)
    file = opened
    chunk = .allocate(capacity: Self.chunkBytes)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let count = fread(chunk, 1, Self.chunkBytes, file)
    bytesRead = count
    isCompressed = count >= 2 && chunk[0] == 0x1F && chunk[1] == 0x8B
    stream.pointee.next_in = chunk
    stream.pointee.avail_in = UInt32(count)
    if isCompressed {
      // 15 bits of window; 16 more ask for the gzip wrapper.
      let code = inflateInit2_(
        stream,
        15 + 16,
        ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)
      )
      precondition(code == Z_OK, "zlib refuses to start: \(code)")
    }
  }

  deinit {
    if isCompressed { inflateEnd(stream) }
    stream.deinitialize(count: 1)
    stream.deallocate()
    chunk.deallocate()
    fclose(file)
  }

  /// Fills `buffer` from its start as far as the file allows; `line` says where reading stands, for
  /// the error.
  ///
  /// - Returns: bytes written; 0 at the end of the file.
  /// - Throws: when the gzip stream is cut short or damaged.
  mutating func read(
    into buffer: UnsafeMutableBufferPointer<UInt8>,
    line: Int
  ) throws(TripFileError) -> Int {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
    guard isCompressed else { return copy(into: base, count: buffer.count) }
    if pending == nil {
      let written = inflate(into: base, count: buffer.count)
      if written > 0 || pending == nil { return written }
    }
    guard var error = pending else { return 0 }
    error.line = line
    throw error
  }

  private mutating func refill() {
    let count = fread(chunk, 1, Self.chunkBytes, file)
    bytesRead += count
    stream.pointee.next_in = chunk
    stream.pointee.avail_in = UInt32(count)
  }

  private mutating func copy(into base: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    // What the first look took comes first; the rest goes past the chunk.
    let buffered = Int(stream.pointee.avail_in)
    if buffered > 0 {
      let taken = min(buffered, count)
      base.update(from: stream.pointee.next_in, count: taken)
      stream.pointee.next_in += taken
      stream.pointee.avail_in -= UInt32(taken)
      return taken
    }
    let taken = fread(base, 1, count, file)
    bytesRead += taken
    return taken
  }

  /// Inflates until the buffer is full, the file ends, or `pending` is set.
  private mutating func inflate(into base: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    stream.pointee.next_out = base
    stream.pointee.avail_out = UInt32(min(count, 1 << 30))
    let room = stream.pointee.avail_out
    while stream.pointee.avail_out > 0 {
      if stream.pointee.avail_in == 0 { refill() }
      if stream.pointee.avail_in == 0 {
        if !memberEnded {
          fail(
            .truncatedGzip,
            "the gzip stream ends early, after \(bytesRead) bytes of the file "
              + "(\(produced + Int(room - stream.pointee.avail_out)) decompressed)"
          )
        }
        break
      }
      if memberEnded {
        guard stream.pointee.next_in.pointee != 0 else {
          stream.pointee.next_in += 1
          stream.pointee.avail_in -= 1
          continue
        }
        memberEnded = false
        inflateReset(stream)
      }
      let code = CZlib.inflate(stream, Z_NO_FLUSH)
      if code == Z_STREAM_END {
        memberEnded = true
      } else if code != Z_OK && code != Z_BUF_ERROR {
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "code \(code)"
        let near = bytesRead - Int(stream.pointee.avail_in)
        fail(.damagedGzip, "the gzip stream is damaged near byte \(near) of the file: \(reason)")
        break
      }
    }
    let written = Int(room - stream.pointee.avail_out)
    produced += written
    return written
  }

  private mutating func fail(_ fault: TripFileError.Fault, _ problem: String) {
    pending = TripFileError(
      fault,
      file: path,
      problem: problem,
      fix: "copy or download the file again ('gzip -t' checks it)"
    )
  }
}
