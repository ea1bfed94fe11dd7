import Foundation
import Simulation
import Spatial
import TripData

/// A made-up city of two square districts a kilometre apart, and the path of the bundled one.
enum SmallCity {
  static let districts = """
    name,home,work,leisure,hubs,outline
    West,300,100,10,,0.00 0.00;0.00 0.04;0.04 0.04;0.04 0.00
    East,100,300,30,0.02 0.07 400 50,0.00 0.05;0.00 0.09;0.04 0.09;0.04 0.05
    """

  static let hours =
    "hour,rides,speed_kmh,reach_km,from_home,from_work,from_leisure,to_home,to_work,to_leisure\n"
    + (0..<24).map { "\($0),\($0 == 9 ? 300 : 100),24.5,1.5,50,25,25,25,50,25" }
    .joined(separator: "\n")

  static let shifts = """
    group,percent,days_on,days_of,shifts_per_day,start,start_spread_min,length_min,length_spread_min,break_min
    firm,40,1,1,2,04:00,120,600,200,30
    own,60,2,3,1,22:30,300,500,700,45
    """

  static func plan(
    districts: String = districts,
    hours: String = hours,
    shifts: String = shifts
  ) throws -> CityPlan {
    try CityPlan(
      districts: (districts, "districts.csv"),
      hours: (hours, "hours.csv"),
      shifts: (shifts, "shifts.csv")
    )
  }

  static func parameters(taxis: Int = 500, rides: Int = 5_000, days: Int = 2) throws
    -> SyntheticCity.Parameters
  {
    SyntheticCity.Parameters(plan: try plan(), taxis: taxis, ridesPerDay: rides, days: days)
  }

  static let seoul = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../simulations/synthetic-seoul/districts.csv").standardizedFileURL.path

  /// Everything a city holds, folded by FNV-1a over 64-bit words.
  static func digest(_ city: SyntheticCity) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func fold(_ values: Int64...) {
      for value in values { hash = (hash ^ UInt64(bitPattern: value)) &* 0x100_0000_01B3 }
    }
    func fold(_ place: GeoPoint) { fold(Int64(place.latitude), Int64(place.longitude)) }
    for trip in city.trips {
      fold(Int64(trip.id), Int64(trip.taxi), trip.pickupAt, trip.dropoffAt)
      fold(Int64(trip.metres ?? -1), Int64(trip.passengers), trip.requestedAt ?? -1)
      fold(trip.from)
      fold(trip.to)
    }
    for shift in city.shifts {
      fold(Int64(shift.taxi), shift.start, shift.end)
      fold(shift.place)
      for rest in shift.offline { fold(rest.lowerBound, rest.upperBound) }
    }
    fold(Int64(city.taxiCount))
    return hash
  }
}
