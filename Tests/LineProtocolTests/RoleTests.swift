import LineProtocol
import Testing

@Suite struct RoleTests {
  /// Who may say what, as docs/PROTOCOL.md has it: gateway, booker, dispatcher, observer, admin.
  private static let matrix = """
    ON g----  OFF g-d--  P g----  BUSY g----  FREE g----  ACCEPT g----  DECLINE g----
    ARRIVE g----  BOARD g----  DROP g----  NOSHOW g----  ABORT g----
    REQ -b---  CHANGE -b---  CANCEL -bd--  QUOTE -bd--  ADVISE -bd--
    ASSIGN --d--  RELEASE --d--  EXPLAIN --d-a  NEAR --d-a
    GET gbd-a  SUB gbdoa  UNSUB gbdoa
    PING gbdoa  HELLO gbdoa  AUTH gbdoa  WHO gbdoa  STAT gbdoa  HELP gbdoa  QUIT gbdoa
    """

  @Test func `each verb is for the roles of the table`() {
    let words = Self.matrix.split(whereSeparator: \.isWhitespace).map(String.init)
    #expect(words.count == 2 * Verb.allCases.count)
    for pair in stride(from: 0, to: words.count, by: 2) {
      guard let verb = Verb(word: words[pair]) else {
        Issue.record("no verb \(words[pair])")
        continue
      }
      let roles = zip(Role.allCases, words[pair + 1]).filter { $0.1 != "-" }.map(\.0)
      #expect(verb.roles.roles == roles, "\(verb.word)")
    }
  }

  @Test func `before AUTH only five verbs are allowed`() {
    let open = Verb.allCases.filter(\.isOpen).map(\.word)
    #expect(open == ["PING", "HELLO", "AUTH", "HELP", "QUIT"])
  }

  @Test func `roles have words`() {
    #expect(RoleSet.all.words == "gateway,booker,dispatcher,observer,admin")
    #expect(Role(word: "booker") == .booker)
    #expect(Role(word: "root") == nil)
  }
}
