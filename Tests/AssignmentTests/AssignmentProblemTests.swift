import Assignment
import Testing

@Suite struct AssignmentProblemTests {
  @Test func `costs outside the range move to its end and are counted`() {
    let problem = AssignmentProblem()
    problem.beginRow(unmatchedCost: .max)
    problem.addArc(column: 0, cost: .min)
    problem.addArc(column: 1, cost: AssignmentProblem.costRange.upperBound)
    #expect(problem.clampedCount == 2)
    #expect(problem.unmatchedCost(ofRow: 0) == AssignmentProblem.costRange.upperBound)
    #expect(problem.arc(at: 0).cost == AssignmentProblem.costRange.lowerBound)
    #expect(AssignmentSolver().solve(problem).cost == -0x3FFF_FFFF)
  }

  @Test(arguments: [-0x3FFF_FFFE, 0, 0x3FFF_FFFE] as [Int32])
  func `the greatest range of costs along a long path neither wraps nor traps`(dear: Int32) {
    // Row r can have column r dearly or column r + 1 as cheaply as can be. The last row has only the
    // last column: for it, all must move by one, or one of them go without.
    let range = AssignmentProblem.costRange
    let count = 50
    let problem = AssignmentProblem()
    for row in 0..<count {
      problem.beginRow(unmatchedCost: range.upperBound)
      problem.addArc(column: row, cost: dear)
      problem.addArc(column: row + 1, cost: range.lowerBound)
    }
    problem.beginRow(unmatchedCost: range.upperBound)
    problem.addArc(column: count, cost: range.lowerBound)
    let outcome = AssignmentSolver().solve(problem)
    let cheap = Int64(range.lowerBound)
    let allMove = cheap + Int64(count) * Int64(dear)
    let oneGoesWithout = Int64(count) * cheap + Int64(range.upperBound)
    #expect(outcome.isOptimal)
    #expect(outcome.cost == min(allMove, oneGoesWithout))
  }

  @Test func `emptied and filled again it is another problem`() {
    let problem = AssignmentProblem(rowCapacity: 1, arcCapacity: 1)
    let solver = AssignmentSolver()
    for size in [1, 300, 2, 0, 40] {
      problem.removeAll(keepingCapacity: size != 2)
      for row in 0..<size {
        problem.beginRow(unmatchedCost: 9)
        problem.addArc(column: row, cost: 4)
        problem.addArc(column: row + 1, cost: 5)
      }
      #expect(problem.rowCount == size)
      #expect(problem.arcCount == 2 * size)
      #expect(problem.columnCount == (size == 0 ? 0 : size + 1))
      #expect(solver.solve(problem).cost == Int64(4 * size))
    }
  }

  @Test func `arcs can be read back in the order they were added`() {
    let problem = AssignmentProblem()
    problem.beginRow(unmatchedCost: 1)
    problem.addArc(column: 5, cost: -3)
    problem.beginRow(unmatchedCost: 2)
    problem.beginRow(unmatchedCost: 3)
    problem.addArc(column: 1, cost: 4)
    problem.addArc(column: 0, cost: 6)
    #expect(problem.arcs(ofRow: 0) == 0..<1)
    #expect(problem.arcs(ofRow: 1).isEmpty)
    #expect(problem.arcs(ofRow: 2).map { problem.arc(at: $0).column } == [1, 0])
    problem.requireColumns(9)
    #expect(problem.columnCount == 9)
  }
}
