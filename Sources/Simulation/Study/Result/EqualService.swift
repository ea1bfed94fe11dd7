/// The rule of docs/SIMULATION.md, section 5: the smallest fleet from which on service never fails.
package enum EqualService {
  /// A share that meets the level below one that does not is chance, and no answer.
  ///
  /// - Parameter meets: by share, the whole fleet first, ever smaller ones after it.
  /// - Returns: the place of the smallest share from which all larger ones meet the level; `nil` when
  ///   the whole fleet misses it.
  package static func smallest(_ meets: [Bool]) -> Int? {
    let failed = meets.firstIndex(of: false) ?? meets.count
    return failed > 0 ? failed - 1 : nil
  }
}
