import Testing

/// Each rule is shown what it forbids, and what looks like it but is not: a rule that nothing sets
/// off would hold anything.
@Suite struct RuleTests {
  private func lines(_ violations: [Violation]) -> [Int] { violations.map(\.line) }

  private func source(_ text: String) -> SourceText {
    SourceText(path: "Planted.swift", text: text)
  }

  @Test(arguments: [
    "let now = ContinuousClock.now", "let now = Date()", "x.deadline = DispatchTime.now()",
    "let n = Int.random(in: 0..<5)", "slots.shuffle()", "let s = slots.shuffled()",
    "var g = SystemRandomNumberGenerator()", "let a = b.randomElement()",
    "var speed: Double", "func f(_ x: Float) {}", "let share = x * 13 / 1.5", "let x = [0.5]",
    "var seen = Set<Int>()", "var seen: Set<Int> = []", "var byID: Dictionary<Int, Int>",
    "var byID: [TaxiID: Int] = [:]", "let a = [ Key.Inner : Int ]()", "var x = [:]",
    "func run() async {}", "actor Engine {}", "Task { }", "let lock = Mutex(0)",
    "slots.sort()", "let s = slots.sorted { $0.cost < $1.cost }", "slots.sort(by: cheaper)",
    "let text = \"now: \\(Date())\"",
  ])
  func `what determinism forbids is caught`(line: String) {
    let found = checkDeterminism(source("import Spatial\n\(line)\n"))
    #expect(lines(found).contains(2), "\(line)")
    #expect(lines(found).allSatisfy { $0 == 2 })
  }

  @Test(arguments: [
    "// A Date, a Double and a Set are not used here; neither is 1.5.",
    "/* Dictionary */ let a = 1 /* async /* Task */ Float */",
    "let text = \"Date 1.5 [:] Set<Int>\"",
    "let text = #\"a \"Date\" b\"#", "let pair = x.0.1 + y.0", "for i in 0..<10 {}",
    "let a = 1...5",
    "let date = 5; let task = 6; let setUp = 7", "let part = values[first: last]",
    "let a = b ? [c] : [d]", "random(5)", "let n = 0x1F + 1_000", "self.settings = settings",
    "slots.sort { a, b in a.id < b.id }", "s.sort { $0.id.value < $1.id.value }",
    "slots.sort()  // slots are distinct", "let isSorted = sorted",
    "let s = [Int](repeating: 0, count: 2)",
    "guard let x else { return }  // a tie",
  ])
  func `what only looks like it is let through`(line: String) {
    #expect(checkDeterminism(source("\(line)\n")).map(\.description) == [])
  }

  @Test func `a sort is judged by its last comparison or the comment above`() {
    let byID = """
      rides.sort { a, b in
        if a.at != b.at { return a.at < b.at }
        return a.id.value < b.id.value
      }
      """
    let byCost = byID.replacing("a.id.value < b.id.value", with: "a.cost < b.cost")
    #expect(checkDeterminism(source(byID)).isEmpty)
    #expect(lines(checkDeterminism(source(byCost))) == [1])
    #expect(
      checkDeterminism(source("// No two share a cost, so there are no ties.\n" + byCost)).isEmpty
    )
    #expect(lines(checkDeterminism(source("// No ties.\nlet a = 1\n" + byCost))) == [3])
  }

  @Test func `a violation names the place, the rule and the fix`() {
    #expect(
      checkDeterminism(source("\n  let d = Date()\n")).map(\.description) == [
        "Planted.swift:2: 'Date': no clock below floor 2. "
          + "Take the time as an argument: the engine is told it"
      ]
    )
  }

  @Test func `an import upwards or sideways is caught`() throws {
    let text = """
      import Spatial
      @preconcurrency import struct Foundation.Date
      public import Simulation
      // import Glibc
      let important = "import Glibc"
      internal import Glibc
      """
    let matching = try #require(Floor.all.first { $0.target == "Matching" })
    #expect(lines(checkImports(source(text), of: matching)) == [2, 3, 6])
    let simulation = try #require(Floor.all.first { $0.target == "Simulation" })
    #expect(lines(checkImports(source(text), of: simulation)) == [3])
    #expect(
      checkImports(source("import Assignment"), of: Floor.all[0]).map(\.description) == [
        "Planted.swift:1: Spatial stands on floor 0 and may not import Assignment. "
          + "It uses the standard library alone"
      ]
    )
  }

  @Test func `long, unfinished and unexplained files are caught`() {
    let line = "let a = 1\n"
    let limit = SourceRules.linesMax
    #expect(checkEverywhere(source(String(repeating: line, count: limit))).isEmpty)
    #expect(
      lines(checkEverywhere(source(String(repeating: line, count: limit + 1)))) == [limit + 1]
    )
    for note in SourceRules.leftovers {
      #expect(lines(checkEverywhere(source("let a = 1  // \(note): b"))) == [1])
      #expect(checkEverywhere(source("let a = \"\(note)\"")).isEmpty)
    }
    let unchecked = "final class Box: @unchecked Sendable {}"
    #expect(lines(checkEverywhere(source(line + unchecked))) == [2])
    #expect(checkEverywhere(source("// Written once, before anyone reads.\n" + unchecked)).isEmpty)
    #expect(
      checkEverywhere(source("final class Box: @unchecked Sendable {\n  // Its lock.\n}")).isEmpty
    )
    #expect(lines(checkEverywhere(source("@testable import Matching"))) == [1])
  }

  @Test func `code, comments and texts are told apart`() {
    let split = source(
      """
      let a = "x \\(f("y", b)) z" // c "d"
      let e = \"\"\"
        // not a comment \\(g)
        \"\"\"
      /* h
      i */ let j = #"\\(k) \\#(l)"#
      """
    )
    #expect(
      tokens(split.code.joined(separator: " ")).map(\.text)
        == ["let", "a", "f", "b", "let", "e", "g", "let", "j", "l"]
    )
    #expect(split.comments[0] == "// c \"d\"")
    #expect(split.comments[2] == "")
    #expect(split.comments[4] == " h")
  }

  @Test func `a manifest is read target by target`() {
    let manifest = """
      let package = Package(name: "p", targets: [
        .target(name: "A", swiftSettings: strict),
        .systemLibrary(name: "C"),
        .executableTarget(
          name: "b",
          dependencies: [
            "A", "C", .target(name: "D", condition: some),
            .product(name: "Yams", package: "Yams"),
          ],
          swiftSettings: strict),
        .testTarget(name: "ATests", dependencies: ["A"]),
      ])
      """
    #expect(
      manifestTargets(manifest) == [
        ManifestTarget(name: "A", isTest: false, dependencies: []),
        ManifestTarget(name: "C", isTest: false, dependencies: []),
        ManifestTarget(name: "b", isTest: false, dependencies: ["A", "C", "D", "Yams"]),
        ManifestTarget(name: "ATests", isTest: true, dependencies: ["A"]),
      ]
    )
  }
}
