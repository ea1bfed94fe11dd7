/// Among the matchings of least cost, the one that the tie rule names.
///
/// The matchings of least cost are those along tight arcs (cost = row dual + column dual) that match
/// every row whose dual is below its price and every column whose dual is below 0, whichever optimal
/// duals are at hand. From one of them every other is reached by rows that hand on what they hold in
/// a circle, along tight arcs. A row that may stay unmatched and a column that may stay free close a
/// circle through the *pool*, which holds the free columns and gives out leave to stay unmatched.
///
/// So an edge leads from a row to the row that holds a column it could have, or to the pool if that
/// column is free or the row could do without one; and from the pool to each row whose column may be
/// free, and to each unmatched row. An edge is part of some circle if and only if its ends are
/// strongly connected (R. Tarjan, SIAM Journal on Computing 1, 1972). Where no two are, as in most
/// problems without equal costs, one pass has shown that there is only one optimum.
extension Workspace {
  /// Turns the optimum at hand into the one the tie rule names: row 0 has the lowest column it has
  /// in any optimum, then row 1 the lowest it has beside that, and so on; unmatched comes last.
  ///
  /// - Returns: whether it came to the end before `stepBudget`.
  mutating func resolveTies(_ problem: Problem, stepBudget: Int) -> Bool {
    if steps &+ problem.arcCount > stepBudget { return false }
    ties.reserve(nodes: rowCount + 1, edges: problem.arcCount + rowCount)
    if !collectTightArcs(problem) { return true }
    findComponents(problem)
    if !keepEdgesOfCircles() { return true }
    // From here on `order` marks what the search for row r has visited, with r + 1.
    ties.order.update(repeating: 0, count: rowCount + 1)
    for row in 0..<rowCount where ties.starts[row] < ties.ends[row] {
      if steps >= stepBudget { return false }
      lowerColumn(problem, ofRow: row)
    }
    return true
  }

  private var pool: Int { rowCount }

  /// Whether the pool can take back what the row holds: leave to stay unmatched, or a column that
  /// nobody needs.
  private func poolTakes(fromRow row: Int) -> Bool {
    let column = columnOfRow[row]
    return column < 0 || columns[Int(column)].dual == 0
  }

  private func node(holding edge: Int32) -> Int {
    if edge < 0 { return pool }
    let row = columns[Int(edge)].row
    return row < 0 ? pool : Int(row)
  }

  /// Lists the tight choices of every row, what it holds among them.
  ///
  /// - Returns: whether there is any beside what the rows hold.
  private mutating func collectTightArcs(_ problem: Problem) -> Bool {
    var count = 0
    var others = 0
    for row in 0..<rowCount {
      ties.starts[row] = Int32(truncatingIfNeeded: count)
      let rowDual = rowDuals[row]
      let held = columnOfRow[row]
      for index in Int(problem.starts[row])..<Int(problem.starts[row &+ 1]) {
        let arc = problem.arcs[index]
        if arc.cost &- columns[Int(arc.column)].dual == rowDual {
          ties.edges[count] = arc.column
          count &+= 1
          if arc.column != held { others &+= 1 }
        }
      }
      if rowDual == problem.unmatchedCosts[row] {
        ties.edges[count] = -1
        count &+= 1
        if held >= 0 { others &+= 1 }
      }
      ties.ends[row] = Int32(truncatingIfNeeded: count)
    }
    steps &+= problem.arcCount
    return others > 0
  }

  /// Tarjan's algorithm with its own stack. Edge *e* of the pool leads to row *e*, or nowhere.
  private mutating func findComponents(_ problem: Problem) {
    let ties = ties
    let pool = pool
    ties.order.update(repeating: 0, count: rowCount + 1)
    ties.component.update(repeating: -1, count: rowCount + 1)
    var met: Int32 = 0
    var components: Int32 = 0
    var stackCount = 0
    var edgeSteps = 0
    for root in 0...pool where ties.order[root] == 0 {
      var depth = 0
      var entered = root
      while true {
        if entered >= 0 {
          met &+= 1
          ties.order[entered] = met
          ties.low[entered] = met
          ties.stack[stackCount] = Int32(truncatingIfNeeded: entered)
          stackCount &+= 1
          ties.path[depth] = Int32(truncatingIfNeeded: entered)
          depth &+= 1
          ties.next[entered] = entered == pool ? 0 : ties.starts[entered]
          entered = -1
        }
        let node = Int(ties.path[depth &- 1])
        let end = node == pool ? Int32(truncatingIfNeeded: pool) : ties.ends[node]
        while ties.next[node] < end {
          let edge = ties.next[node]
          ties.next[node] = edge &+ 1
          edgeSteps &+= 1
          if node == pool, !poolTakes(fromRow: Int(edge)) { continue }
          var target = Int(edge)
          if node != pool {
            let choice = ties.edges[target]
            if choice == columnOfRow[node] { continue }
            target = self.node(holding: choice)
          }
          if ties.order[target] == 0 {
            entered = target
            break
          }
          if ties.component[target] < 0 {
            ties.low[node] = min(ties.low[node], ties.order[target])
          }
        }
        if entered >= 0 { continue }
        depth &-= 1
        if ties.low[node] == ties.order[node] {
          while true {
            stackCount &-= 1
            let member = Int(ties.stack[stackCount])
            ties.component[member] = components
            if member == node { break }
          }
          components &+= 1
        }
        if depth == 0 { break }
        let parent = Int(ties.path[depth &- 1])
        ties.low[parent] = min(ties.low[parent], ties.low[node])
      }
    }
    steps &+= edgeSteps
  }

