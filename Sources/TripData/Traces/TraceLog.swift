import Spatial

/// Reads traces, cleans their fixes, and cuts rides and shifts out of them.
func readTraces(
  _ input: Input,
  _ progress: (ReadProgress) -> Void
) throws(TripFileError) -> TripLog {
  var reader = FixReader(input)
  try input.scan(into: &reader, progress)
  var log = TripLog(layout: input.layout, options: input.options, report: reader.tally.report)
  let ranks = reader.names.ranks
  log.taxis = reader.names.names.enumerated().sorted { ranks[$0.offset] < ranks[$1.offset] }
    .map(\.element)

  // Stretches of one taxi, in order of their first fix; the order of the files settles a tie.
  var byTaxi = [[FixReader.Stretch]](repeating: [], count: log.taxis.count)
  for stretch in reader.stretches where stretch.to > stretch.from {
    byTaxi[Int(ranks[Int(stretch.taxi)])].append(stretch)
  }
  var cutter = TraceCutter(options: input.options)
  var kept = FixTable(fixes: [], starts: [0])
  if input.options.keepFixes { kept.fixes.reserveCapacity(reader.fixes.count) }
  for (taxi, stretches) in byTaxi.enumerated() {
    var fixes = gather(stretches, from: reader.fixes)
    dropRepeatedSeconds(&fixes) { fix in
      log.report.drop(.duplicateFix, example: reader.lines.place(mark: fix.mark))
    }
    cutter.cut(&fixes, taxi: Int32(taxi), lines: reader.lines, report: &log.report)
    if input.options.keepFixes {
      for fix in fixes {
        kept.fixes.append(Fix(seconds: fix.seconds, place: fix.place, ride: fix.mark))
      }
      kept.starts.append(kept.fixes.count)
    }
  }
  return cutter.finish(&log, fixes: input.options.keepFixes ? kept : nil)
}

/// One taxi's fixes in order of time; of equal times the first read comes first.
private func gather(_ stretches: [FixReader.Stretch], from all: [RawFix]) -> [RawFix] {
  var fixes: [RawFix] = []
  fixes.reserveCapacity(stretches.reduce(0) { $0 + $1.to - $1.from })
  for stretch in stretches {
    // The original files begin with the newest fix.
    let isReversed = all[stretch.from].seconds > all[stretch.to - 1].seconds
    if isReversed {
      fixes.append(contentsOf: all[stretch.from..<stretch.to].reversed())
    } else {
      fixes.append(contentsOf: all[stretch.from..<stretch.to])
    }
  }
  for index in fixes.indices.dropFirst() where fixes[index - 1].seconds > fixes[index].seconds {
    let order = fixes.indices.sorted { (fixes[$0].seconds, $0) < (fixes[$1].seconds, $1) }
    return order.map { fixes[$0] }
  }
  return fixes
}

private func dropRepeatedSeconds(_ fixes: inout [RawFix], dropped: (RawFix) -> Void) {
  guard var last = fixes.first?.seconds else { return }
  var repeated = false
  for index in 1..<fixes.count {
    if fixes[index].seconds == last { repeated = true }
    last = fixes[index].seconds
  }
  guard repeated else { return }
  var kept = 1
  for index in 1..<fixes.count {
    if fixes[index].seconds == fixes[kept - 1].seconds {
      dropped(fixes[index])
    } else {
      fixes[kept] = fixes[index]
      kept += 1
    }
  }
  fixes.removeLast(fixes.count - kept)
}
