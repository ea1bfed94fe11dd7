import Journal
import Testing

@Suite struct RecentFactsTests {
  @Test(arguments: [1, 2, 3, 7, 64], [UInt64(0), 1, 5, 1_000_003])
  func `the latest entries are there by their numbers, older ones are gone`(
    capacity: Int,
    start: UInt64
  ) {
    var recent = RecentFacts<UInt64>(capacity: capacity, after: start)
    #expect(recent.isEmpty)
    #expect(recent[start] == nil)
    for number in (start + 1)...(start + 200) {
      recent.append(number * 10)
      let first = max(start + 1, number < UInt64(capacity) ? 0 : number - UInt64(capacity) + 1)
      #expect(recent.first == first)
      #expect(recent.last == number)
      #expect(recent[first] == first * 10)
      #expect(recent[number] == number * 10)
      #expect(recent[first - 1] == nil)
      #expect(recent[number + 1] == nil)
    }
  }
}