  /// Drops the choices that are in no optimum, and all of a row that has only one left.
  ///
  /// - Returns: whether any row has a choice.
  private mutating func keepEdgesOfCircles() -> Bool {
    var any = false
    for row in 0..<rowCount {
      let held = columnOfRow[row]
      var kept = ties.starts[row]
      var others = false
      for index in ties.starts[row]..<ties.ends[row] {
        let edge = ties.edges[Int(index)]
        if edge != held {
          if ties.component[node(holding: edge)] != ties.component[row] { continue }
          others = true
        }
        ties.edges[Int(kept)] = edge
        kept &+= 1
      }
      ties.ends[row] = others ? kept : ties.starts[row]
      if others { any = true }
    }
    return any
  }

  /// Gives the row the lowest column it can have without taking anything from the rows before it,
  /// whose turn is over.
  private mutating func lowerColumn(_ problem: Problem, ofRow row: Int) {
    let held = columnOfRow[row]
    heap.removeAll()
    for index in Int(ties.starts[row])..<Int(ties.ends[row]) {
      let column = ties.edges[index]
      if column >= 0, held < 0 || column < held { heap.push(UInt64(column)) }
    }
    while heap.count > 0 {
      let column = Int32(truncatingIfNeeded: heap.pop())
      steps &+= 1
      if closeCircle(problem, row, wanting: column) { return }
    }
  }

  /// Looks for a way to make good the loss of whoever holds `column` with what `row` holds, and
  /// hands everything on along it. What earlier searches for the same row have visited leads
  /// nowhere and is not visited again.
  private mutating func closeCircle(_ problem: Problem, _ row: Int, wanting column: Int32) -> Bool {
    let ties = ties
    let pool = pool
    let mark = Int32(truncatingIfNeeded: row &+ 1)
    let held = columnOfRow[row]
    let poolCloses = poolTakes(fromRow: row)
    let first = node(holding: column)
    if first < row || ties.order[first] == mark { return false }
    ties.order[first] = mark
    ties.receiver[first] = Int32(truncatingIfNeeded: row)
    var fromPool = column
    var count = 1
    ties.stack[0] = Int32(truncatingIfNeeded: first)
    while count > 0 {
      count &-= 1
      let node = Int(ties.stack[count])
      if node == pool {
        if poolCloses {
          handOn(held, to: pool, until: row, fromPool: fromPool)
          return true
        }
        steps &+= rowCount &- row
        for other in (row &+ 1)..<max(rowCount, row &+ 1)
        where ties.starts[other] < ties.ends[other] && ties.order[other] != mark
          && poolTakes(fromRow: other)
        {
          ties.order[other] = mark
          ties.receiver[other] = Int32(truncatingIfNeeded: pool)
          ties.stack[count] = Int32(truncatingIfNeeded: other)
          count &+= 1
        }
        continue
      }
      steps &+= Int(ties.ends[node] &- ties.starts[node])
      for index in Int(ties.starts[node])..<Int(ties.ends[node]) {
        let choice = ties.edges[index]
        if choice == columnOfRow[node] { continue }
        if choice == held, choice >= 0 {
          handOn(held, to: node, until: row, fromPool: fromPool)
          return true
        }
        let target = self.node(holding: choice)
        if target < row || ties.order[target] == mark { continue }
        ties.order[target] = mark
        ties.receiver[target] = Int32(truncatingIfNeeded: node)
        if target == pool { fromPool = choice }
        ties.stack[count] = Int32(truncatingIfNeeded: target)
        count &+= 1
      }
    }
    return false
  }

  /// Gives `holding` to a node, what that held to its receiver, and so on until it is the row's turn.
  private func handOn(_ holding: Int32, to first: Int, until row: Int, fromPool: Int32) {
    var holding = holding
    var node = first
    while true {
      var given = fromPool
      if node != pool {
        given = columnOfRow[node]
        columnOfRow[node] = holding
      }
      if holding >= 0 {
        columns[Int(holding)].row = node == pool ? -1 : Int32(truncatingIfNeeded: node)
      }
      if node == row { return }
      holding = given
      node = Int(ties.receiver[node])
    }
  }
}
