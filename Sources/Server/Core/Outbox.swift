/// What is still to be sent to one connection, and how much of it may go: the output gate's side of
/// a session.
///
/// Bytes leave in the order in which they were written. Bytes that speak of a fact stay until it is
/// kept, and all that was written after them too: a line can never disappear after a crash.
package struct Outbox {
  /// Writers append here, then ``seal(after:kept:)``.
  package var bytes: [UInt8] = []
  /// How many of them may go.
  package private(set) var releasedCount = 0
  /// Ends of what waits for facts, both ascending.
  private var marks: [(fact: UInt64, end: Int)] = []
  private var marksOpened = 0

  package init() {}

  package var isEmpty: Bool { bytes.isEmpty }
  package var isGated: Bool { marksOpened < marks.count }
  /// How many answers wait, or groups of them that speak of the same fact.
  package var gatedCount: Int { marks.count - marksOpened }

  /// Says that everything written since the last seal may go once `fact` is kept.
  ///
  /// - Parameters:
  ///   - fact: the last fact that the bytes may speak of.
  ///   - kept: the last fact that is kept.
  package mutating func seal(after fact: UInt64, kept: UInt64) {
    guard let last = marks.last, isGated else {
      if fact <= kept {
        releasedCount = bytes.count
      } else if bytes.count > releasedCount {
        marks.append((fact, bytes.count))
      }
      return
    }
    guard bytes.count > last.end else { return }
    let wanted = max(fact, last.fact)
    if wanted == last.fact {
      marks[marks.count - 1].end = bytes.count
    } else {
      marks.append((wanted, bytes.count))
    }
  }

  /// Releases what waited for facts up to `kept`.
  package mutating func open(to kept: UInt64) {
    while marksOpened < marks.count, marks[marksOpened].fact <= kept {
      releasedCount = marks[marksOpened].end
      marksOpened += 1
    }
    if marksOpened == marks.count {
      marks.removeAll(keepingCapacity: true)
      marksOpened = 0
    }
  }

  /// Hands out what may go and forgets it: handed out, not lent, since sending may call back here.
  package mutating func take() -> [UInt8] {
    guard releasedCount > 0 else { return [] }
    let count = releasedCount
    releasedCount = 0
    for index in marksOpened..<marks.count { marks[index].end -= count }
    if count == bytes.count {
      let all = bytes
      bytes = []
      return all
    }
    let head = Array(bytes[..<count])
    bytes.removeFirst(count)
    return head
  }

  /// Forgets all that has not gone: before a farewell.
  package mutating func clear() {
    bytes.removeAll()
    marks.removeAll()
    marksOpened = 0
    releasedCount = 0
  }
}
