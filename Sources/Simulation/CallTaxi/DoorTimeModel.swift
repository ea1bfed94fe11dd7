import Matching
import Spatial

/// A travel model for vehicles that need time at the rider's door, such as for a wheelchair: every
/// approach takes that much longer, however near.
///
/// Like any model it increases with distance and obeys the triangle inequality, as two legs have two
/// doors.
package struct DoorTimeModel: TravelModel {
  private let driving: any TravelModel
  /// Milliseconds.
  private let door: Int32

  /// `door` is in milliseconds, 0 or more.
  package init(_ driving: any TravelModel, door: Int64) {
    precondition(door >= 0, "door time \(door)")
    self.driving = driving
    self.door = Int32(clamping: door)
  }

  /// The model itself, unless the scenario's vehicles need time at the door.
  static func around(_ driving: any TravelModel, _ scenario: Scenario) -> any TravelModel {
    let door = scenario.callTaxi.boarding
    return door > 0 ? DoorTimeModel(driving, door: door) : driving
  }

  package func fill(
    _ times: inout MutableSpan<Int32>,
    from origins: Span<Point>,
    to target: Point,
    departure: Millis
  ) {
    driving.fill(&times, from: origins, to: target, departure: departure)
    for index in times.indices {
      let (sum, overflow) = times[index].addingReportingOverflow(door)
      times[index] = overflow ? .max : sum
    }
  }

  package func reach(within time: Int32, departure: Millis) -> Int32 {
    // Times end at the largest number there is, so everything is reached within that.
    guard time < .max else { return driving.reach(within: time, departure: departure) }
    return time < door ? -1 : driving.reach(within: time - door, departure: departure)
  }
}
