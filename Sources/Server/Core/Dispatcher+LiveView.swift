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
      let id = taxis.names.id(at: index)
      let known =
        taxis.names.isUsed(index) && taxis[index].isOn ? engine.view(of: TaxiID(id)) : nil
      if let known { states[Int(known.state.rawValue) - 1] += 1 }
      let last = shown[index]
      guard let known, known.state == .free, known.isFresh, !known.isLost else {
        guard last.id != 0 else { continue }
        shown[index].id = 0
        if last.id == id, taxis.names.isUsed(index) {
          view.gone.append(Array(taxis.names.name(at: index)))
        } else {
          // Its name is forgotten, so it cannot be taken away: everything is shown anew next time.
          shown.void()
          return
        }
        continue
      }
      let place = taxis[index].place
      guard last.id != id || last.place != place else { continue }
      shown[index] = (id, place)
      view.free.append(
        LiveView.FreeTaxi(
          name: Array(taxis.names.name(at: index)),
          latitude: place.latitude,
          longitude: place.longitude
        )
      )
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
}
