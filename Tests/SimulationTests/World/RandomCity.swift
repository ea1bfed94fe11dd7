import Matching
import Simulation
import Spatial

extension DrawnCity {
  /// A city of a few taxis and many rides in which everything happens: refusals, silence, breaks,
  /// shifts that end at bad times, patience from a second to ten minutes.
  init(seed: UInt64, taxis: Int = 12, rides: Int = 150) {
    self.init()
    var random = SeededRandom(seed: seed, purpose: .thinning)
    func draw(_ bound: Int) -> Double { Double(random.below(bound)) }
    scenario.seed = seed
    scenario.drivers.declinePermyriad = 1_500
    scenario.drivers.noAnswerPermyriad = 800
    scenario.drivers.answerDelay = 0...5_000
    for taxi in 0..<taxis {
      var begin = draw(600)
      while begin < 3_600 {
        let end = begin + draw(1_500)
        let pause = begin + draw(700)
        let offline = pause + 60 < end ? [pause...min(pause + draw(300), end)] : []
        shift(Int32(taxi), begin, end, at: Int32(draw(3_000)), offline: offline)
        begin = end + draw(600)
      }
    }
    var time = 0.0
    for _ in 0..<rides {
      time += draw(40_000) / 1_000
      ride(
        at: time,
        from: Int32(draw(3_000)),
        to: Int32(draw(3_000)),
        lasting: 1 + draw(400),
        patience: 1 + draw(600)
      )
    }
  }
}
