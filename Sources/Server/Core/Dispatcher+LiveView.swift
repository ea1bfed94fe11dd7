import Journal
import Matching
import Spatial

/// What the live view was last told, so that it is told only what has changed.
struct ShownView {
  /// By index of the taxi; the number 0 = not shown.
  private var taxis: [(id: UInt64, place: GeoPoint)] = []
  private(set) var isWhole = false
  private(set) var lastAt = Millis(0)
  private(set) var nextAt = Millis(0)

  /// Nothing that was shown before counts any more.
  mutating func void() {
    taxis = []
    isWhole = false
  }

  /// One for so many taxis begins; the next one is due a period later.
  mutating func begin(for count: Int, at now: Millis, period: Millis) {
    lastAt = now
    nextAt = now + period
    isWhole = true
    let nobody = (id: UInt64(0), place: GeoPoint(latitude: 0, longitude: 0))
    if taxis.count < count {
      taxis.append(contentsOf: repeatElement(nobody, count: count - taxis.count))
    }
  }

  subscript(index: Int) -> (id: UInt64, place: GeoPoint) {
    get { taxis[index] }
    set { taxis[index] = newValue }
  }
}

/// A copy of the state for other software, written behind: free taxis with their places, and counts.
extension Dispatcher {
  /// Hands what has changed to the store, once a period; skips one when the last is still under way.
  func showLiveView() {
    guard let period = liveViewPeriod, role.isLeader, now >= shown.nextAt, store.takesView else {
      return
    }
    // What nobody kept alive for so long may have vanished.
    if now.count - shown.lastAt.count > period.count * 5 { shown.void() }
    var view = LiveView(upTo: engine.factCount, isWhole: !shown.isWhole)
    shown.begin(for: taxis.names.usedCount, at: now, period: period)
    var states = [Int](repeating: 0, count: TaxiState.allCases.count)
    for index in 0..<taxis.names.usedCount {
      let isOn = taxis.names.isUsed(index) && taxis[index].isOn
      let taxi = isOn ? engine.view(of: taxis.id(index)) : nil
      if let taxi { states[Int(taxi.state.rawValue) - 1] += 1 }
      let isFree = taxi.map { $0.state == .free && $0.isFresh && !$0.isLost } ?? false
      guard isFree ? show(index, &view) : hide(index, &view) else {
        // The name that was shown here must go, and is forgotten: next time all is shown anew.
        return shown.void()
      }
    }
    for state in TaxiState.allCases {
      view.counts.append(("taxis_\(state.word)", states[Int(state.rawValue) - 1]))
    }
    let rideCounts = engine.rideCounts
    for state in RideState.allCases {
      view.counts.append(("requests_\(state.word)", rideCounts[Int(state.rawValue) - 1]))
    }
    view.counts.append(("at", Int(wallNow.count)))
    store.show(view)
  }

  /// - Returns: whether nobody else is shown at its index.
  private func show(_ index: Int, _ view: inout LiveView) -> Bool {
    let (last, id, place) = (shown[index], taxis.names.id(at: index), taxis[index].place)
    guard last.id == 0 || last.id == id else { return false }
    guard last.id != id || last.place != place else { return true }
    shown[index] = (id, place)
    view.free.append(
      LiveView.FreeTaxi(
        name: Array(taxis.names.name(at: index)),
        latitude: place.latitude,
        longitude: place.longitude
      )
    )
    return true
  }

  /// - Returns: whether nobody is shown at its index any more once this is told.
  private func hide(_ index: Int, _ view: inout LiveView) -> Bool {
    let last = shown[index].id
    guard last != 0 else { return true }
    guard last == taxis.names.id(at: index), taxis.names.isUsed(index) else { return false }
    shown[index].id = 0
    view.gone.append(Array(taxis.names.name(at: index)))
    return true
  }
}
