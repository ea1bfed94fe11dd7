import BaechaClient
import Testing

@Suite struct TranscriptTests {
  private func matches(_ pattern: String, _ line: String) -> Bool {
    var names = ["run": "x1"]
    return LinePattern(pattern).matches(line, &names)
  }

  @Test(arguments: [
    ("OK r-{run} state=queued at=*", "OK r-x1 at=4-9 state=queued dup=1"),
    ("#2 OK", "#2 OK"), ("OK rows=*", "OK rows=5 at=1-1"),
    ("OFFER {o} t *", "OFFER o9 t r7 eta=9s"),
    ("ERR 425 early retry=after:* !dup", "ERR 425 early retry=after:9s left=9s"),
    ("EV 1 {p} x p={p}", "EV 1 4-9 x p=4-9"),
  ])
  func `a line with holes is met`(pattern: String, line: String) {
    #expect(matches(pattern, line))
  }

  @Test(arguments: [
    ("OK r-{run}", "OK r-x2"), ("OK", "OK r"), ("OK r", "OK"), ("OK at=1", "OK at=2"),
    ("OK at=1", "OK"), ("OK !dup", "OK dup=1"), ("#2 OK", "OK"), ("OK", "#2 OK"),
    ("EV 1 {p} x p={p}", "EV 1 4-9 x p=4-8"), ("ERR retry=after:*", "ERR retry=same"),
  ])
  func `another line is not`(pattern: String, line: String) {
    #expect(!matches(pattern, line))
  }

  @Test func `what a line with holes teaches holds from then on`() {
    var names: [String: String] = [:]
    #expect(LinePattern("OFFER {offer} t1 r1").matches("OFFER o9 t1 r1 ttl=12s", &names))
    #expect(names == ["offer": "o9"])
    #expect(!LinePattern("REVOKE {offer}").matches("REVOKE o8 why=busy", &names))
    #expect(LinePattern("REVOKE {offer} why={why}").matches("REVOKE o9 why=busy", &names))
    #expect(names == ["offer": "o9", "why": "busy"])
  }

  @Test func `a transcript is read with its title, classes and steps`() throws {
    let text = """
      %title Short
      %class core streams
      ; for readers
      A> PING
      B< OK
      C: WHO
      S: OK session=*
      A< ; HELP
      A! bytes 50 0a
      A! long 20
      A! cut
      %pause 20ms
      """
    let transcript = try Transcript(name: "short", text: text)
    #expect(transcript.title == "Short")
    #expect(transcript.classes == ["core", "streams"])
    #expect(transcript.steps.map(\.line) == [4, 5, 6, 7, 8, 9, 10, 11, 12])
    #expect(transcript.steps.map(\.connection) == Array("ABAAAAAAA"))
    #expect(transcript.steps[5].action == .bytes([0x50, 10]))
    #expect(transcript.steps[4].action == .comment("HELP"))
  }

  @Test(arguments: [
    "PING", "A? PING", "A! dance", "A! bytes zz", "A! long x", "%colour red", "%pause 5s", "%class",
    "",
  ])
  func `a line that is no step is named`(line: String) {
    let error = #expect(throws: TranscriptError.self) {
      try Transcript(name: "wrong", text: "%title Wrong\n" + line)
    }
    #expect(error?.name == "wrong")
    #expect((1...2).contains(error?.line ?? 0))
  }

  @Test(arguments: [
    ("a", ServerAddress(host: "a", port: 7_400)), ("a:1", ServerAddress(host: "a", port: 1)),
    ("[::1]:80", ServerAddress(host: "::1", port: 80)),
    ("[::1]", ServerAddress(host: "::1", port: 7_400)), ("a:0", nil), ("a:x", nil), ("", nil),
    (":80", nil), ("a:65536", nil),
  ])
  func `an address is read`(text: String, address: ServerAddress?) {
    #expect(ServerAddress(text) == address)
  }
}
