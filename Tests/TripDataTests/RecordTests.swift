import Foundation
import Spatial
import Testing
import TripData

/// One START and END pair as the layout writes them.
private func events(
  _ id: Int,
  _ start: String = "00:00:00",
  _ end: String = "00:10:00",
  from: String = "-73.9,40.70",
  to: String = "-73.95,40.75",
  passengers: Int = 1,
  taxi: Int = 7
) -> String {
  let tail = "\(from),\(to),\(passengers),\(taxi),1"
  return "\(id),START,2013-01-01 \(start),1970-01-01 00:00:00,\(tail)\n"
    + "\(id),END,2013-01-01 \(end),2013-01-01 \(start),\(tail)\n"
}

@Suite struct EventTests {
  @Test func `a pair of events is one trip in New York time`() throws {
    let log = try read(events(5, passengers: 3))
    #expect(log.layout == .nycEvents)
    #expect(log.taxis == ["7"])
    #expect(
      log.trips == [
        Trip(
          id: 5,
          taxi: 0,
          pickupAt: 1_357_016_400_000,
          dropoffAt: 1_357_017_000_000,
          from: place(40.70, -73.9),
          to: place(40.75, -73.95),
          passengers: 3
        )
      ]
    )
  }

  @Test func `each fault is counted under its cause and nothing is lost`() throws {
    let lonelyStart = events(20).split(separator: "\n")[0] + "\n"
    let lonelyEnd = events(21).split(separator: "\n")[1] + "\n"
    let otherTaxi =
      events(22).split(separator: "\n")[0] + "\n" + events(22, taxi: 8).split(separator: "\n")[1]
      + "\n"
    let text =
      events(1) + lonelyStart + lonelyEnd + otherTaxi
      + events(1, "05:00:00", "05:10:00")  // a second START and END of one id
      + events(2, "01:00:00", "01:10:00", from: "0,0")
      + events(3, "01:00:00", "01:10:00", to: "0.0,40.7")
      + events(4, "01:00:00", "01:10:00", to: "-79.9,40.7")
      + events(5, "01:00:00", "00:50:00")
      + events(6, "01:00:00", "01:00:00")
      + events(7, "01:00:00", "04:00:01")
      + events(8, "01:00:00", "01:10:00", to: "-73.9,40.70")
      + events(9, "01:00:00", "01:00:30")
      + events(10, "00:09:59", "00:20:00")  // begins before the drop-off of ride 1
      + events(11, "00:10:00", "00:20:00", passengers: 0)
    let log = try read(text)
    let report = log.report
    #expect(log.trips.map(\.id) == [1, 11])
    #expect(report.rows == 28)
    let expected: [DropCause: Int] = [
      .startWithoutEnd: 1, .endWithoutStart: 1, .mismatchedPair: 1, .duplicateID: 2,
      .zeroCoordinate: 2, .outOfRegion: 1, .timeReversed: 1, .zeroDuration: 1, .tooLong: 1,
      .samePlace: 1, .tooFast: 1, .overlap: 1,
    ]
    for cause in DropCause.allCases {
      #expect(report.dropped(cause) == expected[cause] ?? 0, "\(cause.rawValue)")
    }
    #expect(report.rides == report.kept + report.ridesDropped)
    #expect(report.passengersCorrected == 1)
    #expect(
      report.drops.first { $0.cause == .startWithoutEnd }?.examples.first?.hasSuffix(":3") == true
    )
  }

  @Test func `single broken rows are counted with line, column and value`() throws {
    let good = (1...40).map { events($0, taxi: $0) }.joined()
    let log = try read(good + "99,STOP,2013-01-01 00:00:00,x,1,2,3,4,1,1,1\n1,2\n")
    #expect(log.trips.count == 40)
    #expect(log.report.dropped(.malformed) == 2)
    let examples = try #require(log.report.drops.first?.examples)
    #expect(examples[0].hasSuffix(":81: column event: \"STOP\": is neither START nor END"))
    #expect(
      examples[1].hasSuffix(":82: column 3: \"1,2\": the row has 2 fields where the layout has 11")
    )
  }
}

