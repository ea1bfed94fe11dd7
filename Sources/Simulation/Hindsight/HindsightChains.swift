/// Who served what after what: the rides of each taxi and shift, in order. What a policy or the
/// record did, in the bound's terms.
public struct HindsightChains: Hashable, Sendable {
  /// Indices of rides, each at most once.
  public var chains: [[Int]]

  /// Empty chains are dropped.
  public init(_ chains: [[Int]]) { self.chains = chains.filter { !$0.isEmpty } }

  public var count: Int { chains.count }

  /// The rides in the chains, ascending.
  public var rides: [Int] { chains.joined().sorted() }

  /// The chains without the rides that fail a test; what stands apart because of that stays in one
  /// chain only where nothing was left out between.
  public func keeping(_ isKept: (Int) -> Bool) -> HindsightChains {
    HindsightChains(
      chains.flatMap { $0.split { !isKept($0) }.map(Array.init) }
    )
  }

  /// The same chains with ``rides`` numbered from 0: as in a bound over just these rides.
  public var renumbered: HindsightChains {
    var numbers: [Int: Int] = [:]
    for (number, ride) in rides.enumerated() { numbers[ride] = number }
    return HindsightChains(chains.map { $0.compactMap { numbers[$0] } })
  }

  /// What the legs of chains come to.
  public struct Value: Hashable, Sendable {
    public init(empty: Int64, legs: Int, impossible: Int) {
      self.empty = empty
      self.legs = legs
      self.impossible = impossible
    }

    /// Σ of the direct legs between consecutive rides, in units of the objective: what was driven is
    /// at least that, whatever the taxi did between.
    public var empty: Int64
    public var legs: Int
    /// Legs that were driven faster than the travel model allows, as records may be: a bound under
    /// this model says nothing about such chains.
    public var impossible: Int
  }
}

extension HindsightBound {
  /// The value of chains whose rides have the bound's numbers (``HindsightChains/renumbered``).
  public func value(of chains: HindsightChains) -> HindsightChains.Value {
    var value = HindsightChains.Value(empty: 0, legs: 0, impossible: 0)
    for chain in chains.chains {
      for (before, ride) in zip(chain, chain.dropFirst()) {
        let (a, b) = (costs.rides[before], costs.rides[ride])
        let distance = a.to.distance(to: b.from)
        value.legs += 1
        value.empty += Int64(costs.price(distance, ready: a.end, latest: b.latest))
        if !costs.legs.canReach(distance, ready: a.end, latest: b.latest) { value.impossible += 1 }
      }
    }
    return value
  }
}
