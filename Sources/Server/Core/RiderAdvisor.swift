import Spatial

/// Where, within a short walk, an empty taxi comes by soonest. Learned elsewhere; whoever composes
/// the server hands one in.
package protocol RiderAdvisor: Sendable {
  /// Asks the model.
  ///
  /// - Parameters:
  ///   - place: where the rider stands.
  ///   - unixSeconds: when.
  ///   - walkSeconds: how far the rider would walk.
  /// - Returns: best first; empty when no empty taxi was ever seen there.
  func spots(near place: GeoPoint, unixSeconds: Int64, walkSeconds: Int) -> [AdvisedSpot]
}

/// A place to wait at.
package struct AdvisedSpot: Equatable, Sendable {
  package var place: GeoPoint
  package var walkMetres: Int
  package var walkSeconds: Int
  /// The mean wait there, and the spans that 10 and 90 of 100 waits do not exceed, in seconds.
  package var waitMean: Int
  package var wait10: Int
  package var wait90: Int

  package init(
    place: GeoPoint,
    walkMetres: Int,
    walkSeconds: Int,
    waitMean: Int,
    wait10: Int,
    wait90: Int
  ) {
    self.place = place
    self.walkMetres = walkMetres
    self.walkSeconds = walkSeconds
    self.waitMean = waitMean
    self.wait10 = wait10
    self.wait90 = wait90
  }
}
