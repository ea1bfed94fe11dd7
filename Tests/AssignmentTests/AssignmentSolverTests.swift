import Assignment
import Testing

/// What is wrong with the solver's state after a call, by the definitions alone; `nil` if nothing.
func fault(in solver: AssignmentSolver, _ outcome: AssignmentOutcome, _ instance: Instance)
  -> String?
{
  let columnOfRow = solver.columnOfRow.map(Int.init)
  guard let cost = instance.cost(of: columnOfRow) else { return "not a matching: \(columnOfRow)" }
  if cost != outcome.cost { return "cost \(outcome.cost), by the pairs \(cost)" }
  if outcome.matchedCount != columnOfRow.count(where: { $0 >= 0 }) { return "matched count" }
  var bound: Int64 = 0
  for column in 0..<instance.columnCount {
    let dual = solver.columnDual(column)
    bound += Int64(dual)
    if dual > 0 { return "column dual above 0: \(column)" }
    let row = solver.rowOfColumn(column)
    if row >= 0 ? columnOfRow[row] != column : columnOfRow.contains(column) {
      return "row of column \(column) is \(row)"
    }
  }
  for (row, values) in instance.rows.enumerated() {
    let dual = solver.rowDual(row)
    bound += Int64(dual)
    if dual > values.price { return "row dual above the price: \(row)" }
    for arc in values.arcs
    where Int64(dual) + Int64(solver.columnDual(arc.column)) > Int64(arc.cost) {
      return "arc \(row) to \(arc.column) undercuts the duals"
    }
  }
  if bound != outcome.lowerBound { return "bound \(outcome.lowerBound), by the duals \(bound)" }
  if outcome.lowerBound > outcome.cost { return "bound above cost" }
  if outcome.isOptimal != (outcome.lowerBound == outcome.cost) { return "optimal?" }
  return nil
}

/// Complementary slackness, which an optimal pair of matching and duals has.
func slacknessFault(in solver: AssignmentSolver, _ instance: Instance) -> String? {
  let columnOfRow = solver.columnOfRow.map(Int.init)
  for (row, column) in columnOfRow.enumerated() {
    let dual = Int64(solver.rowDual(row))
    if column < 0 {
      if dual != Int64(instance.rows[row].price) { return "unmatched row \(row) below its price" }
    } else if let cost = instance.cost(row, column),
      dual + Int64(solver.columnDual(column)) != Int64(cost)
    {
      return "pair \(row), \(column) is not tight"
    }
  }
  for column in 0..<instance.columnCount
  where solver.rowOfColumn(column) < 0 && solver.columnDual(column) != 0 {
    return "free column \(column) has a price"
  }
  return nil
}

@Suite struct AssignmentSolverTests {
  static let casesPerBlock: UInt64 = 1_000

  @Test(arguments: Seeds.blocks(16))
  func `tiny problems get the very matching that trying all of them finds`(block: UInt64) {
    let solver = AssignmentSolver()
    for seed in block..<(block + Self.casesPerBlock) {
      let instance = Instance(seed: seed, .tiny)
      let expected = bruteForce(instance)
      let outcome = solver.solve(instance.problem)
      let found = solver.columnOfRow.map(Int.init)
      let wrong =
        fault(in: solver, outcome, instance) ?? slacknessFault(in: solver, instance)
        ?? (outcome.cost != expected.cost ? "not the least cost" : nil)
        ?? (outcome.isOptimal && outcome.tiesAreResolved ? nil : "not marked optimal")
        ?? (found != expected.columnOfRow ? "tie rule: \(found)" : nil)
      #expect(wrong == nil, "seed \(seed), expected \(expected)\n\(instance)")
    }
  }

  @Test(arguments: Seeds.blocks(12))
  func `middling problems cost what the dense method finds, for the same rows in any order of arcs`(
    block: UInt64
  ) {
    let solver = AssignmentSolver()
    for seed in block..<(block + 250) {
      var instance = Instance(seed: seed, .middling)
      let outcome = solver.solve(instance.problem)
      let found = solver.columnOfRow.map(Int.init)
      let expected = denseCost(instance)
      var wrong =
        fault(in: solver, outcome, instance) ?? slacknessFault(in: solver, instance)
        ?? (outcome.cost != expected ? "not the least cost" : nil)
      // Another order leads the search elsewhere; only the tie rule leads it back.
      var random = SplitMix64(seed: seed)
      for row in instance.rows.indices { instance.rows[row].arcs.shuffle(using: &random) }
      let again = solver.solve(instance.problem)
      if outcome.tiesAreResolved, again.tiesAreResolved, solver.columnOfRow.map(Int.init) != found {
        wrong = wrong ?? "the order of arcs decided"
      }
      #expect(wrong == nil, "seed \(seed), expected \(expected)\n\(instance)")
    }
  }

