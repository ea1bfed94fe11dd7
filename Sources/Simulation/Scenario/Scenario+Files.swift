import Foundation

extension Scenario {
  /// The data files of the scenario, each once: pattern by pattern, matches of one in byte order.
  ///
  /// - Parameter dataFolder: what `--data` names; the scenario's own folder when `nil`.
  /// - Returns: paths that the current folder can open.
  /// - Throws: every pattern that matches nothing, together.
  public func files(dataFolder: String? = nil) throws(ScenarioError) -> [String] {
    let base = dataFolder ?? folder
    var found: [String] = []
    var problems: [ScenarioProblem] = []
    for pattern in data.files {
      let matches = Self.matches(of: pattern, in: base)
      if matches.isEmpty {
        let place = base.isEmpty ? "the current folder" : "'\(base)'"
        problems.append(
          ScenarioProblem(
            file: file,
            place: .whole,
            text: "data.files: '\(pattern)' matches no file in \(place); "
              + "name the folder of the data with --data DIR"
          )
        )
      }
      for match in matches where !found.contains(match) { found.append(match) }
    }
    guard problems.isEmpty else { throw ScenarioError(problems) }
    return found
  }

  /// Existing files whose path matches, part by part; `*` and `?` stop at a slash, and a name that
  /// begins with a dot is matched only by a pattern that does.
  private static func matches(of pattern: String, in base: String) -> [String] {
    let isAbsolute = pattern.hasPrefix("/")
    let slash = base.isEmpty || base.hasSuffix("/") ? "" : "/"
    var paths = [isAbsolute ? "/" : base + slash]
    let parts = pattern.split(separator: "/")
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      var next: [String] = []
      for path in paths {
        let names =
          if part.contains("*") || part.contains("?") {
            ((try? FileManager.default.contentsOfDirectory(atPath: path.isEmpty ? "." : path)) ?? [])
              .filter { wildcardMatches(Array(part.utf8), Array($0.utf8)) }
              .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
          } else {
            [String(part)]
          }
        for name in names {
          var isFolder: ObjCBool = false
          let exists = FileManager.default.fileExists(atPath: path + name, isDirectory: &isFolder)
          guard exists, isFolder.boolValue != isLast else { continue }
          next.append(path + name + (isLast ? "" : "/"))
        }
      }
      paths = next
    }
    return parts.isEmpty ? [] : paths
  }
}

/// Whether the whole of `name` matches: `*` is any run of bytes, `?` any one byte.
package func wildcardMatches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
  let (star, question, dot) = (UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "."))
  guard name.first != dot || pattern.first == dot else { return false }
  var p = 0
  var n = 0
  // After a mismatch only the last star needs to take one byte more: an earlier one taking more
  // could match nothing that this one cannot.
  var retry: (p: Int, n: Int)?
  while n < name.count {
    if p < pattern.count, pattern[p] == star {
      retry = (p + 1, n)
      p += 1
    } else if p < pattern.count, pattern[p] == question || pattern[p] == name[n] {
      p += 1
      n += 1
    } else if let (after, from) = retry {
      retry = (after, from + 1)
      (p, n) = (after, from + 1)
    } else {
      return false
    }
  }
  return pattern[p...].allSatisfy { $0 == star }
}
