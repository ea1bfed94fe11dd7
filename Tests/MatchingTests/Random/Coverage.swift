import Matching

/// How often each pair of state and command was met: the proof that a random run has been everywhere.
struct Coverage {
  enum RideVerb: Int, CaseIterable {
    case request, change, cancel, assign, release, arrive, board, drop, noShow, abort
  }
  enum OfferVerb: Int, CaseIterable { case accept, decline }
  enum TaxiVerb: Int, CaseIterable { case on, off, forceOff, position, busy, free, assignTo }

  /// Columns: the states in the order of their raw values, then unknown; a taxi's lost before that.
  static let rideStates = RideState.allCases.map { "\($0)" } + ["unknown"]
  static let offerStates = OfferState.allCases.map { "\($0)" } + ["unknown"]
  static let taxiStates = TaxiState.allCases.map { "\($0)" } + ["lost", "unknown"]

  private(set) var rides = Table(RideVerb.allCases.map { "\($0)" }, rideStates)
  private(set) var offers = Table(OfferVerb.allCases.map { "\($0)" }, offerStates)
  private(set) var taxis = Table(TaxiVerb.allCases.map { "\($0)" }, taxiStates)

  struct Table {
    let rows: [String]
    let columns: [String]
    private(set) var counts: [Int]

    init(_ rows: [String], _ columns: [String]) {
      self.rows = rows
      self.columns = columns
      counts = Array(repeating: 0, count: rows.count * columns.count)
    }

    subscript(row: Int, column: Int) -> Int {
      get { counts[row * columns.count + column] }
      set { counts[row * columns.count + column] = newValue }
    }

    /// The pairs met fewer than `least` times, by name.
    func rare(below least: Int) -> [String] {
      counts.indices.filter { counts[$0] < least }.map {
        "\(rows[$0 / columns.count]) × \(columns[$0 % columns.count]): \(counts[$0])"
      }
    }

    var text: String {
      func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 0)) + text
      }
      var lines = [right("", 10) + columns.map { right($0, 11) }.joined()]
      for row in rows.indices {
        let cells = columns.indices.map { right("\(self[row, $0])", 11) }
        lines.append(right(rows[row], 10) + cells.joined())
      }
      return lines.joined(separator: "\n")
    }
  }

  static func column(_ state: RideState?) -> Int {
    state.map { Int($0.rawValue) - 1 } ?? rideStates.count - 1
  }

  static func column(_ state: OfferState?) -> Int {
    state.map { Int($0.rawValue) - 1 } ?? offerStates.count - 1
  }

  static func column(_ taxi: LifeCycleModelTaxi) -> Int {
    guard let state = taxi.state else { return taxiStates.count - 1 }
    return taxi.isLost ? taxiStates.count - 2 : Int(state.rawValue) - 1
  }

  mutating func count(_ verb: RideVerb, _ state: RideState?) {
    rides[verb.rawValue, Self.column(state)] += 1
  }

  mutating func count(_ verb: OfferVerb, _ state: OfferState?) {
    offers[verb.rawValue, Self.column(state)] += 1
  }

  mutating func count(_ verb: TaxiVerb, _ taxi: LifeCycleModelTaxi) {
    taxis[verb.rawValue, Self.column(taxi)] += 1
  }

  func rare(below least: Int) -> [String] {
    rides.rare(below: least) + offers.rare(below: least) + taxis.rare(below: least)
  }

  var text: String { [rides.text, offers.text, taxis.text].joined(separator: "\n\n") }
}
