/// One run of a study: a world on a day with a share of its shifts and a seed. All four are places in
/// the study's lists. The recorded world and the bound have one a day, at share 0 and seed 0.
package struct StudyCell: Hashable, Comparable, Sendable {
  package var world: Int
  package var day: Int
  package var share: Int
  package var seed: Int

  /// The order of tables.
  package static func < (a: StudyCell, b: StudyCell) -> Bool {
    (a.world, a.day, a.share, a.seed) < (b.world, b.day, b.share, b.seed)
  }
}

/// A part of a study's cells: number `index` of `count`, from 1.
public struct StudyShard: Equatable, Sendable {
  public var index: Int
  public var count: Int

  public static let whole = StudyShard(uncheckedIndex: 1, of: 1)

  private init(uncheckedIndex index: Int, of count: Int) {
    self.index = index
    self.count = count
  }

  /// `nil` unless 1 ≤ index ≤ count ≤ 10,000.
  public init?(_ index: Int, of count: Int) {
    guard (1...10_000).contains(count), (1...count).contains(index) else { return nil }
    self.init(uncheckedIndex: index, of: count)
  }

  /// From `2/4`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else { return nil }
    self.init(index, of: count)
  }
}

extension StudyPlan {
  /// Every cell, in the order in which they are played: seed by seed, so that what is left takes as
  /// long per cell as what is done.
  package var cells: [StudyCell] {
    var cells: [StudyCell] = []
    for seed in seeds.indices {
      for day in test.indices {
        for share in shares.indices {
          for world in worlds.indices
          where !worlds[world].isFixed || (share == 0 && seed == 0) {
            cells.append(StudyCell(world: world, day: day, share: share, seed: seed))
          }
        }
      }
    }
    return cells
  }

  /// The cells of a shard, in the same order. They are dealt out after a shuffle that depends on
  /// nothing but their number: by turns, one shard would get all of the slower world.
  package func cells(of shard: StudyShard) -> [StudyCell] {
    let all = cells
    var draws: [(draw: UInt64, place: Int)] = []
    for place in all.indices {
      var random = SeededRandom(seed: 0, purpose: .thinning, subject: UInt64(place))
      draws.append((random.next(), place))
    }
    draws.sort { ($0.draw, $0.place) < ($1.draw, $1.place) }
    return draws.indices.filter { $0 % shard.count == shard.index - 1 }
      .map { draws[$0].place }.sorted().map { all[$0] }
  }
}
