/// Nearest points.
extension MovingGrid {
  /// The `k` nearest points whose mask has every bit of `needing`, nearest first; of two equally
  /// near the lower slot first.
  ///
  /// - Parameters:
  ///   - k: how many are wanted; fewer come when there are not so many.
  ///   - center: the place to be near to.
  ///   - distanceMax: how far away a point may be, in decimetres, inclusive; `Int32.max` is any
  ///     distance, a negative one none.
  ///   - needing: the bits a point's mask must have; 0 takes every point.
  ///   - neighbors: replaced by the answer. Nothing is allocated when its capacity is `k`, or the
  ///     grid's count if that is less.
  public func nearest(
    _ k: Int,
    to center: Point,
    within distanceMax: Int32,
    needing: UInt32,
    into neighbors: inout [Neighbor]
  ) {
    search(k, center, distanceMax, needing, UnsafeBufferPointer(start: nil, count: 0), &neighbors)
  }

  /// The same as ``nearest(_:to:within:needing:into:)`` without the slots in `excluded`, which are in
  /// any order. Each candidate is compared with all of them, so they should be few. Numbers that are
  /// no slots are ignored.
  public func nearest(
    _ k: Int,
    to center: Point,
    within distanceMax: Int32,
    needing: UInt32,
    excluding excluded: Span<Int32>,
    into neighbors: inout [Neighbor]
  ) {
    excluded.withUnsafeBufferPointer { search(k, center, distanceMax, needing, $0, &neighbors) }
  }

  private func search(
    _ k: Int,
    _ center: Point,
    _ distanceMax: Int32,
    _ needing: UInt32,
    _ excluded: UnsafeBufferPointer<Int32>,
    _ neighbors: inout [Neighbor]
  ) {
    let k = min(k, count)
    guard k > 0, distanceMax >= 0 else {
      neighbors.removeAll(keepingCapacity: true)
      return
    }
    // What the array held is written over: the same array used again is not filled first.
    if neighbors.count < k {
      neighbors.reserveCapacity(k)
      while neighbors.count < k { neighbors.append(Neighbor(slot: 0, squaredDistance: 0)) }
    }
    let found = neighbors.withUnsafeMutableBufferPointer { buffer in
      guard let items = buffer.baseAddress else { return 0 }
      let squaredMax =
        distanceMax == Int32.max ? Int64.max : Int64(distanceMax) * Int64(distanceMax)
      var search = Search(
        grid: self,
        center: center,
        needing: needing,
        excluded: excluded,
        hits: Hits(k, within: squaredMax, at: items)
      )
      search.run()
      return search.hits.count
    }
    neighbors.removeLast(neighbors.count - found)
  }
}
