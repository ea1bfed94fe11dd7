import LineProtocol
import Testing

@Suite struct VerbTests {
  @Test(arguments: Verb.allCases)
  func `a verb's example is a line of that verb and its form begins with it`(verb: Verb) throws {
    let line = try ClientLine(Array(verb.manual.example.utf8).span)
    #expect(line.command.verb == verb)
    #expect(verb.manual.form.hasPrefix(verb.word))
    #expect(Verb(word: verb.word) == verb)
    #expect(!verb.roles.isEmpty)
    #expect(verb.manual.effect.hasSuffix("."))
  }

  @Test(arguments: [
    ("req", "REQ"), ("REQUEST", "REQ"), ("REG", "REQ"), ("ACEPT", "ACCEPT"), ("accept", "ACCEPT"),
    ("ARIVE", "ARRIVE"), ("SUBSCRIBE", "SUB"), ("DROPOFF", "DROP"), ("on", "ON"), ("p", "P"),
    ("PNG", "PING"), ("HLEP", "HELP"), ("CANCEL_RIDE", "CANCEL"),
  ])
  func `a verb that is nearly right is recognised`(word: String, verb: String) {
    #expect(Verb.nearest(to: word)?.word == verb)
  }

  @Test(arguments: ["", "GALLOP", "X", "FOO", "37.5", "한국"])
  func `a word that is like no verb has none near`(word: String) {
    #expect(Verb.nearest(to: word) == nil)
  }
}
