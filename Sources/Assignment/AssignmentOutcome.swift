/// What a run of the solver came to. The pairs and the dual values stay with the solver.
public struct AssignmentOutcome: Hashable, Sendable {
  /// The costs of the pairs plus the prices of the rows left unmatched.
  public var cost: Int64
  /// No solution costs less: the value of the dual solution that the solver holds.
  public var lowerBound: Int64
  /// Rows that got a column.
  public var matchedCount: Int
  /// Work done, in arcs looked at and heap operations: the same on every machine.
  public var steps: Int
  /// Whether the tie rule of ``AssignmentSolver`` was carried through. Only an optimum has it, and
  /// only when steps were left for it.
  public var tiesAreResolved: Bool

  /// Whether the cost is proven least. Running out of steps does not exclude it.
  public var isOptimal: Bool { cost == lowerBound }

  /// How far above the least cost this may be: zero when optimal.
  public var gapMax: Int64 { cost - lowerBound }
}
