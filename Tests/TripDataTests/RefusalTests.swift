import Testing
import TripData

private let day = "cab,latitude,longitude,occupied,unix_time\n"

@Suite struct RefusalTests {
  @Test func `an empty file, a header alone and an empty gzip are refused as empty`() throws {
    #expect(try refusal([])?.fault == .empty)
    #expect(try refusal(Array(day.utf8))?.fault == .empty)
    #expect(try refusal(gzip(""))?.fault == .empty)
  }

  @Test func `a file that is not there says so`() {
    #expect(throws: TripFileError.self) { try TripReader.read(files: ["/no/such/file.csv"]) }
    #expect(throws: TripFileError.self) { try TripReader.read(files: []) }
  }

  @Test func `bytes that are no text are refused`() throws {
    #expect(try refusal([0x50, 0x4B, 3, 4, 0, 0, 0, 0])?.fault == .binary)
  }

  @Test func `a gzip cut short names the line where it ends`() throws {
    let rows = (0..<4_000).map { "a,37.7,-122.4,0,\(1_211_033_530 + $0)\n" }.joined()
    var bytes = gzip(day + rows)
    bytes.removeLast(20_000)
    let error = try #require(try refusal(bytes))
    #expect(error.fault == .truncatedGzip)
    let whole = (bytes.count - 25) / (rows.utf8.count / 4_000)
    #expect(abs((error.line ?? 0) - whole) < 4)
    #expect(error.description.contains(":\(error.line ?? 0): the gzip stream ends early"))
  }

  @Test func `a damaged gzip is refused, and several members are one file`() throws {
    let row = "a,37.7,-122.4,0,1211033530\n"
    var bytes = gzip(day + row)
    bytes[bytes.count - 6] ^= 1
    #expect(try refusal(bytes)?.fault == .damagedGzip)
    let files = try Files()
    let members = gzip(day + row) + gzip("a,37.7,-122.4,0,1211033560\n") + [0, 0, 0]
    let path = try files.write("day.csv.gz", members)
    #expect(try TripReader.read(files: [path]).report.rows == 2)
  }

  @Test func `an unknown header lists what is known`() throws {
    let error = try #require(try refusal(Array("a,b,c\n1,2,3\n".utf8)))
    #expect(error.fault == .unknownLayout)
    #expect(error.line == 1)
    #expect(error.value == "a,b,c")
    #expect(error.fix.contains("cabspotting-day"))
  }

  @Test func `a told layout that the file has not is refused`() throws {
    let bytes = Array((day + "a,37.7,-122.4,0,1211033530\n").utf8)
    let error = try #require(try refusal(bytes, layout: .tlc))
    #expect(error.fault == .wrongLayout)
    #expect(error.problem.contains("cabspotting-day"))
  }

  @Test func `files of two layouts do not make one log`() throws {
    let files = try Files()
    let cabs = try files.write("a.csv", day + "a,37.7,-122.4,0,1211033530\n")
    let rides = try files.write(
      "b.csv",
      "pickup_at,dropoff_at,pickup_lat,pickup_lon,dropoff_lat,dropoff_lon\n1,2,3,4,5,6\n"
    )
    #expect(throws: TripFileError.self) { try TripReader.read(files: [cabs, rides]) }
  }

  @Test func `TLC files with zones instead of coordinates say why they are refused`() throws {
    let header =
      "VendorID,tpep_pickup_datetime,tpep_dropoff_datetime,passenger_count,"
      + "trip_distance,RatecodeID,store_and_fwd_flag,PULocationID,DOLocationID\n"
    let error = try #require(try refusal(Array(header.utf8)))
    #expect(error.fault == .noCoordinates)
    #expect(error.column == "PULocationID")
  }

