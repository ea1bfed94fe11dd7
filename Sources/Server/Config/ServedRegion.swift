import Matching

/// One region's share of what a server is started with. The first region has the ports that were
/// asked for, each further one ports that are one higher.
package struct ServedRegion: Sendable {
  package var setup: Dispatcher.Setup
  package var listen: RunningServer.Listen?
  package var secureListen: RunningServer.Listen?

  /// Where clients reach it, as `HOST:PORT`.
  package var place: String { setup.place }
}

extension ServerSettings {
  /// Everything that each region needs, checked: who may connect from where, too.
  ///
  /// - Returns: at least one, no two of the same name, all with one directory.
  package func regions() throws(FileError) -> [ServedRegion] {
    let paths = self["region"].text.split(separator: ",").map {
      String($0).trimmingCharacters(in: .whitespaces)
    }
    let directory = RegionDirectory()
    var served: [ServedRegion] = []
    for (index, path) in (paths.isEmpty ? [nil] : paths.map { $0 }).enumerated() {
      var region = try self.region(path, at: index)
      region.setup.directory = directory
      region.setup.isAlone = paths.count < 2
      let name = region.setup.region.name
      guard !served.contains(where: { $0.setup.region.name == name }) else {
        throw FileError(
          "region (\(self["region"].origin))",
          "two of the files are named '\(name)': each region has a name of its own"
        )
      }
      served.append(region)
    }
    try checkPorts(of: served)
    return served
  }

  /// A further region's port may be one that was meant for something else.
  private func checkPorts(of served: [ServedRegion]) throws(FileError) {
    var taken: Set<String> = []
    let all = served.flatMap { [$0.listen, $0.secureListen] } + [try address("http")]
    for listen in all.compactMap({ $0 }) where listen.port != 0 {
      guard taken.insert("\(listen.host):\(listen.port)").inserted else {
        throw FileError(
          "region (\(self["region"].origin))",
          "\(listen.host):\(listen.port) would be used twice: each region has the next higher ports; "
            + "move http or tls_listen away"
        )
      }
    }
  }

  private func region(_ path: String?, at index: Int) throws(FileError) -> ServedRegion {
    var setup = try setup(path.map { path throws(FileError) in try Region(path: path) } ?? Region())
    let listen = try address("listen", plus: index)
    let secureListen = try address("tls_listen", plus: index)
    let place = try address("advertise", plus: index) ?? listen ?? secureListen
    setup.place =
      place.map { $0.host.contains(":") ? "[\($0.host)]:\($0.port)" : "\($0.host):\($0.port)" }
      ?? "-"
    return ServedRegion(setup: setup, listen: listen, secureListen: secureListen)
  }

  /// The address that a key names, with a port that is so much higher; any free port stays that.
  private func address(
    _ name: String,
    plus offset: Int
  ) throws(FileError) -> RunningServer.Listen? {
    guard var listen = try address(name) else { return nil }
    if listen.port != 0 { listen.port += offset }
    guard listen.port <= 65_535 else {
      throw FileError(
        "\(name) (\(self[name].origin))",
        "\(self[name].text) leaves no port for region \(offset + 1): each has the next higher one"
      )
    }
    return listen
  }
}
