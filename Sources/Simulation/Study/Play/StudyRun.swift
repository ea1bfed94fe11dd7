import Dispatch
import Foundation
import Synchronization

/// Plays a study, or a shard of it, on several threads; what an earlier run finished is not played
/// again. The files are the same whatever the number of threads, shards and interruptions.
public enum StudyRun {
  public struct Options: Sendable {
    /// Where the data files are; `nil` = beside the scenario.
    public var dataFolder: String?
    /// Where results go; made if it is not there.
    public var folder: String
    public var workers = 2
    public var shard = StudyShard.whole
    /// Tells this build of the program from others: ``StudyHash/ofFile(_:)``.
    public var program = "unknown"
    /// Ends after this many cells, as an interruption would; for tests.
    package var cellsMax = Int.max

    public init(folder: String) { self.folder = folder }
  }

  /// What is under way, and how much of it is done: 0 … 1.
  public struct Progress: Sendable {
    public var phase: String
    public var share: Double
  }

  public struct Outcome: Sendable {
    /// Cells of the shard that were there already, and that this run played.
    public var found: Int
    public var played: Int
    /// `nil` for a shard of several: merge them.
    public var result: StudyResult?
  }

  /// - Throws: ``RunError``, ``ScenarioError``, ``OutputError``, `TripFileError`.
  public static func run(
    _ study: Study,
    options: Options,
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws -> Outcome {
    let files = try study.scenario.files(dataFolder: options.dataFolder)
    var plan = StudyPlan(study, hash: try StudyHash.of(study, files: files))
    try StudyFolder.make(options.folder)
    let known = try StudyFolder.plan(in: options.folder)
    if let known, known.hash != plan.hash {
      throw RunError(
        "\(options.folder) holds results of another study, data or size (\(known.hash), this one "
          + "is \(plan.hash)): give --out another folder"
      )
    }
    let (log, finished) = try StudyLog.open(
      folder: options.folder,
      shard: options.shard,
      plan: plan,
      program: options.program
    )
    var cells = finished
    let missing = plan.cells(of: options.shard).filter { finished[$0] == nil }
    if let known, missing.isEmpty {
      plan = known
    } else {
      let stage = try StudyStage(study, dataFolder: options.dataFolder) {
        progress(Progress(phase: "reading", share: $0))
      }
      stage.describe(&plan)
      try AtomicFile.write(
        Array(plan.text.utf8),
        to: StudyFolder.path(StudyFolder.planName, in: options.folder)
      )
      let played = try play(
        Array(missing.prefix(options.cellsMax)),
        on: stage,
        log: log,
        workers: options.workers,
        progress: progress
      )
      cells.merge(played) { _, new in new }
    }
    let isDone = cells.count == finished.count + missing.count
    return Outcome(
      found: finished.count,
      played: cells.count - finished.count,
      result: isDone && options.shard == .whole ? StudyResult(plan: plan, cells: cells) : nil
    )
  }

  private static func play(
    _ missing: [StudyCell],
    on stage: StudyStage,
    log: StudyLog,
    workers: Int,
    progress: @escaping @Sendable (Progress) -> Void
  ) throws -> [StudyCell: CellFigures] {
    guard !missing.isEmpty else { return [:] }
    let played = Exchange<CellFigures>(count: missing.count)
    let failure = Exchange<any Error>(count: 1)
    let done = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(max(workers, 1), missing.count)) { _ in
      while failure.all[0] == nil, let index = played.next(below: missing.count) {
        do {
          let figures = try stage.play(missing[index])
          try log.add(missing[index], figures)
          played.set(figures, at: index)
        } catch {
          failure.set(error, at: 0)
        }
        let count = done.add(1, ordering: .relaxed).newValue
        progress(Progress(phase: "playing", share: Double(count) / Double(missing.count)))
      }
    }
    if let error = failure.all[0] { throw error }
    var cells: [StudyCell: CellFigures] = [:]
    for (cell, figures) in zip(missing, played.all) { cells[cell] = figures }
    return cells
  }
}
