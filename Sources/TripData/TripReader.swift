import Spatial

/// Reads files of trips or traces, plain or gzip, and cleans them.
public enum TripReader {
  /// What may be told otherwise. Times are milliseconds, distances metres.
  public struct Options: Sendable {
    /// Local time less UTC for times without a zone, −18 h … +18 h; `nil`: the layout's own.
    public var utcOffsetSeconds: Int?
    /// Places outside are dropped; `nil`: the layout's own, ``Region/world``: anywhere.
    public var region: Region?
    /// A file with a larger share of unreadable rows, in ten-thousandths, is refused, once ten rows
    /// or all of them are unreadable.
    public var malformedShareMax = 1_000
    /// Traces: a shorter or nearer ride is flicker of the flag.
    public var rideTimeMin: Int64 = 60_000
    public var rideMetresMin: Int64 = 100
    public var rideTimeMax: Int64 = 3 * 3_600_000
    /// Metres per second, straight line over duration.
    public var speedMax: Int64 = 55
    /// Traces: a ride ends where two fixes are this far apart, or more.
    public var rideSilence: Int64 = 30 * 60_000
    /// Rule `gaps`: a longer time without a ride ends a shift.
    public var gapMax: Int64 = 60 * 60_000
    /// Rule `presence`: from this on, silence and a vacant stop take a taxi off line; an absence
    /// longer than `absenceMax` ends its shift.
    public var silenceMin: Int64 = 10 * 60_000
    public var stopMin: Int64 = 30 * 60_000
    public var stopRadius: Int64 = 150
    public var absenceMax: Int64 = 60 * 60_000
    /// Whether ``TraceFigures/fixes`` is kept, 16 bytes a fix.
    public var keepFixes = false

    public init() {}
  }

  /// Reads the files as one body of data: for traces, consecutive days are one stream per taxi.
  ///
  /// - Parameters:
  ///   - files: paths, all of one layout (both forms of cabspotting may be mixed).
  ///   - layout: `nil`: told from the first lines of each file.
  ///   - options: what may be told otherwise.
  ///   - progress: called about once a megabyte.
  /// - Returns: the cleaned rides and the account of what was dropped.
  /// - Throws: the first reason to refuse a file.
  public static func read(
    files: [String],
    layout: TripLayout? = nil,
    options: Options = Options(),
    progress: (ReadProgress) -> Void = { _ in }
  ) throws(TripFileError) -> TripLog {
    try check(options)
    guard let first = files.first else {
      throw TripFileError(
        .cannotOpen,
        file: "(no file)",
        problem: "nothing to read",
        fix: "name at least one file"
      )
    }
    var sizes: [Int] = []
    var formats: [FileFormat] = []
    for file in files {
      let (format, size) = try sniff(file, told: layout)
      if let other = formats.first, !other.layout.reads(together: format.layout) {
        throw TripFileError(
          .wrongLayout,
          file: file,
          problem: "has the layout \(format.layout.rawValue), but \(first) has "
            + other.layout.rawValue,
          fix: "read files of different layouts in separate runs"
        )
      }
      formats.append(format)
      sizes.append(size)
    }
    let input = Input(files: files, formats: formats, sizes: sizes, options: options)
    switch formats[0].layout {
    case .cabspotting, .cabspottingDay: return try readTraces(input, progress)
    case .nycEvents: return try readEvents(input, progress)
    case .nycFoil, .debs2015, .tlc, .generic: return try readRecords(input, progress)
    case .seoulCallTaxi: return try readCalls(input, progress)
    }
  }

  private static func check(_ options: Options) throws(TripFileError) {
    if let offset = options.utcOffsetSeconds, !(-64_800...64_800).contains(offset) {
      throw TripFileError(
        .badOption,
        file: "options",
        column: "utcOffsetSeconds",
        value: "\(offset)",
        problem: "is no offset of local time",
        fix: "give seconds from -64800 to 64800, for example -18000 for New York in winter"
      )
    }
    // Wide enough for any city, and narrow enough that no product of two overflows.
    let month: Int64 = 31 * 86_400_000
    let limits: [(String, Int64, Int64)] = [
      ("malformedShareMax", Int64(options.malformedShareMax), 10_000),
      ("rideTimeMin", options.rideTimeMin, month), ("rideTimeMax", options.rideTimeMax, month),
      ("rideMetresMin", options.rideMetresMin, 1_000_000), ("speedMax", options.speedMax, 10_000),
      ("rideSilence", options.rideSilence, month), ("gapMax", options.gapMax, month),
      ("silenceMin", options.silenceMin, month), ("stopMin", options.stopMin, month),
      ("stopRadius", options.stopRadius, 1_000_000), ("absenceMax", options.absenceMax, month),
    ]
    for (name, value, most) in limits where value < 0 || value > most {
      throw TripFileError(
        .badOption,
        file: "options",
        column: name,
        value: "\(value)",
        problem: "is out of range",
        fix: "give a number from 0 to \(most)"
      )
    }
  }
}

