/// What has changed in the view that other software may read: a copy, behind the facts by a second or
/// so, that decides nothing and promises nothing.
public struct LiveView: Sendable {
  /// A taxi that could be matched, and where it is.
  public struct FreeTaxi: Sendable {
    public var name: [UInt8]
    /// In ten-millionths of a degree.
    public var latitude: Int32
    public var longitude: Int32

    public init(name: [UInt8], latitude: Int32, longitude: Int32) {
      self.name = name
      self.latitude = latitude
      self.longitude = longitude
    }
  }

  /// The last fact that it speaks of.
  public var upTo: UInt64
  /// Whether ``free`` is all of them, and whatever was shown before is void.
  public var isWhole: Bool
  /// Those that became free or moved.
  public var free: [FreeTaxi] = []
  /// Names of those that are not free any more.
  public var gone: [[UInt8]] = []
  /// Counts by name, all of them.
  public var counts: [(name: String, count: Int)] = []

  public init(upTo fact: UInt64, isWhole: Bool) {
    upTo = fact
    self.isWhole = isWhole
  }
}
