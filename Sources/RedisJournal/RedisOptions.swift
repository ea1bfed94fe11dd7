import Journal
import Matching

/// How a journal is kept in a Redis.
public struct RedisOptions: Sendable {
  public var address: RedisAddress
  /// Names the keys.
  public var region: String
  /// What must be the same for all who lead the region, such as its box: data of another is refused.
  public var regionMark: String
  /// This process: a name, `@`, and where its clients reach it.
  public var owner: String
  /// What an answer must promise; a Redis that gives less is refused.
  public var durability = Durability.durable
  /// Where the last acknowledged position is noted outside of Redis; `nil` = nowhere.
  public var witness: String?

  /// How long a leadership lasts without a sign of life.
  public var lease = Millis(2_000)
  /// Between two signs of life when nothing is written.
  public var renewal = Millis(500)
  /// Without a confirmed sign of life for so long, nothing more is promised.
  public var confirmationMax = Millis(1_500)
  /// Without a reply for so long, the connection counts as dead.
  public var replyMax = Millis(5_000)
  /// A process that starts waits so long for a Redis that is not there.
  public var firstContactMax = Millis(10_000)
  /// Between two looks at the settings of Redis.
  public var inspection = Millis(5_000)
  /// Between two snapshots: so much time, or so many facts.
  public var snapshotPeriod = Millis(60_000)
  public var snapshotFacts: UInt64 = 200_000
  /// What stays in the journal for those who resume: the less of both.
  public var keptFacts: UInt64 = 300_000
  public var keptPeriod = Millis(15 * 60_000)
  /// The live view vanishes when nothing was written for so long; `nil` = there is none.
  public var viewExpiry: Millis?

  public init(address: RedisAddress, region: String, owner: String) {
    self.address = address
    self.region = region
    self.owner = owner
    regionMark = region
  }

  /// Of the owner, what is behind `@`.
  static func clientAddress(of owner: String) -> String {
    owner.lastIndex(of: "@").map { String(owner[owner.index(after: $0)...]) } ?? owner
  }
}

/// Where in the code a test may kill the process: `BAECHA_FAULT=NAME:N` does so the Nth time.
public enum FaultPoint: String, CaseIterable, Sendable {
  case beforeAppend = "before-append"
  case afterAppend = "after-append"
  case beforeGate = "before-gate"
  case afterGate = "after-gate"
  case inSnapshot = "in-snapshot"
  case beforePublish = "before-publish"
  case afterPublish = "after-publish"
  case beforeAcquire = "before-acquire"
  case afterAcquire = "after-acquire"
  case inRecovery = "in-recovery"
  case beforeTrim = "before-trim"
  case beforeRelease = "before-release"
}