  @Test(arguments: Seeds.blocks(8))
  func `greedy takes the greatest saving each time`(block: UInt64) {
    let solver = AssignmentSolver()
    for seed in block..<(block + Self.casesPerBlock) {
      let instance = Instance(seed: seed, .tiny)
      let outcome = solver.greedy(instance.problem)
      let found = solver.columnOfRow.map(Int.init)
      let wrong =
        fault(in: solver, outcome, instance)
        ?? (found != greedyByFullScan(instance) ? "pairs \(found)" : nil)
      #expect(wrong == nil, "seed \(seed)\n\(instance)")
    }
  }

  @Test(arguments: Seeds.blocks(6))
  func `at every budget the bound, the optimum and the cost stand in this order`(block: UInt64) {
    let solver = AssignmentSolver()
    for seed in block..<(block + 80) {
      let instance = Instance(seed: seed, .middling)
      let problem = instance.problem
      let greedy = solver.greedy(problem)
      let full = solver.solve(problem)
      var budget = 0
      while budget <= full.steps + 1 {
        let outcome = solver.solve(problem, stepBudget: budget)
        let pairs = solver.columnOfRow.map(Int.init)
        var wrong =
          fault(in: solver, outcome, instance)
          ?? (outcome.lowerBound > full.cost ? "bound above the optimum" : nil)
          ?? (outcome.cost < full.cost ? "cost below the optimum" : nil)
          ?? (outcome.cost > greedy.cost ? "dearer than greedy" : nil)
        if solver.solve(problem, stepBudget: budget) != outcome
          || solver.columnOfRow.map(Int.init) != pairs
        {
          wrong = wrong ?? "another result the second time"
        }
        #expect(wrong == nil, "seed \(seed), budget \(budget)\n\(instance)")
        budget += max(1, full.steps / 40)
      }
      #expect(solver.solve(problem, stepBudget: full.steps).isOptimal, "seed \(seed)")
    }
  }

  @Test func `a problem without rows and one without columns have an answer`() {
    let solver = AssignmentSolver()
    let problem = AssignmentProblem()
    #expect(solver.solve(problem).cost == 0)
    #expect(solver.solve(problem).isOptimal)
    #expect(solver.columnOfRow.isEmpty)
    problem.beginRow(unmatchedCost: 7)
    problem.beginRow(unmatchedCost: -2)
    #expect(solver.solve(problem).cost == 5)
    #expect(solver.columnOfRow.map(Int.init) == [-1, -1])
    #expect(solver.rowDual(1) == -2)
    #expect(solver.columnDual(3) == 0)
  }

  @Test func `of two arcs to one column the cheaper counts`() {
    let problem = AssignmentProblem()
    problem.beginRow(unmatchedCost: 10)
    problem.addArc(column: 2, cost: 8)
    problem.addArc(column: 2, cost: 3)
    let solver = AssignmentSolver()
    #expect(solver.solve(problem).cost == 3)
    #expect(solver.greedy(problem).cost == 3)
  }

  @Test func `a row that costs as much either way is matched`() {
    let problem = AssignmentProblem()
    problem.beginRow(unmatchedCost: 10)
    problem.addArc(column: 0, cost: 10)
    let solver = AssignmentSolver()
    #expect(solver.solve(problem).matchedCount == 1)
    #expect(solver.greedy(problem).matchedCount == 1)
  }

  @Test func `a row gives way when another needs its column more`() {
    let problem = AssignmentProblem()
    problem.beginRow(unmatchedCost: 100)
    problem.addArc(column: 0, cost: 1)
    problem.addArc(column: 1, cost: 5)
    problem.beginRow(unmatchedCost: 100)
    problem.addArc(column: 0, cost: 2)
    let solver = AssignmentSolver()
    #expect(solver.greedy(problem).cost == 101)
    #expect(solver.solve(problem).cost == 7)
    #expect(solver.columnOfRow.map(Int.init) == [1, 0])
  }
}
