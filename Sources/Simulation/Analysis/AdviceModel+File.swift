import Foundation
import Spatial

/// The model as a text file: five lines of what it is, then a line for each cell with its passes by
/// hour of the week. The same model gives the same bytes.
extension AdviceModel {
  private static let title = "baecha advice model 1"

  public func write(to path: String) throws(OutputError) {
    let file = try AtomicFile(path: path)
    func line(_ text: String) throws(OutputError) { try file.write(Array((text + "\n").utf8)) }
    try line(Self.title)
    try line("origin \(grid.origin.latitude) \(grid.origin.longitude)")
    try line("cell \(grid.sideMetres)")
    try line("utc_offset \(utcOffsetSeconds)")
    try line("days " + days.map(\.description).joined(separator: " "))
    try line("seconds " + covered.map { "\($0)" }.joined(separator: " "))
    for (cell, counts) in cells {
      let hours = counts.map { "\($0.slot):\($0.passes)" }.joined(separator: " ")
      try line("\(cell.column) \(cell.row) \(hours)")
    }
    try file.commit()
  }

  /// - Throws: ``AnalysisError`` that names the file, the line and what should stand there.
  public init(path: String) throws(AnalysisError) {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw AnalysisError("\(path): cannot be read; `baecha analyse --model FILE` writes a model")
    }
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw AnalysisError(
        "\(path): is not UTF-8 text; `baecha analyse --model FILE` writes a model"
      )
    }
    var reader = ModelReader(text, path: path)
    self = try reader.read(title: Self.title)
  }
}

private struct ModelReader {
  private let path: String
  private var lines: [Substring]
  private var number = 0

  init(_ text: String, path: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
  }

  mutating func read(title: String) throws(AnalysisError) -> AdviceModel {
    guard next().map(String.init) == title else {
      throw fault("'\(title)'; is this a file of `baecha analyse --model`")
    }
    let origin = try numbers("origin", count: 2, in: -1_800_000_000...1_800_000_000)
    let side = try numbers("cell", count: 1, in: CellGrid.sides)
    let offset = try numbers("utc_offset", count: 1, in: -64_800...64_800)
    let days = try words("days").map { (word: Substring) throws(AnalysisError) -> LocalDay in
      guard let day = LocalDay(String(word)) else { throw fault("days such as 2008-05-17") }
      return day
    }
    let seconds = try numbers("seconds", count: WeekHour.count, in: 0...1_000_000_000)
    var counts: [GridCell: [AdviceModel.Count]] = [:]
    while let line = next() {
      let (cell, own) = try cell(line)
      guard counts.updateValue(own, forKey: cell) == nil else {
        throw fault("each cell once; \(cell.column) \(cell.row) stands twice")
      }
    }
    return AdviceModel(
      grid: CellGrid(
        origin: GeoPoint(latitude: Int32(origin[0]), longitude: Int32(origin[1])),
        sideMetres: side[0]
      ),
      utcOffsetSeconds: offset[0],
      days: days,
      covered: seconds.map(Int64.init),
      counts: counts
    )
  }

  private mutating func next() -> Substring? {
    guard number < lines.count else {
      number = lines.count + 1
      return nil
    }
    number += 1
    return lines[number - 1]
  }

  private mutating func words(_ name: String) throws(AnalysisError) -> [Substring] {
    let words = next()?.split(separator: " ") ?? []
    guard words.first.map(String.init) == name else { throw fault("'\(name)' and its values") }
    return Array(words.dropFirst())
  }

  private mutating func numbers(
    _ name: String,
    count: Int,
    in range: ClosedRange<Int>
  ) throws(AnalysisError) -> [Int] {
    let numbers = try words(name).compactMap { Int($0) }.filter(range.contains)
    guard numbers.count == count else {
      throw fault(
        "'\(name)' and \(count) whole numbers from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return numbers
  }

  private func cell(
    _ line: Substring
  ) throws(AnalysisError) -> (GridCell, [AdviceModel.Count]) {
    let words = line.split(separator: " ")
    let reach = Int(CellGrid.reach)
    let place = words.prefix(2).compactMap { Int($0) }.filter((-reach..<reach).contains)
    guard place.count == 2, words.count > 2 else {
      throw fault("'COLUMN ROW HOUR:PASSES …' with HOUR below \(WeekHour.count)")
    }
    var counts: [AdviceModel.Count] = []
    for word in words.dropFirst(2) {
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        .compactMap { Int($0) }
      guard parts.count == 2, (0..<WeekHour.count).contains(parts[0]),
        (1...1_000_000_000).contains(parts[1]), parts[0] > counts.last?.slot ?? -1
      else {
        throw fault("hours in order, each as HOUR:PASSES, not '\(word)'")
      }
      counts.append(AdviceModel.Count(slot: parts[0], passes: parts[1]))
    }
    return (GridCell(column: Int32(place[0]), row: Int32(place[1])), counts)
  }

  private func fault(_ wanted: String) -> AnalysisError {
    AnalysisError("\(path):\(number): expected \(wanted)")
  }
}
