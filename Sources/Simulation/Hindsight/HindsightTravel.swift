import Matching

/// What the bound takes empty driving to be: the model of the run that it is compared with, and what
/// a taxi may do with its legs there.
public struct HindsightTravel: Sendable {
  /// What a policy's taxis do with their legs, and so how fast they can get anywhere at best.
  public enum Legs: Hashable, Sendable {
    /// Each leg is driven to its end as it was planned: a leg takes the model's time.
    case whole
    /// A leg may be broken off for another (reassignment, guidance), up to so many straight-line
    /// decimetres long. Where the model is faster on long legs, part of one gets a taxi farther than
    /// a short leg of the same time: so every stretch counts at the pace of the longest leg.
    case broken(longest: Int32)
  }

  public var model: any TravelModel
  /// Driven ÷ straight-line distance, in thousandths.
  public var detourPermille: Int
  /// The model's times may change at multiples of this many milliseconds since 1970, UTC, and at no
  /// other instant; `nil` = never.
  public var changesEvery: Int64?
  public var legs: Legs
  /// Driven metres an hour at which taxis without a ride move about; `nil` = they do not, or by
  /// legs of the model. Counts where legs may be broken.
  public var roamingSpeed: Int64?

  /// With `changesEvery` not given, a ``StraightLineModel`` never changes, and any other model at
  /// quarters of an hour, as local hours begin at one everywhere.
  public init(
    model: any TravelModel,
    detourPermille: Int,
    changesEvery: Int64? = nil,
    legs: Legs = .broken(longest: .max),
    roamingSpeed: Int64? = nil
  ) {
    self.model = model
    self.detourPermille = detourPermille
    self.changesEvery = changesEvery ?? (model is StraightLineModel ? nil : 900_000)
    self.legs = legs
    self.roamingSpeed = roamingSpeed
  }
}
