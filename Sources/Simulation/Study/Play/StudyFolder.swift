import Foundation

/// The files of a folder of results.
public enum StudyFolder {
  static let planName = "plan.tsv"

  static func path(_ name: String, in folder: String) -> String {
    folder.isEmpty || folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  static func make(_ folder: String) throws(OutputError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      throw OutputError(
        action: "make the folder",
        path: folder,
        code: Int32(clamping: cause?.code ?? Int(EIO))
      )
    }
  }

  /// The plan in a folder; `nil` when there is none.
  ///
  /// - Throws: ``RunError`` when the file is no plan.
  static func plan(in folder: String) throws(RunError) -> StudyPlan? {
    let path = path(planName, in: folder)
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    guard let plan = StudyPlan(text: String(decoding: data, as: UTF8.self)) else {
      throw RunError("\(path) is no plan of a study, or one of another version: remove it")
    }
    return plan
  }

  /// Puts shards together: those in each folder, and those of several folders.
  ///
  /// - Returns: the same as the run of the whole study.
  /// - Throws: ``RunError`` when the folders are not of one study, a cell is missing, or two shards
  ///   disagree about one.
  public static func merge(_ folders: [String]) throws -> StudyResult {
    var whole: StudyPlan?
    var cells: [StudyCell: CellFigures] = [:]
    for folder in folders {
      guard let plan = try plan(in: folder) else {
        throw RunError("\(folder) holds no \(planName): it is no folder of a study's results")
      }
      if let whole, whole != plan {
        throw RunError("\(folder) is of another study than \(folders[0]): their plans differ")
      }
      whole = plan
      let names = StudyNames(plan)
      for name in try logs(in: folder) {
        let path = path(name, in: folder)
        let log = try StudyLog.read(path, names: names)
        guard log.head?.hash == plan.hash else {
          throw RunError("\(path) is of another study than \(planName) beside it")
        }
        for (cell, figures) in log.cells {
          guard cells[cell] ?? figures == figures else {
            let told = names.text(cell).replacing("\t", with: ", ")
            throw RunError("\(path) tells other figures of a cell than another shard: \(told)")
          }
          cells[cell] = figures
        }
      }
    }
    guard let whole else { throw RunError("there is no folder to merge") }
    let missing = whole.cells.filter { cells[$0] == nil }
    guard let first = missing.first else { return StudyResult(plan: whole, cells: cells) }
    let told = StudyNames(whole).text(first).replacing("\t", with: ", ")
    throw RunError(
      "\(missing.count) of \(whole.cells.count) cells are missing, the first is \(told): "
        + "run the remaining shards, or rerun one that was interrupted"
    )
  }

  private static func logs(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
      .filter { $0.hasPrefix("finished") && $0.hasSuffix(".tsv") }.sorted()
  }

  /// Writes the tables and the report of a whole study.
  ///
  /// - Returns: their paths.
  /// - Throws: ``OutputError``.
  @discardableResult
  public static func write(_ result: StudyResult, into folder: String) throws -> [String] {
    try make(folder)
    let files: [(String, [UInt8])] = [
      (planName, Array(result.plan.text.utf8)),
      ("cells.csv", StudyTables.cells(result)),
      ("curve.csv", StudyTables.curve(result)),
      ("days.csv", StudyTables.days(result)),
      ("pairs.csv", StudyTables.pairs(result)),
      ("study.json", StudyJSON.bytes(result)),
      ("report.html", StudyReport.bytes(result)),
    ]
    var paths: [String] = []
    for (name, bytes) in files {
      let path = path(name, in: folder)
      try AtomicFile.write(bytes, to: path)
      paths.append(path)
    }
    return paths
  }
}
