extension WorldSettings {
  /// What decides in the world, in words: its policy, its idle taxis, and what it has for itself.
  func words(in scenario: Scenario) -> String {
    var words = "\(kind.rawValue), idle taxis \(idle.rawValue)"
    guard kind == .hail else { return words }
    let hail = hail ?? scenario.hail
    let share = ScenarioKind<Int>.share()
    words += ", sight \(ScenarioKind<Int64>.distance(0...0).show(hail.sight))"
    if idle == .guided {
      let guidance = guidance ?? scenario.guidance
      words += ", \(share.show(guidance.compliancePermyriad)) of the drivers follow"
    }
    if hail.advisedRidersPermyriad > 0 {
      words += ", \(share.show(hail.advisedRidersPermyriad)) of the riders walk as advised"
    }
    return words
  }
}
