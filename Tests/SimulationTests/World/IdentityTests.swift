import Simulation
import Spatial
import Testing

@Suite struct IdentityTests {
  private func played() throws -> Played {
    var town = DrawnCity()
    town.shift(0, 0, 600, at: 0)
    town.ride(at: 60, from: 200, to: 500, lasting: 100)
    town.ride(at: 200, from: 500, to: 900, lasting: 100)
    town.ride(at: 210, from: 500, to: 900, lasting: 100, patience: 2)
    return try town.play()
  }

  /// What is said when something has been changed; `nil` when nothing is.
  private func complaint(_ change: (inout Played) -> Void) throws -> String? {
    var played = try played()
    change(&played)
    do throws(IdentityViolation) {
      try Identities.check(played.figures, ledger: played.ledger, city: played.city)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `a sound world has nothing to complain of`() throws {
    #expect(try complaint { _ in } == nil)
  }

  @Test func `time booked twice is caught`() throws {
    let text = try complaint {
      $0.ledger.book(0, as: .idle, until: DrawnCity.instant(601))
    }
    #expect(text?.contains("taxi 0: its activities add up to 601000 ms") == true, "\(text ?? "")")
  }

  @Test func `shift time without an activity is caught`() throws {
    let text = try complaint {
      $0.ledger.openShift(0, at: DrawnCity.instant(700))
      $0.ledger.closeShift(0, at: DrawnCity.instant(701))
    }
    #expect(text?.contains("its on-shift time is 601000 ms") == true, "\(text ?? "")")
  }

  @Test func `a vanished request is caught`() throws {
    let text = try complaint { $0.figures.service.served -= 1 }
    #expect(text == "world nearest: requests are 3, served, expired, cancelled or open 2")
  }

  @Test func `a ride without a taxi's time is caught`() throws {
    let text = try complaint { $0.ledger.rides[0].droppedAt += 1 }
    #expect(
      text == "world nearest: milliseconds of taxis with a rider are 200000, "
        + "those of rides on shift 200001"
    )
  }

  @Test func `distance booked twice is caught`() throws {
    let text = try complaint {
      let time = DrawnCity.instant(300)..<DrawnCity.instant(310)
      $0.ledger.book(0, decimetres: 50, as: .occupied, over: time, isAfterFirst: false)
    }
    #expect(
      text == "world nearest: decimetres of taxis with a rider are 7050, "
        + "those of rides on shift 7000"
    )
  }

  @Test func `hours that do not add up are caught`() throws {
    var text = try complaint { $0.figures.hours[0].time.idle += 1 }
    #expect(text?.contains("milliseconds of taxis") == true, "\(text ?? "")")
    text = try complaint { $0.figures.hours[0].requests += 1 }
    #expect(text?.contains("requests are 3, those by hour 4") == true, "\(text ?? "")")
    text = try complaint { $0.figures.hours[0].served -= 1 }
    #expect(text?.contains("rides served are 2, those by hour 1") == true, "\(text ?? "")")
  }

  @Test func `a map or waits that miss a ride are caught`() throws {
    var text = try complaint { $0.figures.map[0].pickups -= 1 }
    #expect(text?.contains("those on the map") == true, "\(text ?? "")")
    text = try complaint { $0.figures.wait?.histogram[0] += 1 }
    #expect(text?.contains("rides served are 2, waits 3") == true, "\(text ?? "")")
  }
}

@Suite struct FigureFoldTests {
  @Test func `the unserved wait for ever`() {
    let wait = Figures.Wait(served: [4_000, 1_000, 3_000, 2_000], unserved: 4)
    #expect(wait.p50 == 4_000)
    #expect(wait.p95 == nil && wait.p99 == nil)
    #expect(wait.mean == 2_500)
    #expect(Figures.Wait(served: [1_000], unserved: 0).p99 == 1_000)
    #expect(Figures.Wait(served: [], unserved: 3).p50 == nil)
    #expect(Figures.Wait(served: [], unserved: 0).p50 == nil)
    // 99 of 100: the 99th percentile is the longest of them, not endless.
    let nearly = Figures.Wait(served: (1...99).map { $0 * 1_000 }, unserved: 1)
    #expect(nearly.p99 == 99_000 && nearly.p50 == 50_000)
  }

  @Test func `the last bin of the histogram is open`() {
    let wait = Figures.Wait(
      served: [0, 29_999, 30_000, 1_199_999, 1_200_000, 90_000_000],
      unserved: 0
    )
    #expect(wait.histogram[0] == 2)
    #expect(wait.histogram[1] == 1)
    #expect(wait.histogram[39] == 3)
    #expect(wait.histogram.reduce(0, +) == 6)
  }

  @Test func `squares of the map meet at the origin`() throws {
    var town = DrawnCity()
    town.ends = -3_000...3_000
    for place: Int32 in [-251, -250, -1, 0, 249, 250] {
      town.ride(at: 0, from: place, to: place + 300, lasting: 60, patience: 1)
    }
    let map = try town.play().figures.map
    #expect(map.map(\.column) == [-2, -1, 0, 1])
    #expect(map.map(\.unserved) == [1, 2, 2, 1])
  }

  @Test(arguments: [(0, 0), (19_800, 1_800), (-12_600, 1_800), (20_700, 2_700)])
  func `hours begin on the local clock`(offset: Int64, past: Int64) {
    // 2001-09-09T01:46:40Z.
    let start = DrawnCity.start
    let ledger = Ledger(
      span: start..<(start + 7_200_000),
      taxis: 1,
      rides: 0,
      utcOffset: offset * 1_000
    )
    #expect(ledger.hours.count == 3)
    for hour in ledger.hours { #expect((hour.start / 1_000 + offset) % 3_600 == 0) }
    #expect(ledger.hours[0].start <= start && start < ledger.hours[0].start + 3_600_000)
    #expect((ledger.hours[0].start / 1_000) % 3_600 == (3_600 - past) % 3_600)
  }

  @Test func `time is booked to the hours that it lies in`() {
    let hour: Int64 = 3_600_000
    let start = 500_000 * hour
    var ledger = Ledger(span: start..<(start + 3 * hour), taxis: 1, rides: 0, utcOffset: 0)
    ledger.book(0, as: .off, until: start - hour)
    ledger.book(0, as: .idle, until: start + hour / 2)
    ledger.book(0, as: .occupied, until: start + 5 * hour / 2)
    ledger.book(0, as: .offline, until: start + 9 * hour)
    #expect(ledger.hours.map(\.time.idle) == [hour / 2, 0, 0])
    #expect(ledger.hours.map(\.time.occupied) == [hour / 2, hour, hour / 2])
  }
}
