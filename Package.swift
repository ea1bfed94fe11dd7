// swift-tools-version: 6.2
import PackageDescription

// In CI a warning is an error; a newer compiler's new warning must not break a user's build.
let strict: [SwiftSetting] =
  Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// What only the dispatch server needs is neither fetched nor built without this trait: a city's
/// simulation must not wait for TLS and HTTP.
let server: TargetDependencyCondition? = .when(traits: ["Server"])

/// Floors, from the bottom up; a target imports only what stands on a lower one
/// (docs/ARCHITECTURE.md; `ArchitectureTests` reads the sources and holds it).
let package = Package(
  name: "baecha",
  products: [
    .executable(name: "baecha", targets: ["baecha"]),
    .library(name: "Spatial", targets: ["Spatial"]),
    .library(name: "Assignment", targets: ["Assignment"]),
    .library(name: "Matching", targets: ["Matching"]),
    .library(name: "LineProtocol", targets: ["LineProtocol"]),
    .library(name: "BaechaClient", targets: ["BaechaClient"]),
    .library(name: "TripData", targets: ["TripData"]),
    .library(name: "Simulation", targets: ["Simulation"]),
  ],
  traits: [
    .trait(
      name: "Server",
      description: "The dispatch server and its clients. Without it: engine and simulator, built "
        + "as 'swift build --disable-default-traits --product baecha'."),
    .default(enabledTraits: ["Server"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    // Floor 0
    .target(name: "Spatial", swiftSettings: strict),
    .target(name: "Assignment", swiftSettings: strict),
    // Floor 1
    .target(name: "Matching", dependencies: ["Spatial", "Assignment"], swiftSettings: strict),
    // Floor 2
    .systemLibrary(name: "CZlib"),
    .target(name: "TripData", dependencies: ["Spatial", "CZlib"], swiftSettings: strict),
    .target(name: "LineProtocol", dependencies: ["Spatial", "Matching"], swiftSettings: strict),
    .target(name: "Journal", dependencies: ["Spatial", "Matching"], swiftSettings: strict),
    // Floor 3
    .systemLibrary(name: "CHiredis"),
    .target(
      name: "RedisJournal",
      dependencies: ["Matching", "Journal", .target(name: "CHiredis", condition: server)],
      swiftSettings: strict),
    .target(
      name: "Server",
      dependencies: [
        "Spatial", "Assignment", "Matching", "LineProtocol", "Journal",
        .product(name: "Yams", package: "Yams"),
        .product(name: "NIOCore", package: "swift-nio", condition: server),
        .product(name: "NIOPosix", package: "swift-nio", condition: server),
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
        .product(name: "Logging", package: "swift-log", condition: server),
        .product(
          name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: server),
        .product(name: "UnixSignals", package: "swift-service-lifecycle", condition: server),
        .product(name: "Hummingbird", package: "hummingbird", condition: server),
      ],
      swiftSettings: strict),
    .target(
      name: "BaechaClient",
      dependencies: [
        "Spatial", "Matching", "LineProtocol",
        .product(name: "NIOCore", package: "swift-nio", condition: server),
        .product(name: "NIOPosix", package: "swift-nio", condition: server),
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
      ],
      swiftSettings: strict),
    .target(
      name: "LoadGenerator",
      dependencies: [
        "Spatial", "Matching", "LineProtocol",
        .product(name: "NIOCore", package: "swift-nio", condition: server),
        .product(name: "NIOPosix", package: "swift-nio", condition: server),
        .product(name: "Histogram", package: "hdrhistogram-swift", condition: server),
      ],
      swiftSettings: strict),
    .target(
      name: "Simulation",
      dependencies: [
        "Spatial", "Assignment", "Matching", "TripData",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    // Floor 4
    .executableTarget(
      name: "baecha",
      dependencies: [
        "Spatial", "Assignment", "Matching", "TripData", "Simulation",
        .target(name: "Server", condition: server),
        .target(name: "Journal", condition: server),
        .target(name: "RedisJournal", condition: server),
        .target(name: "LineProtocol", condition: server),
        .target(name: "BaechaClient", condition: server),
        .target(name: "LoadGenerator", condition: server),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // Tests
    .target(
      name: "MatchingTestSupport", dependencies: ["Spatial", "Assignment", "Matching"],
      path: "Tests/MatchingTestSupport", swiftSettings: strict),
    .testTarget(name: "SpatialTests", dependencies: ["Spatial"], swiftSettings: strict),
    .testTarget(name: "AssignmentTests", dependencies: ["Assignment"], swiftSettings: strict),
    .testTarget(
      name: "MatchingTests", dependencies: ["Matching", "MatchingTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "LineProtocolTests",
      dependencies: ["Spatial", "Matching", "LineProtocol", "MatchingTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "TripDataTests", dependencies: ["TripData"], swiftSettings: strict),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "MatchingTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests",
      dependencies: ["Spatial", "Matching", "Journal", "MatchingTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "RedisJournalTests",
      dependencies: [
        "Spatial", "Matching", "LineProtocol", "Journal", "Server", "RedisJournal", "BaechaClient",
        .product(name: "NIOCore", package: "swift-nio", condition: server),
        .product(name: "NIOPosix", package: "swift-nio", condition: server),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "Server", "LineProtocol", "Journal",
        .product(name: "NIOCore", package: "swift-nio", condition: server),
        .product(name: "NIOPosix", package: "swift-nio", condition: server),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "BaechaClientTests",
      dependencies: [
        "Spatial", "Matching", "LineProtocol", "Journal", "Server", "BaechaClient", "Simulation",
        .product(name: "NIOCore", package: "swift-nio", condition: server),
        .product(name: "NIOPosix", package: "swift-nio", condition: server),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio", condition: server),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LoadGeneratorTests",
      dependencies: ["LoadGenerator", "LineProtocol", "Matching", "Spatial"],
      swiftSettings: strict),
    .testTarget(
      name: "FaultSimulationTests",
      dependencies: [
        "Spatial", "Matching", "LineProtocol", "Journal", "Server", "MatchingTestSupport",
      ],
      swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
