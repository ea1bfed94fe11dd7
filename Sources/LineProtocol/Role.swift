/// What a key may be: it may have several.
public enum Role: UInt8, CaseIterable, Sendable {
  /// Speaks for taxis.
  case gateway = 0
  /// Speaks for riders.
  case booker = 1
  /// Sees a tenant's taxis and rides, and matches by hand.
  case dispatcher = 2
  /// Sees events in which nobody can be recognised.
  case observer = 3
  /// Runs the server.
  case admin = 4

  public var word: String { "\(self)" }

  public init?(word: String) {
    guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = found
  }
}

public struct RoleSet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public init(_ role: Role) { rawValue = 1 << role.rawValue }

  public static let gateway = RoleSet(.gateway)
  public static let booker = RoleSet(.booker)
  public static let dispatcher = RoleSet(.dispatcher)
  public static let observer = RoleSet(.observer)
  public static let admin = RoleSet(.admin)
  public static let all: RoleSet = [gateway, booker, dispatcher, observer, admin]

  public var roles: [Role] { Role.allCases.filter { contains(RoleSet($0)) } }

  /// `gateway,booker`, in the order of the cases.
  public var words: String { roles.map(\.word).joined(separator: ",") }
}
