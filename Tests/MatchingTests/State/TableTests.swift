import Matching
import MatchingTestSupport
import Testing

@Suite struct TableTests {
  @Test(arguments: Seeds.regressions + Seeds.fresh(6))
  func `the id table finds what a dictionary finds`(seed: UInt64) {
    var draw = Draw(seed: seed)
    let bound = draw.within(1...300)
    var table = IDTable(bound: bound)
    var twin: [UInt64: Int] = [:]
    // Close ids, far ids, and ids that differ only in high bits, which collide most.
    let pool = (0..<bound * 2).map { index -> UInt64 in
      switch draw.below(4) {
      case 0: UInt64(index)
      case 1: UInt64(index) << 40
      case 2: UInt64.max - UInt64(index)
      default: draw.next()
      }
    }
    for step in 0..<20_000 {
      let key = draw.pick(pool)
      #expect(table.find(key) == twin[key], "seed \(seed), step \(step)")
      if twin[key] != nil {
        if draw.happens(permille: 500) {
          table.remove(key)
          twin[key] = nil
        }
      } else if twin.count < bound {
        table.insert(key, slot: step)
        twin[key] = step
      }
      #expect(table.count == twin.count)
    }
    for key in pool { #expect(table.find(key) == twin[key], "seed \(seed)") }
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(6))
  func `the deadline queue gives what a sorted list gives`(seed: UInt64) {
    var draw = Draw(seed: seed)
    var queue = DeadlineQueue()
    var twin: [DeadlineQueue.Entry] = []
    for step in 0..<5_000 {
      if draw.happens(permille: 550) || twin.isEmpty {
        let entry = DeadlineQueue.Entry(
          at: Millis(Int64(draw.below(50))),
          kind: draw.pick(DeadlineKind.allCases),
          slot: Int32(draw.below(4)),
          generation: UInt32(draw.below(3))
        )
        queue.push(entry)
        twin.append(entry)
        twin.sort { $0.precedes($1) }
      } else {
        #expect(queue.pop() == twin.removeFirst(), "seed \(seed), step \(step)")
      }
      if draw.happens(permille: 5) {
        let slot = Int32(draw.below(4))
        queue.removeAll { $0.slot == slot }
        twin.removeAll { $0.slot == slot }
      }
      #expect(queue.count == twin.count)
      #expect(queue.earliest == twin.first?.at ?? .never)
    }
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(6))
  func `the slot set holds what a set holds`(seed: UInt64) {
    var draw = Draw(seed: seed)
    var set = SlotSet()
    var twin: Set<Int> = []
    for _ in 0..<5_000 {
      let slot = draw.below(64)
      if twin.contains(slot) {
        set.remove(slot)
        twin.remove(slot)
      } else {
        set.insert(slot)
        twin.insert(slot)
      }
      #expect(set.members.map { Int($0) }.sorted() == twin.sorted(), "seed \(seed)")
    }
  }
}
