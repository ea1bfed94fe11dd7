import Foundation
import Testing
import TripData

@Suite struct NumberTests {
  @Test(arguments: [
    ("37.75153", 7, 377_515_300), ("-122.394470", 7, -1_223_944_700), ("0", 7, 0), (".5", 1, 5),
    ("5.", 1, 50), ("+1.25", 1, 13), ("-1.25", 1, -13), ("1e-05", 7, 100), ("-7.4E1", 0, -74),
    ("-73.982154846191406", 7, -739_821_548), ("1.99999999999999999999", 2, 200),
    ("12e2", 0, 1_200),
  ])
  func `a decimal becomes a whole number at its scale`(text: String, scale: Int, value: Int64) {
    #expect(withField(text) { fixedPoint($0, scale: scale) } == value)
  }

  @Test(arguments: [
    "", "-", ".", "1.2.3", "12a", "1e", "e5", "1e99", "999999999999999999999", "NaN",
  ])
  func `what is no number is none`(text: String) {
    #expect(withField(text) { fixedPoint($0, scale: 7) } == nil)
  }

  @Test(arguments: Seeds.all)
  func `random decimals agree with the library`(seed: UInt64) throws {
    var draws = Draws(seed: seed)
    for _ in 0..<500 {
      let value = Double.random(in: -180...180, using: &draws)
      let text = String(format: "%.\(Int.random(in: 0...12, using: &draws))f", value)
      let exact = try #require(Double(text))
      let read = try #require(withField(text) { fixedPoint($0, scale: 7) })
      #expect(abs(Double(read) - exact * 1e7) <= 0.5 + 1e-6, "seed \(seed): \(text)")
    }
  }

  @Test(arguments: Seeds.all)
  func `the short way and the long way read every text alike`(seed: UInt64) {
    var draws = Draws(seed: seed)
    let bytes = Array("0123456789.-+e5 ")
    for _ in 0..<5_000 {
      let text = String(
        (0..<Int.random(in: 0...14, using: &draws)).map { _ in
          bytes.randomElement(using: &draws) ?? "0"
        }
      )
      let scale = Int.random(in: 0...7, using: &draws)
      let short = withField(text) { fixedPoint($0, scale: scale) }
      let long = withField(text) { anyFixedPoint($0, scale: scale) }
      #expect(short == long, "seed \(seed): \(text) at \(scale)")
    }
  }

  @Test func `a whole number is digits alone`() {
    #expect(withField("-42") { wholeNumber($0) } == -42)
    for text in ["", "-", "4.2", " 42", "1234567890123456789"] {
      #expect(withField(text) { wholeNumber($0) } == nil, "\(text)")
    }
  }
}

@Suite struct TimeTests {
  @Test(arguments: [
    ("1970-01-01 00:00:00", 0, 0), ("2013-01-01 00:00:00", -18_000, 1_357_016_400_000),
    ("2013-01-01T00:00:00Z", -18_000, 1_356_998_400_000),
    ("2013-01-01T09:00:00+09:00", 0, 1_356_998_400_000),
    ("2013-01-01T00:00:00.250-0500", 0, 1_357_016_400_250),
    ("2012-02-29 23:59", 0, 1_330_559_940_000),
    ("2013-01-01 00:00:00 UTC", -18_000, 1_356_998_400_000),
  ])
  func `a time becomes Unix milliseconds`(text: String, offset: Int, millis: Int64) {
    #expect(withField(text) { isoTime($0, utcOffsetSeconds: offset) } == millis)
  }

  @Test(arguments: [
    "2013-02-29 00:00:00", "2013-13-01 00:00:00", "2013-00-10 00:00:00", "2013-01-01 24:00:00",
    "2013-01-01 00:60:00", "2013-01-01", "2013-01-01 00:00:00x", "2013-01-01 00:00:00.",
    "2013/01/01 00:00:00", "2013-01-01 00:00:00+9", "20130101T000000Z    ", "1213-01-01 00:00:00",
  ])
  func `what is no time is none`(text: String) {
    #expect(withField(text) { isoTime($0, utcOffsetSeconds: 0) } == nil)
  }

