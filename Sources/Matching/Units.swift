/// An instant or a span in whole milliseconds. The engine is told the time; it never asks.
///
/// As an instant it counts from an origin that the host chooses (the server and the simulator use
/// the Unix epoch); the engine only compares and adds.
public struct Millis: Hashable, Comparable, Sendable {
  public var count: Int64

  @inlinable
  public init(_ count: Int64) { self.count = count }

  @inlinable
  public static func seconds(_ n: Int64) -> Millis { Millis(n * 1_000) }

  @inlinable
  public static func minutes(_ n: Int64) -> Millis { Millis(n * 60_000) }

  @inlinable
  public static func < (a: Millis, b: Millis) -> Bool { a.count < b.count }

  /// Saturates, so that a span which a client chose cannot overflow an instant.
  @inlinable
  public static func + (a: Millis, b: Millis) -> Millis {
    let (sum, overflow) = a.count.addingReportingOverflow(b.count)
    return Millis(overflow ? (b.count > 0 ? .max : .min) : sum)
  }

  /// Saturates, as `+` does.
  @inlinable
  public static func - (a: Millis, b: Millis) -> Millis {
    let (difference, overflow) = a.count.subtractingReportingOverflow(b.count)
    return Millis(overflow ? (b.count < 0 ? .max : .min) : difference)
  }

  @inlinable
  public static var never: Millis { Millis(.max) }
}

/// A taxi's outside id, as a number. The door maps names to numbers once, so that the engine never
/// hashes a string.
public struct TaxiID: Hashable, Sendable {
  public var value: UInt64
  @inlinable
  public init(_ value: UInt64) { self.value = value }
}

/// A ride's outside id, as a number; the same number is the same ride until it is forgotten.
public struct RideID: Hashable, Sendable {
  public var value: UInt64
  @inlinable
  public init(_ value: UInt64) { self.value = value }
}

/// An offer's id: the engine counts them from 1.
public struct OfferID: Hashable, Sendable {
  public var value: UInt64
  @inlinable
  public init(_ value: UInt64) { self.value = value }
}

/// What a taxi can carry, and what a ride needs, in one comparison: bits 0–7 say "at least 1…8
/// seats", bits 8–31 are 24 tags (wheelchair, child seat, large, …) whose meaning is the region's.
public struct Capabilities: Hashable, Sendable {
  public var bits: UInt32

  @inlinable
  public init(bits: UInt32) { self.bits = bits }

  public static let seatsMax: UInt8 = 8
  public static let tagsMask: UInt32 = 0x00FF_FFFF

  /// What a taxi with `seats` seats and `tags` offers; `seats` in 1…8, tags in the low 24 bits.
  @inlinable
  public static func of(taxiWith seats: UInt8, tags: UInt32) -> Capabilities {
    Capabilities(bits: (UInt32(1) << UInt32(seats)) - 1 | tags << 8)
  }

  /// What a party of `seats` with `tags` needs.
  @inlinable
  public static func of(rideWith seats: UInt8, tags: UInt32) -> Capabilities {
    Capabilities(bits: UInt32(1) << UInt32(seats - 1) | tags << 8)
  }

  @inlinable
  public func covers(_ need: Capabilities) -> Bool { bits & need.bits == need.bits }
}