/// A ride of ten minutes in July; every TLC header tells the same one.
private let tlcFiles: [(String, String, Int32)] = [
  (
    "2009",
    """
    vendor_name,Trip_Pickup_DateTime,Trip_Dropoff_DateTime,Passenger_Count,Trip_Distance,Start_Lon,Start_Lat,Rate_Code,store_and_forward,End_Lon,End_Lat,Payment_Type,Fare_Amt,surcharge,mta_tax,Tip_Amt,Tolls_Amt,Total_Amt
    VTS,2009-07-04 02:52:00,2009-07-04 03:02:00,1,2.6299999999999999,-73.991957,40.721567,,,-73.993803,40.695922,CASH,8.9,0.5,,0,0,9.4
    """, 4_233
  ),
  (
    "2010",
    """
    vendor_id,pickup_datetime,dropoff_datetime,passenger_count,trip_distance,pickup_longitude,pickup_latitude,rate_code,store_and_fwd_flag,dropoff_longitude,dropoff_latitude,payment_type,fare_amount,surcharge,mta_tax,tip_amount,tolls_amount,total_amount
    CMT,2009-07-04 02:52:00,2009-07-04 03:02:00,1,2.6,-73.991957,40.721567,1,,-73.993803,40.695922,Cas,8.9,0,0.5,0,0,9.4
    """, 4_184
  ),
  (
    "2014",
    """
    vendor_id, pickup_datetime, dropoff_datetime, passenger_count, trip_distance, pickup_longitude, pickup_latitude, rate_code, store_and_fwd_flag, dropoff_longitude, dropoff_latitude, payment_type, fare_amount, surcharge, mta_tax, tip_amount, tolls_amount, total_amount

    CMT,2009-07-04 02:52:00,2009-07-04 03:02:00,1,2.6,-73.991957,40.721567,1,N,-73.993803,40.695922,CSH,8.9,0,0.5,0,0,9.4
    """, 4_184
  ),
  (
    "2015",
    """
    VendorID,tpep_pickup_datetime,tpep_dropoff_datetime,passenger_count,trip_distance,pickup_longitude,pickup_latitude,RateCodeID,store_and_fwd_flag,dropoff_longitude,dropoff_latitude,payment_type,fare_amount,extra,mta_tax,tip_amount,tolls_amount,improvement_surcharge,total_amount
    2,2009-07-04 02:52:00,2009-07-04 03:02:00,1,2.6,-73.991957,40.721567,1,N,-73.993803,40.695922,2,8.9,0,0.5,0,0,0.3,9.7
    """, 4_184
  ),
]

@Suite struct RecordLayoutTests {
  @Test(arguments: tlcFiles)
  func `every TLC header with coordinates is read`(
    year: String,
    text: String,
    metres: Int32
  ) throws {
    var options = TripReader.Options()
    options.utcOffsetSeconds = -4 * 3_600
    let log = try read(text + "\r\n", options: options)
    #expect(log.layout == .tlc)
    #expect(log.taxis.isEmpty)
    #expect(log.report.rows == 1)
    #expect(
      log.trips == [
        Trip(
          id: 1,
          taxi: -1,
          pickupAt: 1_246_690_320_000,
          dropoffAt: 1_246_690_920_000,
          from: place(40.721567, -73.991957),
          to: place(40.695922, -73.993803),
          metres: metres
        )
      ]
    )
    #expect(throws: ShiftRuleError.noTaxis(.tlc)) { try log.shifts(by: .gaps) }
  }

  @Test func `a FOIL file has medallions, and blanks after its commas`() throws {
    let log = try read(
      """
      medallion, hack_license, vendor_id, rate_code, store_and_fwd_flag, pickup_datetime, dropoff_datetime, passenger_count, trip_time_in_secs, trip_distance, pickup_longitude, pickup_latitude, dropoff_longitude, dropoff_latitude
      BB,H1,CMT,1,N,2013-01-01 15:11:48,2013-01-01 15:18:10,4,382,1.00,-73.978165,40.757977,-73.989838,40.751171
      AA,H2,CMT,1,N,2013-01-01 14:11:48,2013-01-01 14:18:10,208,382,999999,-73.978165,40.757977,-73.989838,40.751171
      AA,H2,CMT,1,N,2013-01-01 15:11:48,2013-01-01 15:18:10,4,382,1.00,,,-73.989838,40.751171
      """
    )
    #expect(log.layout == .nycFoil)
    #expect(log.taxis == ["AA", "BB"])
    #expect(log.trips.map(\.taxi) == [0, 1])
    #expect(log.trips.map(\.metres) == [nil, 1_609])
    #expect(log.trips.map(\.passengers) == [1, 4])
    #expect(log.report.dropped(.zeroCoordinate) == 1)
    #expect(throws: ShiftRuleError.noTrace(.nycFoil)) { try log.shifts(by: .presence) }
  }

  @Test func `a file of DEBS 2015 has no header`() throws {
    let row =
      "M1,H1,2013-01-01 00:00:00,2013-01-01 00:02:00,120,0.44,-73.956528,40.716976,"
      + "-73.962440,40.715008,CSH,3.50,0.50,0.50,0.00,0.00,4.50\n"
    let log = try read(row)
    #expect(log.layout == .debs2015)
    #expect(log.taxis == ["M1"])
    #expect(log.trips.first?.metres == 708)
    #expect(log.trips.first?.from == place(40.716976, -73.956528))
  }

  @Test func `a generic file may use every kind of time and quotes`() throws {
    let log = try read(
      """
      request_id,taxi_id,requested_at,pickup_at,dropoff_at,pickup_lat,pickup_lon,dropoff_lat,dropoff_lon,passengers,distance_m,weather
      12,"t ""1"", red",2024-05-01T08:59:00+09:00,2024-05-01T09:00:00+09:00,2024-05-01T00:10:00Z,37.5,127.0,37.51,127.01,2,2400.4,dry
      9,,,1714521600,1714522200000,37.5,127.0,37.51,127.01,,,wet
      9,,,1714521600,1714522200000,37.5,127.0,37.51,127.01,,,wet
      10,,1714521601,1714521600,1714522200000,37.5,127.0,37.51,127.01,,,wet
      """
    )
    #expect(log.layout == .generic)
    #expect(log.report.ignoredColumns == ["weather"])
    #expect(log.report.dropped(.duplicateID) == 1)
    #expect(log.report.dropped(.timeReversed) == 1)
    #expect(log.taxis == ["t \"1\", red"])
    #expect(log.trips.map(\.id) == [9, 12])
    #expect(log.trips.map(\.taxi) == [-1, 0])
    #expect(log.trips.map(\.pickupAt) == [1_714_521_600_000, 1_714_521_600_000])
    #expect(log.trips.map(\.metres) == [nil, 2_400])
    #expect(log.trips.map(\.requestedAt) == [nil, 1_714_521_540_000])
  }

  @Test func `one id that is no number makes row numbers of all`() throws {
    let log = try read(
      """
      request_id,pickup_at,dropoff_at,pickup_lat,pickup_lon,dropoff_lat,dropoff_lon
      800,1714521600,1714522200,37.5,127.0,37.51,127.01
      x-1,1714521600,1714522200,37.5,127.0,37.51,127.01
      """
    )
    #expect(log.trips.map(\.id) == [1, 2])
  }

  @Test func `the region is an option, and the order of files changes no name's rank`() throws {
    let files = try Files()
    let one = try files.write("1.csv", events(1, taxi: 9))
    let two = try files.write("2.csv", events(2, "02:00:00", "02:10:00", taxi: 3))
    let log = try TripReader.read(files: [one, two])
    let other = try TripReader.read(files: [two, one])
    #expect(log.taxis == ["3", "9"])
    #expect(log.taxis == other.taxis && log.trips == other.trips)
    var options = TripReader.Options()
    options.region = Region(south: 40.71, west: -74, north: 40.8, east: -73)
    #expect(try TripReader.read(files: [one], options: options).report.dropped(.outOfRegion) == 1)
  }
}

