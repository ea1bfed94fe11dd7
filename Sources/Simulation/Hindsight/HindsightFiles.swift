extension HindsightBound {
  /// The arcs kept of the last price, below `price`, as the text that `baecha assign` and the referees
  /// read: a row a pickup, a column a drop-off.
  public func arcText(price: Int32) -> [UInt8] {
    var text = Array("columns \(costs.rides.count)\n".utf8)
    for row in costs.rides.indices {
      text += Array("row \(price)".utf8)
      for arc in pool.arcs[Int(pool.starts[row])..<Int(pool.starts[row + 1])] where arc.cost < price
      {
        text += Array(" \(arc.previous):\(arc.cost)".utf8)
      }
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }
}

extension HindsightReport {
  /// The rides as CSV: places in decimetres, times in Unix milliseconds.
  public static func csv(_ rides: [HindsightRide]) -> [UInt8] {
    var text = Array("from_x,from_y,to_x,to_y,earliest,latest,duration\n".utf8)
    for ride in rides {
      let line =
        "\(ride.from.x),\(ride.from.y),\(ride.to.x),\(ride.to.y),\(ride.earliest),\(ride.latest),"
        + "\(ride.duration)\n"
      text += Array(line.utf8)
    }
    return text
  }
}
