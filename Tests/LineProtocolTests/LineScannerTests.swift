import LineProtocol
import Testing

@Suite struct LineScannerTests {
  private func scan(_ text: String, lineMax: Int = 1_024) -> [String] {
    var scanner = LineScanner(lineMax: lineMax)
    var at = 0
    return lines(of: &scanner, Array(text.utf8), at: &at)
  }

  @Test func `a line ends with LF and a CR before it does not count`() {
    #expect(scan("PING\nWHO\r\nSTAT\n") == ["PING", "WHO", "STAT"])
  }

  @Test func `empty lines and comments are passed over`() {
    #expect(scan("\n\r\n; PING\nPING\n;\n") == ["PING"])
  }

  @Test func `an unfinished line is left to the caller`() {
    var scanner = LineScanner()
    var at = 0
    #expect(lines(of: &scanner, Array("PING\nWH".utf8), at: &at) == ["PING"])
    #expect(at == 5)
  }

  @Test(arguments: [
    "PI\u{0}NG\n", "PI\tNG\n", "PING\u{7F}\n", "P\rING\n", "\r\r\n", "12345678\u{1}\n",
    "1234567\u{1F}90123456\n",
  ])
  func `a control character is reported`(text: String) {
    #expect(scan(text) == ["!byte"])
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
      [0xFF], [0xF0, 0x9F, 0x9A],
    ] as [[UInt8]]
  )
  func `broken UTF-8 is reported where it begins`(broken: [UInt8]) {
    var scanner = LineScanner()
    var at = 0
    let bytes = Array("REQ ab".utf8) + broken + [10]
    let found = scanner.next(in: bytes.span, at: &at)
    #expect(found == .badByte(6))
    #expect(at == bytes.count)
  }

  @Test func `well-formed UTF-8 of every length is let through`() {
    let text = "é 배 🚕 \u{7FF} \u{800} \u{D7FF} \u{E000} \u{FFFF} \u{10000} \u{10FFFF}"
    #expect(scan(text + "\n") == [text])
  }

  @Test func `a line has at most its length with its LF`() {
    let line = String(repeating: "x", count: 31)
    #expect(scan(line + "\nPING\n", lineMax: 32) == [line, "PING"])
    #expect(scan(line + "x\nPING\n", lineMax: 32) == ["!long", "PING"])
    // The CR counts too: it takes the place of a byte in somebody's buffer.
    #expect(scan(line + "\r\nPING\n", lineMax: 32) == ["!long", "PING"])
  }

  @Test func `a long line is reported once however it comes and never kept`() {
    let bytes = Array((String(repeating: "x", count: 5_000) + "\nPING\n").utf8)
    for size in [1, 7, 31, 32, 33, 1_000] {
      var scanner = LineScanner(lineMax: 32)
      var kept: [UInt8] = []
      var found: [String] = []
      var sent = 0
      while sent < bytes.count {
        let buffer = kept + bytes[sent..<min(sent + size, bytes.count)]
        sent += size
        var at = 0
        found += lines(of: &scanner, buffer, at: &at)
        kept = Array(buffer[at...])
        #expect(kept.count < 32)
      }
      #expect(found == ["!long", "PING"], "in reads of \(size)")
    }
  }
}