@Suite struct CallTests {
  /// 종로구, 송정동 and so on in CP949.
  private func row(_ assigned: String, _ number: UInt8) -> [UInt8] {
    let district: [UInt8] = [0xC1, 0xBE, 0xB7, 0xCE, 0xB1, 0xB8]
    let dong: [UInt8] = [0xBC, 0xDB, 0xC1, 0xA4, 0xB5, 0xBF]
    let places = district + [0x2C] + dong + [0x2C] + district + [0x2C] + dong
    let times = ",2021-09-01,08:00:00,2021-09-01,\(assigned),2021-09-01,08:30:00\n"
    return [0x30 + number] + Array(",A B,".utf8) + places + Array(times.utf8)
  }

  @Test func `calls keep names and three times; repeats and bookings are counted`() throws {
    let header =
      "no,cartype,startpos1,startpos2,endpos1,endpos2,receipttime_date,receipttime_time,"
      + "settime_date,settime_time,ridetime_date,ridetime_time\n"
    let rows = row("08:10:00", 4) + row("08:10:00", 4) + row("07:10:00", 3)
    let files = try Files()
    let path = try files.write("calls.csv", Array(header.utf8) + rows)
    let log = try TripReader.read(files: [path])
    #expect(log.layout == .seoulCallTaxi)
    #expect(log.taxis == ["3", "4"])
    #expect(log.trips.isEmpty)
    #expect(log.calls.count == 2)
    #expect(log.report.dropped(.duplicateRow) == 1)
    #expect(log.report.bookings == 1)
    let first = try #require(log.calls.first)
    #expect(first.from == Neighbourhood(district: "종로구", neighbourhood: "송정동"))
    #expect(first.vehicleType == "AB")
    #expect(first.taxi == 1)
    #expect(first.assignedAt - first.requestedAt == 600_000)
    #expect(first.requestedAt == 1_630_450_800_000)
    #expect(throws: ShiftRuleError.noDropoffs(.seoulCallTaxi)) { try log.shifts(by: .gaps) }
  }
}