/// What one call of ``TripReader`` works on.
struct Input {
  var files: [String]
  var formats: [FileFormat]
  /// Bytes on disk.
  var sizes: [Int]
  var options: TripReader.Options

  var layout: TripLayout { formats[0].layout }
  var region: Region? { options.region ?? layout.region }
  var utcOffsetSeconds: Int { options.utcOffsetSeconds ?? layout.utcOffsetSeconds }

  /// Feeds every file to the sink. `begin` is told the file before its first line, `end` after the
  /// last.
  func scan<Sink: FileSink & ~Copyable>(
    into sink: inout Sink,
    _ progress: (ReadProgress) -> Void
  ) throws(TripFileError) {
    let scanner = LineScanner()
    let total = sizes.reduce(0, +)
    var done = 0
    for (index, file) in files.enumerated() {
      sink.tally.begin(file: index)
      sink.begin(formats[index])
      let bytes = try scanner.scan(file, into: &sink) { read in
        progress(ReadProgress(file: file, bytesDone: done + read, bytesTotal: max(total, 1)))
      }
      sink.tally.report.bytes += bytes
      done += sizes[index]
      try sink.tally.end()
    }
  }
}

/// A line sink that reads file after file and keeps a tally.
protocol FileSink: ~Copyable, LineSink {
  var tally: Tally { get set }
  mutating func begin(_ format: FileFormat)
}

/// Counts rows file by file, and refuses a file with too many unreadable ones.
struct Tally {
  var report: CleaningReport
  private(set) var file = 0
  private let malformedShareMax: Int
  private var rows = 0
  private var malformed = 0
  /// The first unreadable row of the file.
  private var firstBroken: TripFileError?

  init(files: [String], malformedShareMax: Int) {
    report = CleaningReport(files: files)
    self.malformedShareMax = malformedShareMax
  }

  mutating func begin(file index: Int) {
    file = index
    rows = 0
    malformed = 0
    firstBroken = nil
  }

  @inline(__always)
  mutating func row() {
    rows += 1
  }

  /// Counts an unreadable row, a `row()` already.
  ///
  /// - Throws: when the file so far is too broken to go on.
  @inline(never)
  mutating func malformed(
    line: Int,
    column: String,
    value: String,
    problem: String
  ) throws(TripFileError) {
    malformed += 1
    let name = report.files[file]
    report.drop(
      .malformed,
      example: "\(name):\(line): column \(column): \"\(value)\": \(problem)"
    )
    if firstBroken == nil {
      firstBroken = TripFileError(
        .tooManyBrokenRows,
        file: name,
        line: line,
        column: column,
        value: value,
        problem: problem,
        fix: ""
      )
    }
    if rows == 1_000 { try judge() }
  }

  /// Closes the file.
  mutating func end() throws(TripFileError) {
    report.rows += rows
    guard rows > 0 else {
      throw TripFileError(
        .empty,
        file: report.files[file],
        problem: "has no rows of data",
        fix: "check that the file was written completely"
      )
    }
    try judge()
  }

  private func judge() throws(TripFileError) {
    guard var error = firstBroken, malformed * 10_000 > rows * malformedShareMax,
      malformed >= 10 || malformed == rows
    else { return }
    error.problem += "; \(malformed) of the first \(rows) rows are unreadable"
    error.fix = "check the layout (--layout), or mend the file; this is its first bad row"
    throw error
  }
}

extension TripLayout {
  /// Whether files of the two layouts make one log.
  func reads(together other: TripLayout) -> Bool { self == other || isTrace && other.isTrace }
}
