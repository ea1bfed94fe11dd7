import Foundation
import Simulation
import TripData

/// What one generated day amounts to, by hour of the local clock.
struct SyntheticDay {
  struct Hour {
    var rides = 0
    var metres = 0
    var rideTime: Int64 = 0
    /// Rides under way and taxis on shift, averaged over the hour.
    var occupied = 0.0
    var onShift = 0.0
  }

  private(set) var hours = [Hour](repeating: Hour(), count: 24)
  private let rideTime: Int64
  private let onShiftTime: Int64

  init(_ city: SyntheticCity, _ parameters: SyntheticCity.Parameters) {
    let hour: Int64 = 3_600_000
    func clock(_ time: Int64) -> Int { Int((time + parameters.utcOffset) / hour % 24) }
    /// Hands each hour its part of a span, in hours.
    func spread(_ span: Range<Int64>, _ give: (Int, Double) -> Void) {
      var from = span.lowerBound
      while from < span.upperBound {
        let to = min(span.upperBound, (from / hour + 1) * hour)
        give(clock(from), Double(to - from) / Double(hour))
        from = to
      }
    }
    var hours = hours
    for trip in city.trips {
      let at = clock(trip.pickupAt)
      hours[at].rides += 1
      hours[at].metres += Int(trip.metres ?? 0)
      hours[at].rideTime += trip.dropoffAt - trip.pickupAt
      spread(trip.pickupAt..<trip.dropoffAt) { hours[$0].occupied += $1 }
    }
    for shift in city.shifts {
      spread(shift.start..<shift.end) { hours[$0].onShift += $1 }
      for rest in shift.offline { spread(rest) { hours[$0].onShift -= $1 } }
    }
    self.hours = hours
    rideTime = city.trips.reduce(0) { $0 + $1.dropoffAt - $1.pickupAt }
    onShiftTime = city.shifts.reduce(0) { $0 + $1.onShift }
  }

  var rides: Int { hours.reduce(0) { $0 + $1.rides } }

  var meanRideKilometres: Double {
    Double(hours.reduce(0) { $0 + $1.metres }) / Double(rides) / 1_000
  }

  var meanRideMinutes: Double { Double(rideTime) / Double(rides) / 60_000 }

  /// If every ride is served: 1 − ride time ÷ on-shift time.
  var vacancyByTime: Double { 1 - Double(rideTime) / Double(onShiftTime) }

  func share(of clock: [Int]) -> Double {
    Double(clock.reduce(0) { $0 + hours[$1].rides }) / Double(rides)
  }

  var table: String {
    func text(_ value: Double, _ decimals: Int) -> String {
      String(format: "%.\(decimals)f", value)
    }
    var lines = [
      "rides \(rides), mean \(text(meanRideKilometres, 2)) km and "
        + "\(text(meanRideMinutes, 1)) min; 23:00-01:00 \(text(100 * share(of: [23, 0]), 1)) %; "
        + "occupied \(rideTime / 3_600_000) h of \(onShiftTime / 3_600_000) h on shift, "
        + "vacancy by time \(text(100 * vacancyByTime, 1)) % if all are served",
      "", "| hour | boardings | share | km | min | occupied | on shift |",
      "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (clock, hour) in hours.enumerated() {
      let count = Double(max(hour.rides, 1))
      lines.append(
        "| \(clock) | \(hour.rides) | \(text(100 * share(of: [clock]), 1)) % "
          + "| \(text(Double(hour.metres) / count / 1_000, 1)) "
          + "| \(text(Double(hour.rideTime) / count / 60_000, 1)) "
          + "| \(text(hour.occupied, 0)) | \(text(hour.onShift, 0)) |"
      )
    }
    return lines.joined(separator: "\n")
  }
}
