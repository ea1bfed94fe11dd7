import Matching

/// Driving time over distance that rises with a pace that never does: a sum of ramps, each rising up
/// to its knot and flat beyond, with coefficients of 0 or more, on top of the least pace. Every
/// concave, increasing curve that bends at the knots alone is such a sum.
///
/// Milliseconds over decimetres.
struct ConcaveCurve {
  /// The time at distance 0.
  private(set) var intercept: Double
  /// By ramp.
  private var rises: [Double]
  private var leastPace = paceMin

  /// Nobody drives faster than this: 35 m/s.
  static let paceMin = 1_000.0 / 350.0
  /// Where ramps end: the knots from 1.5 km on. Below, the curve is straight, as short trips cannot
  /// tell a slow first stretch from time at the doors.
  private static let ramps = TravelStatistics.knots.dropFirst(3).map(Double.init)

  struct Point {
    var distance: Double
    var time: Double
    var weight: Double
  }

  /// The curve of least weighted squares.
  static func fit(_ points: [Point], hasIntercept: Bool) -> ConcaveCurve {
    let first = hasIntercept ? 1 : 0
    let count = first + ramps.count
    var problem = NonnegativeSquares(count: count)
    var row = [Double](repeating: 1, count: count)
    for point in points where point.weight > 0 {
      for (index, knot) in ramps.enumerated() { row[first + index] = min(point.distance, knot) }
      problem.add(row, value: point.time - paceMin * point.distance, weight: point.weight)
    }
    let solution = problem.solve()
    return ConcaveCurve(
      intercept: hasIntercept ? solution[0] : 0,
      rises: Array(solution[first...])
    )
  }

  /// Without the intercept.
  func time(_ distance: Double) -> Double {
    var time = leastPace * distance
    for (index, knot) in Self.ramps.enumerated() { time += rises[index] * min(distance, knot) }
    return time
  }

  /// Stretches all times.
  mutating func scale(by factor: Double) {
    for index in rises.indices { rises[index] *= factor }
    leastPace *= factor
  }

  /// Whole milliseconds at the knots, the first 0, without the intercept.
  var table: [Int32] {
    TravelStatistics.knots.map { Int32(min(time(Double($0)).rounded(), 2e9)) }
  }
}

/// Least squares with unknowns of 0 or more: C. Lawson, R. Hanson, "Solving Least Squares Problems"
/// (1974), algorithm NNLS, on the normal equations, which are few and of like size here.
struct NonnegativeSquares {
  private let count: Int
  private var matrix: [Double]
  private var right: [Double]

  init(count: Int) {
    self.count = count
    matrix = Array(repeating: 0, count: count * count)
    right = Array(repeating: 0, count: count)
  }

  /// Adds `weight` × (row · unknowns − value)² to what is made small.
  mutating func add(_ row: [Double], value: Double, weight: Double) {
    for i in 0..<count {
      right[i] += weight * row[i] * value
      for j in 0..<count { matrix[i * count + j] += weight * row[i] * row[j] }
    }
  }

  func solve() -> [Double] {
    var solution = [Double](repeating: 0, count: count)
    var free: [Int] = []
    // Each unknown's own scale tells what counts as a gain, and as nothing.
    let tolerance = 1e-10
    for _ in 0..<(3 * count) {
      var best: (index: Int, gain: Double)?
      for index in 0..<count where !free.contains(index) && matrix[index * count + index] > 0 {
        var gradient = right[index]
        for j in 0..<count { gradient -= matrix[index * count + j] * solution[j] }
        let gain = gradient / max(right[index].magnitude, .leastNormalMagnitude)
        if gain > max(best?.gain ?? 0, tolerance) { best = (index, gain) }
      }
      guard let best else { break }
      free.append(best.index)
      while true {
        guard let trial = solved(free) else {
          // It says nothing that the others do not.
          free.removeAll { $0 == best.index }
          return solution
        }
        guard trial.contains(where: { $0 <= 0 }) else {
          for (place, index) in free.enumerated() { solution[index] = trial[place] }
          break
        }
        var step = 1.0
        for (place, index) in free.enumerated() where trial[place] <= 0 {
          step = min(step, solution[index] / max(solution[index] - trial[place], 1e-300))
        }
        for (place, index) in free.enumerated() {
          solution[index] += step * (trial[place] - solution[index])
        }
        let blocked = free.enumerated().filter { trial[$0.offset] <= 0 }.map(\.element)
          .filter { solution[$0] <= solution.reduce(0, max) * 1e-12 }
        for index in blocked { solution[index] = 0 }
        free.removeAll { blocked.contains($0) }
        if blocked.isEmpty || free.isEmpty { return solution }
      }
    }
    return solution
  }

  /// The unknowns `free` alone, by Cholesky's decomposition; `nil` when they depend on each other.
  private func solved(_ free: [Int]) -> [Double]? {
    let n = free.count
    var lower = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        var sum = matrix[free[i] * count + free[j]]
        for k in 0..<j { sum -= lower[i * n + k] * lower[j * n + k] }
        if i == j {
          guard sum > matrix[free[i] * count + free[i]] * 1e-13 else { return nil }
          lower[i * n + i] = sum.squareRoot()
        } else {
          lower[i * n + j] = sum / lower[j * n + j]
        }
      }
    }
    var values = free.map { right[$0] }
    for i in 0..<n {
      for k in 0..<i { values[i] -= lower[i * n + k] * values[k] }
      values[i] /= lower[i * n + i]
    }
    for i in (0..<n).reversed() {
      for k in (i + 1)..<n { values[i] -= lower[k * n + i] * values[k] }
      values[i] /= lower[i * n + i]
    }
    return values
  }
}
