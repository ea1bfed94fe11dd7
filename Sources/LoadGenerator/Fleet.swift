import LineProtocol
import Matching
import Spatial

/// Where the taxis are and where they go: columns, so that a report is a few loads and stores. Taxis
/// wander at 3 to 14 m/s within the plan's box, so that none jumps and none stands still.
package struct Fleet {
  package let count: Int
  private let box: GeoBox
  private var latitudes: [Int32]
  private var longitudes: [Int32]
  /// What a report adds, in 1e-7°.
  private var northward: [Int32]
  private var eastward: [Int32]
  private var numbers: [UInt32]

  package init(_ plan: LoadPlan) {
    count = plan.taxis
    box = plan.box
    var draw = LoadDraw(seed: plan.seed, matter: 1)
    var places: [GeoPoint] = []
    (latitudes, longitudes, northward, eastward) = ([], [], [], [])
    // 1e-7° of latitude are 11 mm; of longitude about 9 mm in Korea.
    let seconds = Double(plan.reportEvery.count) / 1_000
    for _ in 0..<count {
      places.append(draw.place(in: plan.box))
      let speed = Double.random(in: 3...14, using: &draw)
      let north = Double.random(in: -1...1, using: &draw)
      let east = Double.random(in: -1...1, using: &draw)
      let scale = speed * seconds * 90 / max((north * north + east * east).squareRoot(), 0.01)
      northward.append(Int32(clamping: Int64(north * scale)))
      eastward.append(Int32(clamping: Int64(east * scale)))
    }
    latitudes = places.map(\.latitude)
    longitudes = places.map(\.longitude)
    numbers = Array(repeating: 1, count: count)
  }

  package func place(_ taxi: Int) -> GeoPoint {
    GeoPoint(latitude: latitudes[taxi], longitude: longitudes[taxi])
  }

  /// Bytes that no position line exceeds.
  package static let lineMost = 64

  /// Moves the next `taxis`, going around `range`, and writes their position lines.
  ///
  /// - Parameters:
  ///   - taxis: how many.
  ///   - range: of the taxis of one connection, not empty.
  ///   - cursor: the taxi to begin with; moved on.
  ///   - out: room for `taxis` times ``lineMost`` bytes.
  /// - Returns: bytes written.
  package mutating func report(
    _ taxis: Int,
    of range: Range<Int>,
    cursor: inout Int,
    into out: UnsafeMutableRawBufferPointer
  ) -> Int {
    precondition(out.count >= taxis * Self.lineMost, "no room for \(taxis) lines")
    guard let base = out.baseAddress else { return 0 }
    var writer = RawLine(base)
    for _ in 0..<taxis {
      move(&latitudes[cursor], &northward[cursor], box.south, box.north)
      move(&longitudes[cursor], &eastward[cursor], box.west, box.east)
      numbers[cursor] &+= 1
      writer.position(
        taxi: cursor,
        latitude: latitudes[cursor],
        longitude: longitudes[cursor],
        number: numbers[cursor]
      )
      cursor += 1
      if cursor == range.upperBound { cursor = range.lowerBound }
    }
    return writer.count
  }

  /// A step, turning around at the box's edge.
  @inline(__always)
  private func move(_ at: inout Int32, _ step: inout Int32, _ low: Int32, _ high: Int32) {
    let next = at.addingReportingOverflow(step)
    if next.overflow || next.partialValue < low || next.partialValue > high {
      step = 0 &- step
    } else {
      at = next.partialValue
    }
  }
}

/// Bytes of position lines behind a pointer: `P t17 37.566512,126.978103 n=4`. The caller has made
/// sure of the room.
struct RawLine {
  private let base: UnsafeMutableRawPointer
  private(set) var count = 0

  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  mutating func position(taxi: Int, latitude: Int32, longitude: Int32, number: UInt32) {
    byte(UInt8(ascii: "P"))
    byte(0x20)
    byte(UInt8(ascii: "t"))
    whole(UInt32(truncatingIfNeeded: taxi))
    byte(0x20)
    degrees(latitude)
    byte(UInt8(ascii: ","))
    degrees(longitude)
    byte(0x20)
    byte(UInt8(ascii: "n"))
    byte(UInt8(ascii: "="))
    whole(number)
    byte(10)
  }

  @inline(__always)
  private mutating func byte(_ value: UInt8) {
    base.storeBytes(of: value, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  private mutating func whole(_ value: UInt32) {
    var digits = 1
    var power: UInt32 = 10
    while digits < 10, value >= power {
      digits += 1
      power = digits < 10 ? power * 10 : power
    }
    fill(value, digits)
  }

  /// With six decimals, 11 cm: what a device sends.
  private mutating func degrees(_ value: Int32) {
    if value < 0 { byte(UInt8(ascii: "-")) }
    let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: 10_000_000)
    self.whole(whole)
    byte(UInt8(ascii: "."))
    fill(rest / 10, 6)
  }

  @inline(__always)
  private mutating func fill(_ value: UInt32, _ digits: Int) {
    var rest = value
    var at = count + digits
    count = at
    for _ in 0..<digits {
      let (tenth, digit) = rest.quotientAndRemainder(dividingBy: 10)
      at -= 1
      base.storeBytes(of: 48 + UInt8(truncatingIfNeeded: digit), toByteOffset: at, as: UInt8.self)
      rest = tenth
    }
  }
}
