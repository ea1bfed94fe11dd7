/// Solves ``AssignmentProblem``s, keeping its working memory between them: a problem no larger than
/// one seen before allocates nothing. The method and its reasons are in docs/ASSIGNMENT.md.
///
/// What it found stays readable here until the next call: ``columnOfRow``, and the dual values,
/// which are always feasible, also when the steps ran out: ``columnDual(_:)`` ≤ 0,
/// ``rowDual(_:)`` ≤ the row's unmatched cost, and for every arc, row dual + column dual ≤ cost.
/// Their sum is the outcome's lower bound.
///
/// The result is a pure function of the problem and the step budget.
///
/// Not for use from two threads at once.
public final class AssignmentSolver {
  let work: UnsafeMutablePointer<Workspace>

  /// A solver with room for so many rows and columns; a larger problem grows it.
  public init(rowCapacity: Int = 0, columnCapacity: Int = 0) {
    work = .allocate(capacity: 1)
    work.initialize(to: Workspace(rows: rowCapacity, columns: columnCapacity))
  }

  deinit {
    work.pointee.deallocate()
    work.deallocate()
  }

  /// The least total cost.
  ///
  /// - Parameters:
  ///   - problem: unchanged; not kept.
  ///   - stepBudget: after so many counted steps the search stops, and the rows not yet settled are
  ///     matched greedily; what comes out then costs no more than ``greedy(_:)`` would. The one
  ///     pass over the arcs at the beginning and the greedy end are not part of the budget.
  /// - Returns: the cost and the bound that proves how good it is.
  public func solve(_ problem: AssignmentProblem, stepBudget: Int = .max) -> AssignmentOutcome {
    problem.closeLastRow()
    return work.pointee.solve(problem.storage.pointee, stepBudget: max(stepBudget, 0))
  }

  /// Pairs by greatest saving first (unmatched cost less arc cost), on a tie the lower row, then the
  /// lower column; arcs that save less than nothing are not used. The saving is at least half the
  /// greatest possible, as for any greedy matching by weight.
  public func greedy(_ problem: AssignmentProblem) -> AssignmentOutcome {
    problem.closeLastRow()
    return work.pointee.greedy(problem.storage.pointee)
  }

  /// The column of each row of the last problem, -1 for a row left unmatched. Valid until the next
  /// call or the solver's end.
  public var columnOfRow: UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: work.pointee.columnOfRow, count: work.pointee.rowCount)
  }

  /// The row of a column of the last problem, -1 for a free one.
  public func rowOfColumn(_ column: Int) -> Int {
    precondition(column >= 0, "no such column: \(column)")
    return column < work.pointee.columnCount ? Int(work.pointee.columns[column].row) : -1
  }

  /// What one more unit of this row is worth: at most its unmatched cost.
  public func rowDual(_ row: Int) -> Int32 {
    precondition(row >= 0 && row < work.pointee.rowCount, "no such row: \(row)")
    return work.pointee.rowDuals[row]
  }

  /// Minus what one more column like this one is worth: at most 0, and 0 for a column that nobody
  /// wants, as for one beyond the problem's last.
  public func columnDual(_ column: Int) -> Int32 {
    precondition(column >= 0, "no such column: \(column)")
    return column < work.pointee.columnCount ? work.pointee.columns[column].dual : 0
  }
}