  @Test func `every day from 1900 to 2199 follows the one before`() {
    var expected: Int64 = -25_567 * 86_400_000
    for year in 1900..<2200 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let months = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      for (month, days) in months.enumerated() {
        for day in 1...days {
          let text = String(format: "%04d-%02d-%02d 00:00:00", year, month + 1, day)
          let time = withField(text) { isoTime($0, utcOffsetSeconds: 0) }
          if time != expected { Issue.record("\(text): \(String(describing: time))") }
          expected += 86_400_000
        }
      }
    }
  }

  @Test func `a bare number is seconds, or milliseconds when it is large`() {
    #expect(withField("1357016400") { anyTime($0, utcOffsetSeconds: 0) } == 1_357_016_400_000)
    #expect(withField("1357016400.5") { anyTime($0, utcOffsetSeconds: 0) } == 1_357_016_400_500)
    #expect(withField("1357016400500") { anyTime($0, utcOffsetSeconds: 0) } == 1_357_016_400_500)
    #expect(withField("99999999999999") { anyTime($0, utcOffsetSeconds: 0) } == nil)
  }
}

@Suite struct FieldTests {
  @Test func `quotes hold commas, doubled quotes and blanks`() {
    #expect(
      splitHeader(" a ,\"b, c\",\"d \"\"e\"\" f\",\" g \",,h") == [
        "a", "b, c", "d \"e\" f", " g ", "", "h",
      ]
    )
    #expect(splitHeader("\"open, to the end") == ["open, to the end"])
    #expect(splitHeader("a,") == ["a", ""])
  }

  @Test(arguments: Seeds.all)
  func `fields written with quotes are read back`(seed: UInt64) {
    var draws = Draws(seed: seed)
    for _ in 0..<200 {
      let fields = (0..<Int.random(in: 1...9, using: &draws)).map { _ in
        String(
          (0..<Int.random(in: 0...6, using: &draws)).map { _ in
            ["a", "\"", ",", "é", "7"].randomElement(using: &draws) ?? "a"
          }.joined()
        )
      }
      let line = fields.map { "\"\($0.replacingOccurrences(of: "\"", with: "\"\""))\"" }
        .joined(separator: ",")
      #expect(splitHeader(line) == fields, "seed \(seed)")
    }
  }
}

@Suite struct CP949Tests {
  private func decode(_ bytes: [UInt8]) -> String? {
    var bytes = bytes
    return bytes.withUnsafeMutableBufferPointer { decodeCP949($0) }
  }

  @Test func `syllables of both halves, ASCII and the middle dot are read`() {
    #expect(decode([0xB0, 0xA1, 0xC8, 0xFE]) == "가힝")
    #expect(decode([0x81, 0x41, 0xC6, 0x52]) == "갂힣")
    #expect(decode([0xC1, 0xBE, 0xB7, 0xCE, 0x35, 0xA1, 0xA4, 0x36]) == "종로5·6")
  }

  @Test func `a cut or unknown pair is no text`() {
    #expect(decode([0xB0]) == nil)
    #expect(decode([0xB0, 0x20]) == nil)
    #expect(decode([0xCA, 0xA1]) == nil)
    #expect(decode([0xC6, 0x53]) == nil)
  }

  @Test func `each of the 11,172 syllables stands in exactly one cell`() {
    var seen: [Unicode.Scalar: Int] = [:]
    for lead in UInt8(0x81)...0xFE {
      for trail in UInt8(0x41)...0xFE {
        guard let text = decode([lead, trail]), text.unicodeScalars.count == 1,
          let scalar = text.unicodeScalars.first, (0xAC00...0xD7A3).contains(scalar.value)
        else { continue }
        seen[scalar, default: 0] += 1
      }
    }
    #expect(seen.count == 11_172)
    #expect(seen.values.allSatisfy { $0 == 1 })
  }
}

@Suite struct DistanceTests {
  @Test func `a degree of latitude is 111.2 km, and of longitude less by the cosine`() {
    #expect(decimetres(place(37, -122), place(38, -122)) == 1_111_951)
    let across = decimetres(place(60, 10), place(60, 10.1))
    #expect(abs(across - 55_598) <= 1)
  }

  @Test(arguments: Seeds.all)
  func `short distances agree with the great circle`(seed: UInt64) {
    var draws = Draws(seed: seed)
    for _ in 0..<200 {
      let a = (
        Double.random(in: -65...65, using: &draws), Double.random(in: -170...170, using: &draws)
      )
      let b = (
        a.0 + Double.random(in: -0.5...0.5, using: &draws),
        a.1 + Double.random(in: -0.5...0.5, using: &draws)
      )
      let measured = Double(decimetres(place(a.0, a.1), place(b.0, b.1))) / 10
      // The haversine formula.
      let (p, q) = (a.0 * .pi / 180, b.0 * .pi / 180)
      let half = sin((q - p) / 2)
      let side = sin((b.1 - a.1) * .pi / 360)
      let exact = 2 * 6_371_008.8 * asin((half * half + cos(p) * cos(q) * side * side).squareRoot())
      #expect(abs(measured - exact) <= exact * 0.001 + 0.1, "seed \(seed): \(a) \(b)")
    }
  }
}
