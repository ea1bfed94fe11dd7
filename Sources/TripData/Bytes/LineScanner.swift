import Foundation

/// Takes the lines of a file, one after the other.
protocol LineSink: ~Copyable {
  /// - Parameters:
  ///   - line: without its line break; may be changed, is gone after the call, and is never empty.
  ///   - number: counted from 1, blank lines included.
  /// - Throws: when the file is not worth reading on.
  mutating func take(_ line: Field, number: Int) throws(TripFileError)
}

/// Bytes of one line or one field of it, inside a reused buffer.
package typealias Field = UnsafeMutableBufferPointer<UInt8>

/// How far a reading has come.
public struct ReadProgress: Sendable {
  public var file: String
  /// Bytes on disk of all files, and how many of them are done.
  public var bytesDone: Int
  public var bytesTotal: Int
}

/// Reads lines through one buffer that it reuses for every file.
struct LineScanner: ~Copyable {
  /// A longer line is not a line of text.
  static let lineBytesMax = 1 << 18
  private static let bufferBytes = 1 << 20

  private let buffer: UnsafeMutablePointer<UInt8>

  init() { buffer = .allocate(capacity: Self.bufferBytes) }

  deinit { buffer.deallocate() }

  /// Gives every line that is not blank to `sink`, in order. Line breaks are LF or CR LF; a UTF-8
  /// byte order mark is dropped.
  /// `progress` is told the bytes on disk read so far, about once a megabyte.
  ///
  /// - Returns: bytes after decompression.
  /// - Throws: what the file or the sink refuses.
  func scan<Sink: LineSink & ~Copyable>(
    _ path: String,
    into sink: inout Sink,
    progress: (Int) -> Void
  ) throws(TripFileError) -> Int {
    var source = try ByteSource(path: path)
    var total = 0
    var number = 0
    // Bytes of an unfinished line at the start of the buffer.
    var carried = 0
    while true {
      let room = Field(start: buffer + carried, count: Self.bufferBytes - carried)
      let read = try source.read(into: room, line: number + 1)
      progress(source.bytesRead)
      var start = buffer
      let end = buffer + carried + read
      if total == 0 && carried == 0 && read >= 3 && start[0] == 0xEF && start[1] == 0xBB
        && start[2] == 0xBF
      {
        start += 3
      }
      total += read
      var search = max(start, buffer + carried)
      while let found = memchr(search, 0x0A, end - search) {
        let newline = found.assumingMemoryBound(to: UInt8.self)
        number += 1
        try give(start, newline, number, to: &sink)
        start = newline + 1
        search = start
      }
      carried = end - start
      if read == 0 {
        if carried > 0 { try give(start, end, number + 1, to: &sink) }
        return total
      }
      guard carried <= Self.lineBytesMax else {
        throw TripFileError(
          .lineTooLong,
          file: path,
          line: number + 1,
          problem: "no line break in \(carried) bytes",
          fix: "give a text file with one record per line, plain or gzip"
        )
      }
      buffer.update(from: start, count: carried)
    }
  }

  private func give<Sink: LineSink & ~Copyable>(
    _ start: UnsafeMutablePointer<UInt8>,
    _ newline: UnsafeMutablePointer<UInt8>,
    _ number: Int,
    to sink: inout Sink
  ) throws(TripFileError) {
    var count = newline - start
    if count > 0 && start[count - 1] == 0x0D { count -= 1 }
    guard count > 0 else { return }
    try sink.take(Field(start: start, count: count), number: number)
  }
}
