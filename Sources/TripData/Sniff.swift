import Foundation

/// What is known of a file before its rows are read.
struct FileFormat {
  var layout: TripLayout
  var hasHeader = false
  /// The columns of the record layouts.
  var columns = ColumnPlan()
  /// Header columns that the layout has no use for.
  var unknownColumns: [String] = []
  /// Text is in CP949, not UTF-8.
  var isCP949 = false
}

/// Tells the layout from the first 64 KiB of a file, or checks the told one against them.
///
/// - Returns: the format, and the bytes on disk.
func sniff(_ path: String, told: TripLayout?) throws(TripFileError) -> (FileFormat, Int) {
  var source = try ByteSource(path: path)
  let head = try Head(&source, path: path)
  guard let first = head.lines.first else {
    throw TripFileError(
      .empty,
      file: path,
      problem: "is empty",
      fix: "check that the file was written completely"
    )
  }
  let looked = look(first, second: head.lines.dropFirst().first, path: path)
  var format = FileFormat(layout: .generic)
  if told != .generic {
    switch looked {
    case .refused(let error): throw error
    case .seems(let seen):
      guard told == nil || told == seen else {
        throw TripFileError(
          .wrongLayout,
          file: path,
          line: 1,
          value: shorten(first),
          problem: "looks like the layout \(seen.rawValue), not \(told?.rawValue ?? "any")",
          fix: "leave --layout out, or give --layout \(seen.rawValue)"
        )
      }
      format.layout = seen
    }
  }
  switch format.layout {
  case .cabspottingDay, .seoulCallTaxi: format.hasHeader = true
  case .cabspotting, .nycEvents: break
  case .debs2015: format.columns = .debs2015
  case .nycFoil, .tlc, .generic:
    format.hasHeader = true
    try plan(&format, header: first, path: path)
  }
  if format.layout == .seoulCallTaxi { format.isCP949 = !head.isUTF8 }
  return (format, source.bytesOnDisk)
}

/// The first lines of a file.
private struct Head {
  var lines: [String] = []
  var isUTF8 = true

  init(_ source: inout ByteSource, path: String) throws(TripFileError) {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    while count < bytes.count {
      let start = count
      let outcome = bytes.withUnsafeMutableBufferPointer { buffer in
        Result { () throws(TripFileError) in
          try source.read(into: Field(rebasing: buffer[start...]), line: 1)
        }
      }
      let read: Int
      do throws(TripFileError) {
        read = try outcome.get()
      } catch {
        // What came before the damage still tells the layout; the damage is met again, with its
        // line, when the rows are read.
        guard count > 0 else { throw error }
        break
      }
      if read == 0 { break }
      count += read
    }
    if bytes[..<count].contains(0) {
      throw TripFileError(
        .binary,
        file: path,
        problem: "is not text: it holds zero bytes",
        fix: "give comma-separated text, plain or gzip (unpack zip, zstd and parquet first)"
      )
    }
    var text = bytes[..<count]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    // The last line may be cut anywhere, inside a character too.
    let whole = text.lastIndex(of: 0x0A).map { text[...$0] } ?? text
    isUTF8 = String(validating: whole, as: UTF8.self) != nil
    for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).prefix(3) {
      lines.append(String(decoding: line, as: UTF8.self))
    }
  }
}

private enum Look {
  case seems(TripLayout)
  case refused(TripFileError)
}

private func look(_ first: String, second: String?, path: String) -> Look {
  let fields = splitHeader(first)
  let names = Set(fields.map(headerKey))
  // These two are read by place, so nothing but their own order will do.
  let inOrder = fields.map(headerKey)
  if inOrder == FixReader.dayColumns { return .seems(.cabspottingDay) }
  if inOrder == CallReader.columns { return .seems(.seoulCallTaxi) }
  if names.contains("pulocationid") || names.contains("locationid_pickup") {
    return .refused(
      TripFileError(
        .noCoordinates,
        file: path,
        line: 1,
        column: "PULocationID",
        problem: "holds taxi zones instead of coordinates, as TLC files do since July 2016; a "
          + "zone is up to kilometres wide, so no distance, speed or match can be computed from it",
        fix: "use a TLC file of 2009 to June 2016, which has coordinates"
      )
    )
  }
  if names.contains("medallion") { return .seems(.nycFoil) }
  if ColumnPlan.isTLC(names) { return .seems(.tlc) }
  if names.contains("pickup_at") || names.contains("requested_at") { return .seems(.generic) }
  if fields.count == 11, fields[1] == "START" || fields[1] == "END" { return .seems(.nycEvents) }
  if fields.count == 17, isTime(fields[2]), isTime(fields[3]) { return .seems(.debs2015) }
  let words = first.split(separator: " ")
  if words.count == 4, words.allSatisfy({ Double($0) != nil }) { return .seems(.cabspotting) }
  return .refused(
    TripFileError(
      .unknownLayout,
      file: path,
      line: 1,
      value: shorten(first),
      problem: "is in no layout that is known",
      fix: "known are \(TripLayout.allCases.map(\.rawValue).joined(separator: ", ")); rename the "
        + "columns to those of 'generic' in docs/DATA.md (pickup_at,dropoff_at,pickup_lat,…)"
    )
  )
}

private func isTime(_ text: String) -> Bool {
  var bytes = Array(text.utf8)
  return bytes.withUnsafeMutableBufferPointer { isoTime($0, utcOffsetSeconds: 0) } != nil
}

/// The fields of a header as text.
package func splitHeader(_ line: String) -> [String] {
  var bytes = Array(line.utf8)
  var table = FieldTable()
  return bytes.withUnsafeMutableBufferPointer { buffer in
    table.split(buffer)
    return (0..<min(table.count, FieldTable.capacity)).map {
      String(decoding: table[$0], as: UTF8.self)
    }
  }
}

/// A header name in small letters, blanks and hyphens as underscores.
func headerKey(_ name: String) -> String {
  String(name.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
}

func shorten(_ text: String) -> String { text.count > 60 ? text.prefix(60) + "…" : text }

private func plan(_ format: inout FileFormat, header: String, path: String) throws(TripFileError) {
  let names = splitHeader(header)
  format.columns = ColumnPlan(header: names.map(headerKey), layout: format.layout)
  format.columns.names = names
  if let missing = format.columns.missing(layout: format.layout) {
    throw TripFileError(
      .missingColumn,
      file: path,
      line: 1,
      column: missing.name,
      value: shorten(header),
      problem: "the header has no such column, which the layout \(format.layout.rawValue) needs",
      fix: missing.fix
    )
  }
  if format.layout == .generic {
    format.unknownColumns = names.enumerated()
      .filter { !format.columns.uses(column: $0.offset) }.map(\.element)
  }
}
