import Server
import Testing

@Suite struct NameTableTests {
  @Test(arguments: UInt64(1)..<7)
  func `names are found as a dictionary finds them, and ids are never given twice`(seed: UInt64) {
    var random = SeededGenerator(seed)
    var table = NameTable(capacity: 60, seed: seed)
    var known: [String: Int] = [:]
    var ids: Set<UInt64> = []
    for _ in 0..<20_000 {
      let length = Int.random(in: 1...(Bool.random(using: &random) ? 2 : 64), using: &random)
      let name = String((0..<length).map { _ in "abcdefgh".randomElement(using: &random) ?? "a" })
      let found = table.find(name.utf8Span.span)
      #expect(found == known[name], "seed \(seed)")
      if let found {
        #expect(String(decoding: table.name(at: found), as: UTF8.self) == name)
        #expect(table.index(of: table.id(at: found)) == found)
        if Int.random(in: 0..<3, using: &random) == 0 {
          let id = table.id(at: found)
          table.release(found)
          known[name] = nil
          #expect(table.index(of: id) == nil)
        }
      } else if let index = table.insert(name.utf8Span.span) {
        known[name] = index
        #expect(ids.insert(table.id(at: index)).inserted)
      } else {
        #expect(known.count == 60)
        if let victim = known.keys.sorted().randomElement(using: &random) {
          if let index = known.removeValue(forKey: victim) { table.release(index) }
        }
      }
      #expect(table.count == known.count)
    }
  }

  @Test func `a name of no fit length is not taken`() {
    var table = NameTable(capacity: 4, seed: 1)
    #expect(table.insert("".utf8Span.span) == nil)
    let long = String(repeating: "x", count: 65)
    #expect(table.insert(long.utf8Span.span) == nil)
    #expect(table.find(long.utf8Span.span) == nil)
  }
}
