import Foundation
import Synchronization

/// The finished cells of one shard, a line each, in the order in which they were finished: what a
/// later run of the same study need not play again.
///
/// A line is added by a single write at the file's end, so an interruption leaves whole lines and at
/// most one that lacks its end; that one is played again. One process writes at a time.
final class StudyLog: Sendable {
  private let descriptor: Int32
  private let path: String
  private let names: StudyNames
  private let lock = Mutex(())

  static func name(of shard: StudyShard) -> String {
    shard == .whole ? "finished.tsv" : "finished-\(shard.index)-of-\(shard.count).tsv"
  }

  /// Opens or makes the log of a shard in a folder.
  ///
  /// The plan tells what cells are called by, and the hash that an old log must carry; `program` tells
  /// builds apart, whose figures are not mixed.
  ///
  /// - Returns: the log, and what it already holds.
  /// - Throws: ``OutputError``; ``RunError`` when the log is another study's, or in use.
  static func open(
    folder: String,
    shard: StudyShard,
    plan: StudyPlan,
    program: String
  ) throws -> (log: StudyLog, finished: [StudyCell: CellFigures]) {
    let path = folder + "/" + name(of: shard)
    let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw OutputError(action: "open", path: path, code: errno) }
    let log = StudyLog(descriptor: descriptor, path: path, names: StudyNames(plan))
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw RunError("\(path) is being written by another run; give --out another folder")
    }
    let old = try Self.read(path, names: log.names)
    let head = "\(StudyPlan.format)\t\(plan.hash)\t\(program)\n"
    guard let found = old.head else {
      // Nothing, or a beginning without a whole first line.
      ftruncate(descriptor, 0)
      try log.append(head)
      return (log, [:])
    }
    guard found.hash == plan.hash else {
      throw RunError(
        "\(path) holds cells of another study, data or size (\(found.hash), this one is "
          + "\(plan.hash)): remove it, or give --out another folder"
      )
    }
    guard found.program == program else {
      throw RunError(
        "\(path) was played by another build of baecha: remove it, or give --out another folder"
      )
    }
    if old.wholeBytes < old.bytes { ftruncate(descriptor, off_t(old.wholeBytes)) }
    return (log, old.cells)
  }

  private init(descriptor: Int32, path: String, names: StudyNames) {
    self.descriptor = descriptor
    self.path = path
    self.names = names
  }

  deinit { close(descriptor) }

  /// Adds a cell; may be called from several threads.
  func add(_ cell: StudyCell, _ figures: CellFigures) throws {
    try append(names.text(cell) + "\t" + figures.text + "\n")
  }

  private func append(_ line: String) throws {
    let bytes = Array(line.utf8)
    let written = lock.withLock { _ in
      bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
    guard written == bytes.count else {
      throw OutputError(action: "write", path: path, code: written < 0 ? errno : ENOSPC)
    }
  }
}

extension StudyLog {
  struct Contents {
    /// `nil` when there is no whole first line.
    var head: (hash: String, program: String)?
    var cells: [StudyCell: CellFigures] = [:]
    var bytes = 0
    /// Up to and with the last newline.
    var wholeBytes = 0
  }

  /// What a log holds. Lines that were cut short are left out.
  ///
  /// - Throws: ``OutputError``, or ``RunError`` when a whole line is none of a log's.
  static func read(_ path: String, names: StudyNames) throws -> Contents {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw OutputError(action: "read", path: path, code: errno)
    }
    let bytes = Array(data)
    var contents = Contents()
    contents.bytes = bytes.count
    guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return contents }
    contents.wholeBytes = last + 1
    let text = String(decoding: bytes[..<last], as: UTF8.self)
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      if number == 0 {
        guard fields.count == 3, fields[0] == StudyPlan.format else {
          throw RunError("\(path) is no log of a study, or one of another version: remove it")
        }
        contents.head = (String(fields[1]), String(fields[2]))
        continue
      }
      // A crash of the machine may leave a line of zeros: it is left out, and its cell played again.
      guard fields.count > 4, let cell = names.cell(fields[..<4]),
        let figures = CellFigures(Array(fields[4...]))
      else { continue }
      contents.cells[cell] = figures
    }
    return contents
  }
}

/// Cells by the names that stand in files: world, day, seed, share.
struct StudyNames: Sendable {
  private let worlds: [String]
  private let days: [String]
  private let seeds: [String]
  private let shares: [String]

  init(_ plan: StudyPlan) {
    worlds = plan.worlds.map(\.name)
    days = plan.test.map(\.description)
    seeds = plan.seeds.map { String($0) }
    shares = plan.shares.map { String($0) }
  }

  func text(_ cell: StudyCell) -> String {
    [worlds[cell.world], days[cell.day], seeds[cell.seed], shares[cell.share]]
      .joined(separator: "\t")
  }

  /// `nil` for names that the study does not know.
  func cell(_ fields: ArraySlice<Substring>) -> StudyCell? {
    guard fields.count == 4,
      let world = worlds.firstIndex(of: String(fields[fields.startIndex])),
      let day = days.firstIndex(of: String(fields[fields.startIndex + 1])),
      let seed = seeds.firstIndex(of: String(fields[fields.startIndex + 2])),
      let share = shares.firstIndex(of: String(fields[fields.startIndex + 3]))
    else { return nil }
    return StudyCell(world: world, day: day, share: share, seed: seed)
  }
}
