/// A ratio kept as its two whole numbers until it is printed.
package struct Ratio: Equatable, Sendable {
  package var numerator: Int64
  package var denominator: Int64

  package init(_ numerator: Int64, _ denominator: Int64) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// `nil` when nothing was measured.
  package var value: Double? {
    denominator > 0 ? Double(numerator) / Double(denominator) : nil
  }
}

extension Figures.Split {
  package var vacancyRatio: Ratio { Ratio(empty, total) }
}

extension Figures {
  /// Rides whose end is known: the share served is taken of these.
  package var settled: Int { service.served + service.gaveUp + service.expired }
  package var unserved: Int { service.gaveUp + service.expired }
  package var shareServed: Ratio { Ratio(Int64(service.served), Int64(settled)) }

  /// Kilometres driven empty to a ride that is not the first of its shift, per such ride.
  package var emptyKilometresPerRide: Ratio {
    Ratio(emptyMetresAfterFirst, Int64(ridesAfterFirst) * 1_000)
  }
  package var pickupMetresPerRide: Ratio { Ratio(metres.pickup, Int64(service.served)) }
  package var occupiedKilometresPerRide: Ratio {
    Ratio(metres.occupied, Int64(service.served) * 1_000)
  }
  package var ridesPerHour: Ratio { Ratio(Int64(service.served) * 3_600_000, time.total) }

  /// Whether empty time and distance can be told apart: recorded data say that a taxi was empty,
  /// not why, and put all of it under idle.
  package var tellsEmptyApart: Bool { wait != nil || time.pickup + time.guided > 0 }
}

extension Figures.Wait {
  /// Rides that boarded.
  package var boarded: Int { histogram.reduce(0, +) }
  /// Mean in whole milliseconds; `nil` when nobody boarded.
  package var meanMilliseconds: Int64? {
    guard boarded > 0, mean.isFinite, mean >= 0, mean < 1e15 else { return nil }
    return Int64(mean.rounded())
  }
}
