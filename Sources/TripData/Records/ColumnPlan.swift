/// Which column of a record holds what; −1 where none does.
struct ColumnPlan {
  enum Role: Int, CaseIterable {
    case id
    case taxi
    case requestedAt
    case assignedAt
    case pickupAt
    case dropoffAt
    case fromLatitude
    case fromLongitude
    case toLatitude
    case toLongitude
    case passengers
    /// In the unit of the layout: ``ColumnPlan/metresPerUnit`` thousandths.
    case distance
  }

  /// Names of the columns for messages; their count is the count of fields that a row must have.
  var names: [String] = []
  /// Millimetres per unit of the distance column.
  var millimetresPerUnit: Int64 = 1_609_344
  private var indices = [Int](repeating: -1, count: Role.allCases.count)

  init() {}

  subscript(role: Role) -> Int {
    get { indices[role.rawValue] }
    set { indices[role.rawValue] = newValue }
  }

  func uses(column: Int) -> Bool { indices.contains(column) }

  func name(of role: Role) -> String {
    let index = self[role]
    return names.indices.contains(index) ? names[index] : "\(index + 1)"
  }

  /// The header's names are as ``headerKey(_:)`` writes them; of two columns with one name the first
  /// counts.
  init(header: [String], layout: TripLayout) {
    self.init()
    if layout == .generic { millimetresPerUnit = 1_000 }
    for role in Role.allCases {
      let names = layout == .generic ? role.genericNames : role.newYorkNames
      // In order of preference: an exact name before its older forms.
      for name in names where self[role] < 0 {
        self[role] = header.firstIndex(of: name) ?? -1
      }
    }
    if layout == .generic, self[.pickupAt] < 0 { self[.pickupAt] = self[.requestedAt] }
  }

  /// medallion, hack_license, pickup, drop-off, seconds, miles, four coordinates, payment and fares.
  static var debs2015: ColumnPlan {
    var plan = ColumnPlan()
    plan.names = [
      "medallion", "hack_license", "pickup_datetime", "dropoff_datetime", "trip_time_in_secs",
      "trip_distance", "pickup_longitude", "pickup_latitude", "dropoff_longitude",
      "dropoff_latitude", "payment_type", "fare_amount", "surcharge", "mta_tax", "tip_amount",
      "tolls_amount", "total_amount",
    ]
    plan[.taxi] = 0
    plan[.pickupAt] = 2
    plan[.dropoffAt] = 3
    plan[.distance] = 5
    plan[.fromLongitude] = 6
    plan[.fromLatitude] = 7
    plan[.toLongitude] = 8
    plan[.toLatitude] = 9
    return plan
  }

  /// Whether a header is one of the TLC's with coordinates.
  static func isTLC(_ names: Set<String>) -> Bool {
    let time = Role.pickupAt.newYorkNames.contains(where: names.contains)
    let vendor = ["vendor_name", "vendor_id", "vendorid"].contains(where: names.contains)
    return time && vendor
  }

  /// The first column that the layout cannot do without, and what to do.
  func missing(layout: TripLayout) -> (name: String, fix: String)? {
    var needed: [Role] = [
      .pickupAt, .dropoffAt, .fromLatitude, .fromLongitude, .toLatitude, .toLongitude,
    ]
    if layout == .nycFoil { needed.insert(.taxi, at: 0) }
    guard let role = needed.first(where: { self[$0] < 0 }) else { return nil }
    let names = layout == .generic ? role.genericNames : role.newYorkNames
    let fix =
      layout == .nycFoil
      ? "give a trip_data file (trip_fare files hold no places)"
      : "name the column \(names.joined(separator: " or ")) in the header; docs/DATA.md lists all"
    return (names.first ?? "", fix)
  }
}

extension ColumnPlan.Role {
  /// Names in headers of the TLC and of the 2013 release, as ``headerKey(_:)`` writes them.
  var newYorkNames: [String] {
    switch self {
    case .id, .requestedAt, .assignedAt: []
    case .taxi: ["medallion"]
    case .pickupAt:
      [
        "pickup_datetime", "tpep_pickup_datetime", "lpep_pickup_datetime", "trip_pickup_datetime",
      ]
    case .dropoffAt:
      [
        "dropoff_datetime", "tpep_dropoff_datetime", "lpep_dropoff_datetime",
        "trip_dropoff_datetime",
      ]
    case .fromLatitude: ["pickup_latitude", "start_lat"]
    case .fromLongitude: ["pickup_longitude", "start_lon"]
    case .toLatitude: ["dropoff_latitude", "end_lat"]
    case .toLongitude: ["dropoff_longitude", "end_lon"]
    case .passengers: ["passenger_count"]
    case .distance: ["trip_distance"]
    }
  }

  /// Names in the header of a generic file.
  var genericNames: [String] {
    switch self {
    case .id: ["request_id"]
    case .taxi: ["taxi_id"]
    case .requestedAt: ["requested_at"]
    case .assignedAt: ["assigned_at"]
    case .pickupAt: ["pickup_at"]
    case .dropoffAt: ["dropoff_at"]
    case .fromLatitude: ["pickup_lat", "pickup_latitude"]
    case .fromLongitude: ["pickup_lon", "pickup_longitude", "pickup_lng"]
    case .toLatitude: ["dropoff_lat", "dropoff_latitude"]
    case .toLongitude: ["dropoff_lon", "dropoff_longitude", "dropoff_lng"]
    case .passengers: ["passengers"]
    case .distance: ["distance_m"]
    }
  }
}
