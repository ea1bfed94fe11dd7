import ArgumentParser
import Foundation
import Simulation
import Spatial
import TripData

/// `baecha analyse`: boardings, drop-offs and vacant passes as open data.
struct AnalyseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyse",
    abstract:
      "Turn trips and traces into open data: where riders board, where empty taxis come by.",
    discussion: """
      Counts boardings, drop-offs and passes of empty taxis by cell of the map, weekday and hour.
      Small counts are withheld or put together with their neighbours', so that no file lets anyone
      be picked out (docs/ANALYSE.md). Passes need traces (cabspotting); other layouts give
      boardings and drop-offs.

      EXAMPLES
        baecha analyse cab_2008-05-*.csv.gz --out sf
        baecha analyse rides.csv.gz --out city --cell 250 --threshold 10 --json
        baecha analyse cab_2008-05-1?.csv.gz cab_2008-05-2[0-3].csv.gz --model sf.model

      EXIT CODES
        0   every file was written
        1   a file was refused or could not be written: the message says why
        64  the command line was wrong
      """
  )

  @Argument(help: "Files of one layout, plain or gzip.")
  var files: [String]

  @Option(help: "The folder for the tables (CSV) and map layers (GeoJSON); made if missing.")
  var out: String?

  @Option(help: "Write a model for `baecha advise` to FILE. It holds small counts: keep it.")
  var model: String?

  @Option(help: "A cell's side in metres, 20 to 2000.")
  var cell = 100

  @Option(help: "Fewest different taxis behind a published count; 1 withholds nothing.")
  var threshold = 5

  @Option(help: "The layout, instead of telling it from the first lines.")
  var layout: TripLayout?

  @Option(
    parsing: .unconditional,
    help: "Local time less UTC for times without a zone, as ±HH:MM. Default: the layout's own."
  )
  var utcOffset: UTCOffset?

  @Option(
    parsing: .unconditional,
    help: "Believe places in this box only, as SOUTH,WEST,NORTH,EAST in degrees, or 'world'."
  )
  var region: RegionArgument?

  @Option(
    parsing: .unconditional,
    help: "Where four cells meet, as LAT,LON. Default: the data's middle to a tenth of a degree."
  )
  var origin: PlaceArgument?

  @Flag(help: "Print the summary as JSON; the keys are in docs/ANALYSE.md.")
  var json = false

  func validate() throws {
    guard out != nil || model != nil else {
      throw ValidationError("nothing to write: give --out DIR, --model FILE or both")
    }
    guard CellGrid.sides.contains(cell) else {
      throw ValidationError("--cell \(cell): give metres from 20 to 2000")
    }
    guard (1...1_000).contains(threshold) else {
      throw ValidationError("--threshold \(threshold): give a number from 1 to 1000")
    }
  }

  func run() throws {
    let log = try readTraces(
      files,
      layout: layout,
      utcOffset: utcOffset,
      region: region
    )
    var options = CityAnalysis.Options()
    options.cellMetres = cell
    options.threshold = threshold
    options.origin = origin?.place
    let bar = ProgressBar(label: "counting", total: 1_000)
    let interruption = Interruption.handle {}
    defer { withExtendedLifetime(interruption) {} }
    let analysis = try CityAnalysis(log, options: options) { bar.update(Int64($0 * 1_000)) }
    var written: [String] = []
    if let out { written = try AnalysisFiles(analysis).write(to: out) }
    if let model {
      try AdviceModel(learnedFrom: log, grid: analysis.grid).write(to: model)
      written.append(model)
    }
    bar.erase()
    if json {
      print(analysis.json(files: files, written: written))
    } else {
      print(analysis.table, terminator: "")
      print("written: " + written.joined(separator: ", "))
    }
  }
}

/// Reads files with their fixes, showing progress.
func readTraces(
  _ files: [String],
  layout: TripLayout?,
  utcOffset: UTCOffset?,
  region: RegionArgument?
) throws -> TripLog {
  var options = TripReader.Options()
  options.keepFixes = true
  options.utcOffsetSeconds = utcOffset?.seconds
  options.region = region?.region
  let bar = ProgressBar(label: "reading", total: 1_000)
  defer { bar.erase() }
  return try TripReader.read(files: files, layout: layout, options: options) {
    bar.update(Int64($0.bytesDone * 1_000 / max($0.bytesTotal, 1)))
  }
}

/// `LAT,LON` in degrees.
struct PlaceArgument: ExpressibleByArgument {
  var place: GeoPoint

  init?(argument: String) {
    let numbers = argument.split(separator: ",").compactMap { Double($0) }
    guard numbers.count == 2, abs(numbers[0]) <= 89, abs(numbers[1]) <= 180 else { return nil }
    place = GeoPoint(
      latitude: Int32((numbers[0] * 1e7).rounded()),
      longitude: Int32((numbers[1] * 1e7).rounded())
    )
  }
}
