// swift-tools-version: 6.2
import PackageDescription

// In CI a warning is an error; a newer compiler's new warning must not break a user's build.
let strict: [SwiftSetting] =
  Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

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
    .library(name: "TripData", targets: ["TripData"]),
    .library(name: "Simulation", targets: ["Simulation"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // Floor 0
    .target(name: "Spatial", swiftSettings: strict),
    .target(name: "Assignment", swiftSettings: strict),
    // Floor 1
    .target(name: "Matching", dependencies: ["Spatial", "Assignment"], swiftSettings: strict),
    // Floor 2
    .target(name: "LineProtocol", dependencies: ["Spatial", "Matching"], swiftSettings: strict),
    .systemLibrary(name: "CZlib"),
    .target(name: "TripData", dependencies: ["Spatial", "CZlib"], swiftSettings: strict),
    // Floor 3
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
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