  @Test func `a header without a needed column names it`() throws {
    let header = "request_id,pickup_at,dropoff_at,pickup_lat,pickup_lon,dropoff_lat\n"
    let error = try #require(try refusal(Array(header.utf8)))
    #expect(error.fault == .missingColumn)
    #expect(error.column == "dropoff_lon")
    let fare = "medallion, hack_license, vendor_id, pickup_datetime, payment_type, fare_amount\n"
    #expect(try refusal(Array(fare.utf8))?.fix.contains("trip_data") == true)
  }

  @Test func `more than a tenth of broken rows is no file of this layout`() throws {
    func file(broken: Int, good: Int) -> [UInt8] {
      let bad = (0..<broken).map { _ in "a,37.7,-122.4,2,1211033530\n" }.joined()
      let fine = (0..<good).map { "a,37.7,-122.4,0,\(1_211_033_530 + $0)\n" }.joined()
      return Array((day + bad + fine).utf8)
    }
    #expect(try refusal(file(broken: 10, good: 90)) == nil)
    #expect(try refusal(file(broken: 9, good: 1)) == nil)
    #expect(try refusal(file(broken: 3, good: 0))?.fault == .tooManyBrokenRows)
    let error = try #require(try refusal(file(broken: 11, good: 90)))
    #expect(error.fault == .tooManyBrokenRows)
    #expect(error.line == 2)
    #expect(error.column == "occupied")
    #expect(error.value == "2")
  }

  @Test func `columns read by place may not change places`() throws {
    let header = "cab,longitude,latitude,occupied,unix_time\n"
    #expect(try refusal(Array(header.utf8))?.fault == .unknownLayout)
  }

  @Test func `an option out of range is named`() throws {
    var options = TripReader.Options()
    options.utcOffsetSeconds = .min
    #expect(throws: TripFileError.self) { try read(day, options: options) }
    options.utcOffsetSeconds = nil
    options.stopRadius = .max
    #expect(throws: TripFileError.self) { try read(day, options: options) }
  }

  @Test func `a folder and a device are no files`() {
    for path in ["/", "/dev/null"] {
      #expect(throws: TripFileError.self) { try TripReader.read(files: [path]) }
    }
  }

  @Test func `a line without end is no line`() throws {
    let bytes = Array(day.utf8) + [UInt8](repeating: 0x61, count: 2_000_000)
    #expect(try refusal(bytes)?.fault == .lineTooLong)
  }

  @Test(arguments: Seeds.all)
  func `damaged bytes are refused or counted, and never trap`(seed: UInt64) throws {
    var draws = Draws(seed: seed)
    let rides = (0..<30).map { ride in
      let tail = "-73.9,40.7,-73.95,40.75,1,\(ride),1"
      return "\(ride),START,2013-01-01 00:00:00,1970-01-01 00:00:00,\(tail)\n"
        + "\(ride),END,2013-01-01 00:10:00,2013-01-01 00:00:00,\(tail)\n"
    }.joined()
    let fixes = day + (0..<60).map { "a,37.7,-122.4,0,\(1_211_033_530 + $0)\n" }.joined()
    let generic =
      "request_id,pickup_at,dropoff_at,pickup_lat,pickup_lon,dropoff_lat,dropoff_lon\n"
      + (0..<60).map { "\($0),2013-01-01 00:00:00,1714522200,37.5,127.0,37.51,127.01\n" }.joined()
    for text in [rides, fixes, generic] {
      for isCompressed in [false, true] {
        var bytes = isCompressed ? gzip(text) : Array(text.utf8)
        for _ in 0..<Int.random(in: 1...40, using: &draws) {
          let index = Int.random(in: 0..<bytes.count, using: &draws)
          switch Int.random(in: 0..<3, using: &draws) {
          case 0: bytes[index] = UInt8.random(in: 0...255, using: &draws)
          case 1: bytes.remove(at: index)
          default:
            bytes.insert([0x2C, 0x22, 0x0A, 0x2D].randomElement(using: &draws) ?? 0, at: index)
          }
        }
        // Reading ends; what it says is the file's affair.
        _ = try refusal(bytes)
      }
    }
  }
}
