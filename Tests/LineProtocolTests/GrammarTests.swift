import LineProtocol
import Matching
import Spatial
import Testing

/// What lines mean and what is wrong with them, as tables.
@Suite struct GrammarTests {
  private func read(_ line: String) throws(LineError) -> ClientLine {
    try ClientLine(Array(line.utf8).span)
  }

  private static let taxi = Identifier("t", 1)
  private static let ride = Identifier("r", 1)

  private static func place(_ latitude: Int32, _ longitude: Int32) -> GeoPoint {
    GeoPoint(latitude: latitude, longitude: longitude)
  }

  @Test(arguments: [
    ("37.5,126.9", place(375_000_000, 1_269_000_000)),
    ("-0.0000001,-180", place(-1, -1_800_000_000)),
    ("126.9780,37.5665", place(1_269_780_000, 375_665_000)),
    ("37.5N,126.9E", place(375_000_000, 1_269_000_000)),
    ("126.9E,37.5N", place(375_000_000, 1_269_000_000)),
    ("33.9S,70.6W", place(-339_000_000, -706_000_000)),
    ("70.6W,33.9S", place(-339_000_000, -706_000_000)),
    ("000,-0", place(0, 0)),
  ])
  func `a point is read`(text: String, place: GeoPoint) throws {
    #expect(
      try read("P t1 \(text)").command == .position(Self.taxi, PositionReportFields(place: place))
    )
  }

  @Test(arguments: [
    "37.5", "37.5,", ",126.9", "37.5,126.9,", "37.,126.9", ".5,126.9", "1000,5", "181,5",
    "5,-180.1",
    "37.12345678,126", "+37,126", "37.5N,126.9", "37.5N,126.9N", "-37.5N,126.9E", "91N,5E",
    "37.5n,126.9e", "1e2,5", "37·5,126", "--3,5", "NaN,5",
  ])
  func `what is no point is refused by name`(text: String) {
    let error = #expect(throws: LineError.self) { try read("P t1 \(text)") }
    #expect(error?.name == .value)
    #expect(error?.key == "point")
    #expect(readPosition(Array("P t1 \(text)".utf8)) == nil)
  }

  @Test(arguments: [
    ("0ms", 0), ("250ms", 250), ("90s", 90_000), ("5m", 300_000), ("2h", 7_200_000),
    ("999999999h", 3_599_999_996_400_000),
  ])
  func `a span is read`(text: String, millis: Int64) throws {
    guard case .request(let request) = try read("REQ r1 1,2 wait=\(text)").command else {
      Issue.record("no request")
      return
    }
    #expect(request.wait == Millis(millis))
  }

  @Test(arguments: [
    ("1763805600123", 1_763_805_600_123), ("2025-11-22T10:00:00Z", 1_763_805_600_000),
    ("2025-11-22T10:00:00.123Z", 1_763_805_600_123), ("2025-11-22T10:00:00.5Z", 1_763_805_600_500),
    ("2024-02-29T23:59:59.999Z", 1_709_251_199_999), ("2001-09-09T01:46:40Z", 1_000_000_000_000),
    ("2100-03-01T00:00:00Z", 4_107_542_400_000),
  ])
  func `a time is read`(text: String, millis: Int64) throws {
    #expect(try read("PING t=\(text)").command == .ping(time: Millis(millis)))
  }

  @Test(arguments: [
    "PING t=176380560012", "PING t=17638056001234", "PING t=2025-11-22",
    "PING t=2023-02-29T00:00:00Z",
    "PING t=2025-13-01T00:00:00Z", "PING t=2025-11-22T24:00:00Z", "PING t=2025-11-22T10:00:00",
    "PING t=1970-01-01T00:00:00Z", "PING t=0001897929473", "PING t=2625-11-22T10:00:00Z",
    "P t1 1,2 t=0001897929473",
    "REQ r1 1,2 wait=5", "REQ r1 1,2 wait=m", "REQ r1 1,2 wait=1.5m",
    "REQ r1 1,2 wait=1234567890s", "REQ r1 1,2 wait=-5s", "REQ r1 1,2 seats=0",
    "REQ r1 1,2 seats=9", "REQ r1 1,2 seats=two", "REQ r1 1,2 note=a%2", "REQ r1 1,2 note=%0A",
    "REQ r1 1,2 note=%FF", "REQ r1 1,2 tags=a,,b", "REQ r1 1,2 tags=a,a", "REQ r1 1,2 note=",
    "REQ r/1 1,2", "P t1 1,2 h=361", "P t1 1,2 h=-1", "P t1 1,2 s=-1", "P t1 1,2 a=123456789012",
    "P t1 1,2 n=1234567890123456789", "BUSY t1", "BUSY t1 reason=lunch", "CHANGE r1",
    "CHANGE r1 v=4294967296", "CANCEL r1 by=me", "NEAR 1,2", "GET RIDE r1", "SUB 0 req.*",
    "SUB 1 req.nothing", "SUB 1 req.*, from=now", "SUB 1 req.* from=4", "SUB 1 req.* near=1,2",
    "SUB 1 req.* box=2,2,1,1", "AUTH basic x", "AUTH mac k1 12ab", "OFF t1 force=yes",
    "SUB 1 req.* from=4-18446744073709551616",
  ])
  func `a wrong value names its key and what is allowed`(line: String) throws {
    let error = #expect(throws: LineError.self) { try read(line) }
    #expect(error?.name == .value, "\(line)")
    #expect(error?.retry == .never)
    #expect(error?.key != nil)
    #expect(error?.message.isEmpty == false)
  }

  @Test(arguments: [
    "#", "#1", "#a-b PING", "#12345678901234567 PING", "REQ r1 1,2 3,4 5,6", "REQ r1", "ON",
    "REQ r1 seats=2 1,2", "REQ r1 1,2 seats=2 seats=2", "REQ r1 1,2 Seats=2", "REQ r1 1,2 =2",
    "REQ r1 1,2 abcdefghijklmnopq=2", "WHO me", "ARRIVE r1", "AUTH token", "AUTH token a b",
    "P t1 1,2 n=1 n=2",
  ])
  func `a line that the grammar does not have is a syntax error`(line: String) throws {
    let error = #expect(throws: LineError.self) { try read(line) }
    #expect(error?.name == .syntax, "\(line)")
  }

  @Test func `unknown keys and more spaces are passed over`() throws {
    let line = try read("  #7  REQ r1   1,2 colour=red seats=2 ")
    var request = RideRequest(ride: Self.ride, from: Self.place(10_000_000, 20_000_000))
    request.seats = 2
    #expect(line == ClientLine(tag: Identifier("7"), .request(request)))
    #expect(readPosition(Array("P t1 1,2 colour=red".utf8)) == nil)
    #expect(try read("P t1 1,2 z=1").command.verb == .p)
  }

  @Test func `an error carries the tag of its line`() {
    let error = #expect(throws: LineError.self) { try read("#x1 REG r1 1,2") }
    #expect(error?.tag == Identifier("x1"))
    #expect(error?.name == .verb)
    #expect(error?.details == [Field("near", "REQ")])
    var writer = LineWriter()
    if let error { writer.write(error) }
    #expect(
      writer.text
        == "#x1 ERR 405 verb retry=never near=REQ msg=there%20is%20no%20verb%20REG%3B%20REQ%20is%20"
        + "near%3B%20HELP%20lists%20them\n"
    )
  }

  @Test func `free text comes back and cannot smuggle anything in`() {
    let text = "2nd gate, \"blue\" awning = 50 % 배차 🚕"
    let field = Field("note", text: text)
    #expect(field.value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    #expect(field.text == text)
    for hidden in ["%0A", "%00", "%7F", "%1B", "%C3", "%", "%G0"] {
      #expect(percentDecoded("a\(hidden)") == nil)
    }
  }

  @Test func `a swap is seen and the far away is not taken for one`() {
    let seoul = GeoBox(
      south: 374_000_000,
      west: 1_267_000_000,
      north: 377_000_000,
      east: 1_272_000_000
    )
    #expect(seoul.placement(of: Self.place(375_665_000, 1_269_780_000)) == .inside)
    #expect(seoul.placement(of: Self.place(1_269_780_000, 375_665_000)) == .swapped)
    #expect(seoul.placement(of: Self.place(0, 0)) == .outside)
    #expect(
      Self.place(375_665_499, -1_269_785_000).coarse == Self.place(375_670_000, -1_269_790_000)
    )
    #expect(Self.place(Int32.max, Int32.min).coarse.latitude > 0)
  }

  @Test func `kinds are listed by family`() throws {
    #expect(KindSet(list: "req.*,taxi.lost,pos")?.list == "req.*,taxi.lost,pos")
    #expect(KindSet(list: "taxi.*,req.*,offer.*,sys.*,pos")?.rawValue == 0xFF_FFFF)
    #expect(KindSet(list: "req.queued,pos,req.queued")?.list == "req.queued,pos")
    for wrong in ["", "req", "*", "req.", "POS", "req.*,"] { #expect(KindSet(list: wrong) == nil) }
    for kind in EventKind.allCases { #expect(EventKind(word: kind.word) == kind) }
  }

  @Test func `the server's own names are told from a client's`() {
    #expect(Identifier("o", 9).text == "o9")
    #expect(Identifier("o18446744073709551615")?.number(after: "o") == .max)
    for other in ["o", "o09", "o9x", "p9", "o18446744073709551616", "9", "o-9", "o٣"] {
      #expect(Identifier(other)?.number(after: "o") == nil, "\(other)")
    }
  }

  @Test func `every refusal of the engine has its code and a sentence`() {
    for refusal in Refusal.allCases {
      #expect(ErrorName.all.contains(ErrorName(refusal)))
      #expect(!refusal.sentence.isEmpty)
    }
    #expect(ErrorName.early.retry == .after(.seconds(1)))
    #expect(ErrorName.drain.retry == .elsewhere)
  }
}
