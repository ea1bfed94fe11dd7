// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that a build of the product never builds a benchmark.
let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "baecha", path: "..", traits: [])],
  targets: [
    // Other people's obvious solutions, in C: what a figure is measured against.
    .target(name: "CTwins", cSettings: [.unsafeFlags(["-O3"])]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "CTwins",
        .product(name: "Spatial", package: "baecha"),
        .product(name: "Assignment", package: "baecha"),
        .product(name: "Matching", package: "baecha"),
        .product(name: "LineProtocol", package: "baecha"),
      ]
    ),
  ],
  swiftLanguageModes: [.v6]
)
