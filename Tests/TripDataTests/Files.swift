import Foundation
import Spatial
import TripData

/// Files that a test writes, in a folder of their own that goes with it.
final class Files {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("baecha-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = folder.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    return file.path
  }
}

/// Reads one file with the given text.
func read(
  _ text: String,
  name: String = "rides.csv",
  layout: TripLayout? = nil,
  options: TripReader.Options = TripReader.Options()
) throws -> TripLog {
  let files = try Files()
  let path = try files.write(name, text)
  return try TripReader.read(files: [path], layout: layout, options: options)
}

/// Why a file with these bytes is refused; `nil` when it is not.
func refusal(
  _ bytes: [UInt8],
  name: String = "rides.csv",
  layout: TripLayout? = nil
) throws -> TripFileError? {
  let files = try Files()
  let path = try files.write(name, bytes)
  do throws(TripFileError) {
    _ = try TripReader.read(files: [path], layout: layout)
    return nil
  } catch {
    return error
  }
}

/// A gzip member whose blocks are stored, not compressed (RFC 1951 and 1952).
func gzip(_ text: String) -> [UInt8] {
  let content = Array(text.utf8)
  var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  var rest = content[...]
  repeat {
    let block = rest.prefix(60_000)
    rest = rest.dropFirst(block.count)
    let count = UInt16(block.count)
    bytes += [rest.isEmpty ? 1 : 0]
    bytes += [UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
    bytes += block
  } while !rest.isEmpty
  var crc: UInt32 = .max
  for byte in content {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  for word in [~crc, UInt32(truncatingIfNeeded: content.count)] {
    for shift in [0, 8, 16, 24] { bytes.append(UInt8(word >> UInt32(shift) & 255)) }
  }
  return bytes
}

/// A place in degrees.
func place(_ latitude: Double, _ longitude: Double) -> GeoPoint {
  GeoPoint(
    latitude: Int32((latitude * 1e7).rounded()),
    longitude: Int32((longitude * 1e7).rounded())
  )
}

/// Runs `body` on the bytes of a text as a field.
func withField<Result>(_ text: String, _ body: (Field) -> Result) -> Result {
  var bytes = Array(text.utf8)
  return bytes.withUnsafeMutableBufferPointer { body($0) }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Draws: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Seeds of random cases. One that ever failed is kept here.
enum Seeds {
  static let all: [UInt64] = Array(1...24)
}
