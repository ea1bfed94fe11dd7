import LoadGenerator
import Testing

@Suite struct BookkeepingTests {
  @Test func `an answer that passes over others makes them lost`() {
    var queue = PendingQueue()
    let numbers = (0..<4).map { queue.add(Pending(kind: .on, index: $0, due: 0)) }
    #expect(queue.take(numbers[0])?.index == 0)
    #expect(queue.take(numbers[2])?.index == 2)
    #expect(queue.lost == 1)
    #expect(queue.take(numbers[1]) == nil)
    #expect(queue.take(99) == nil)
    #expect(queue.take(numbers[3])?.index == 3)
    #expect(queue.count == 0)
    #expect(queue.take(queue.add(Pending(kind: .on, index: 9, due: 0)))?.index == 9)
  }

  @Test func `a queue that never empties keeps its numbers`() {
    var queue = PendingQueue()
    var first = 0
    for index in 0..<20_000 {
      _ = queue.add(Pending(kind: .on, index: Int32(index), due: 0))
      guard index >= 10 else { continue }
      #expect(queue.take(first)?.index == Int32(first))
      first += 1
    }
    #expect((queue.count, queue.lost) == (10, 0))
  }

  @Test(arguments: [1, 7, 20_260_101] as [UInt64])
  func `actions come by their instant, as sorting has them`(seed: UInt64) {
    var draw = LoadDraw(seed: seed, matter: 9)
    var heap = ActionHeap()
    var all: [DriverAction] = []
    for ride in 0..<500 {
      let due = UInt64.random(in: 0..<100, using: &draw)
      let action = DriverAction(due: due, ride: Int32(ride), step: 0, kind: .accept)
      heap.add(action)
      all.append(action)
    }
    #expect(heap.take(until: 0)?.due ?? 0 == 0)
    all.sort { ($0.due, $0.ride) < ($1.due, $1.ride) }
    var found: [DriverAction] = []
    while let action = heap.take(until: 100) { found.append(action) }
    #expect(found == Array(all.suffix(found.count)), "seed \(seed)")
    #expect(found.count >= 499)
  }

  @Test func `a program's name with spaces and parentheses does not move the figures`() throws {
    let stat = "17 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 250 150 0 0 20 0 4 0"
    let figures = try #require(
      ProcessFigures(stat: stat, memory: "900 300 7", ticksPerSecond: 100, pageBytes: 4_096)
    )
    #expect(figures.processorSeconds == 4)
    #expect(figures.residentBytes == 1_228_800)
    #expect(ProcessFigures(stat: "", memory: "", ticksPerSecond: 100, pageBytes: 4_096) == nil)
  }

  @Test func `the port is read from the log, but not from half a line`() {
    let line = "2026-01-01T00:00:00.000Z notice listening address=127.0.0.1:40321 port=plain"
    #expect(SpawnedServer.port(in: "warning x\n" + line + "\n") == 40_321)
    #expect(SpawnedServer.port(in: "warning x\n" + line.dropLast(13)) == nil)
  }
}
