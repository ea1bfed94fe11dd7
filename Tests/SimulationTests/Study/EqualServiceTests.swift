import Simulation
import Testing

@Suite struct EqualServiceTests {
  @Test func `the answer is the smallest share from which all larger ones meet the level`() {
    #expect(EqualService.smallest([true, true, true, false, false]) == 2)
    #expect(EqualService.smallest([true, true]) == 1)
    #expect(EqualService.smallest([true, false]) == 0)
  }

  @Test func `a share that meets the level below one that does not is no answer`() {
    #expect(EqualService.smallest([true, true, false, true, true]) == 1)
    #expect(EqualService.smallest([true, false, true, false, true]) == 0)
  }

  @Test func `a whole fleet that misses the level is not reached, whatever smaller ones do`() {
    #expect(EqualService.smallest([false, true, true]) == nil)
    #expect(EqualService.smallest([false]) == nil)
    #expect(EqualService.smallest([]) == nil)
  }

  private func figures(served: Int64, of requests: Int64, p95: Int64?) -> CellFigures {
    var figures = CellFigures()
    figures.served = served
    figures.requests = requests
    figures.waitSum = 0
    figures.p95 = p95
    return figures
  }

  private func meets(_ cells: [CellFigures]) -> Bool {
    var point = StudyPoint(isGiven: false)
    for cell in cells { point.add(cell) }
    return point.meets(ServiceLevel())
  }

  @Test func `the level is met exactly at its border, over all seeds together`() {
    #expect(meets([figures(served: 98, of: 100, p95: 480_000)]))
    #expect(!meets([figures(served: 9_799, of: 10_000, p95: 1)]))
    #expect(!meets([figures(served: 100, of: 100, p95: 480_001)]))
    // 97 % and 99 %, 7 and 9 minutes.
    let worse = figures(served: 97, of: 100, p95: 540_000)
    let better = figures(served: 99, of: 100, p95: 420_000)
    #expect(meets([worse, better]))
    #expect(!meets([worse, better, worse]))
  }

  @Test func `an endless wait of one seed is too long for all of them`() {
    #expect(
      !meets([
        figures(served: 1_000, of: 1_000, p95: 1), figures(served: 990, of: 1_000, p95: nil),
      ])
    )
  }

  @Test func `recorded rides were served by definition`() {
    var point = StudyPoint(isGiven: true)
    point.add(figures(served: 10, of: 10, p95: nil))
    #expect(point.meets(ServiceLevel()))
    #expect(point[.p95] == nil)
  }
}
