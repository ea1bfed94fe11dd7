/// The best neighbours a search has found so far, at most `k`, in memory of the caller's.
///
/// Up to `sortedMax` they are kept in order by insertion; more are a heap with the worst on top,
/// sorted at the end.
struct Hits {
  /// A hit moves all later ones up by one: with many wanted that would be quadratic.
  static let sortedMax = 48

  let items: UnsafeMutablePointer<Neighbor>
  let k: Int
  private(set) var count = 0
  /// A candidate is a hit when it is before this: the worst of `k` hits, or the limit of distance.
  private(set) var bar: Neighbor

  init(_ k: Int, within squaredMax: Int64, at items: UnsafeMutablePointer<Neighbor>) {
    self.items = items
    self.k = k
    // Every slot is below the largest number, so a point at the limit is before the bar.
    bar = Neighbor(slot: Int32.max, squaredDistance: squaredMax)
  }

  @inline(__always)
  func isHit(_ slot: Int32, _ squaredDistance: Int64) -> Bool {
    squaredDistance < bar.squaredDistance
      || (squaredDistance == bar.squaredDistance && slot < bar.slot)
  }

  /// Adds a candidate that ``isHit(_:_:)``; the worst of `k` gives way.
  @inline(__always)
  mutating func add(_ hit: Neighbor) {
    guard k <= Self.sortedMax else { return addToHeap(hit) }
    // The last of k falls off the end.
    var place = count < k ? count : k &- 1
    while place > 0 && hit < items[place &- 1] {
      items[place] = items[place &- 1]
      place &-= 1
    }
    items[place] = hit
    if count < k { count &+= 1 }
    if count == k { bar = items[k &- 1] }
  }

  @inline(never)
  private mutating func addToHeap(_ hit: Neighbor) {
    if count < k {
      var place = count
      while place > 0 && items[(place - 1) / 2] < hit {
        items[place] = items[(place - 1) / 2]
        place = (place - 1) / 2
      }
      items[place] = hit
      count += 1
    } else {
      sink(hit, below: k)
    }
    if count == k { bar = items[0] }
  }

  /// Puts `hit` in place of the top of the heap that is the first `end` items.
  private func sink(_ hit: Neighbor, below end: Int) {
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < end else { break }
      if child + 1 < end && items[child] < items[child + 1] { child += 1 }
      guard hit < items[child] else { break }
      items[place] = items[child]
      place = child
    }
    items[place] = hit
  }

  /// Brings the hits into order, nearest first.
  func sort() {
    guard k > Self.sortedMax else { return }
    for end in stride(from: count - 1, to: 0, by: -1) {
      let last = items[end]
      items[end] = items[0]
      sink(last, below: end)
    }
  }
}
