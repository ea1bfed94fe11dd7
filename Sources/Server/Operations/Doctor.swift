import Foundation
import Glibc
import NIOCore
import NIOPosix

/// Looks for what would keep a server from doing its work.
package enum Doctor {
  package enum Grade: String, Sendable {
    case ok, warn, fail
  }

  /// One thing that was looked at.
  package struct Finding: Sendable, CustomStringConvertible {
    package var grade: Grade
    package var what: String
    package var found: String
    /// Empty when there is nothing to do.
    package var advice = ""

    package init(grade: Grade, what: String, found: String, advice: String = "") {
      self.grade = grade
      self.what = what
      self.found = found
      self.advice = advice
    }

    package var description: String {
      let name = grade.rawValue.padding(toLength: 5, withPad: " ", startingAt: 0)
      let subject = what.padding(toLength: 12, withPad: " ", startingAt: 0)
      return "\(name)\(subject)\(found)" + (advice.isEmpty ? "" : "; \(advice)")
    }
  }

  /// Starts nothing, but binds each port for a moment.
  ///
  /// - Parameters:
  ///   - settings: of the server to be.
  ///   - state: what was found of where facts would be kept.
  /// - Returns: findings in the order in which they matter.
  package static func report(on settings: ServerSettings, state: [Finding]) async -> [Finding] {
    var report = [files(settings)]
    for region in (try? settings.regions()) ?? [] {
      report += await port("listen", region.listen)
      report += await port("tls_listen", region.secureListen)
    }
    report += await port("http", (try? settings.address("http")) ?? nil)
    report += [descriptors(settings), clock(), memory(), cores()]
    return report + state
  }

  private static func files(_ settings: ServerSettings) -> Finding {
    do {
      let regions = try settings.regions()
      let who =
        regions[0].setup.keys.map { "\($0.keys.count) keys" } ?? "no keys: loopback only, all roles"
      let names = regions.map(\.setup.region.name).joined(separator: ", ")
      return Finding(grade: .ok, what: "settings", found: "region \(names), \(who)")
    } catch {
      return Finding(grade: .fail, what: "settings", found: "\(error)")
    }
  }

  private static func port(_ name: String, _ listen: RunningServer.Listen?) async -> [Finding] {
    guard let listen else { return [] }
    let place = "\(listen.host):\(listen.port)"
    do {
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: listen.host, port: listen.port).get()
      try await channel.close().get()
      return [Finding(grade: .ok, what: name, found: "\(place) is free")]
    } catch {
      return [
        Finding(
          grade: .fail,
          what: name,
          found: "\(place) cannot be bound: \(error)",
          advice:
            "is a server running there? choose another with --\(name.replacing("_", with: "-"))"
        )
      ]
    }
  }

  private static func descriptors(_ settings: ServerSettings) -> Finding {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let wanted = UInt64((try? settings.count("connections", in: 1...1_000_000)) ?? 0) + 64
    let isEnough = limit.rlim_cur >= wanted
    return Finding(
      grade: isEnough ? .ok : .warn,
      what: "descriptors",
      found: "\(limit.rlim_cur) for \(wanted) connections and files",
      advice: isEnough ? "" : "ulimit -n \(wanted), or connections=\(max(limit.rlim_cur, 65) - 64)"
    )
  }

  /// Compares how far both clocks move in a tenth of a second, and whether the date can be right.
  private static func clock() -> Finding {
    let first = readSystemClocks()
    usleep(100_000)
    let second = readSystemClocks()
    let wall = second.wall - first.wall
    let monotonic = Int64((second.monotonicNanos - first.monotonicNanos) / 1_000_000)
    guard abs(wall - monotonic) <= 5 else {
      return Finding(
        grade: .warn,
        what: "clock",
        found: "the wall clock moved \(wall) ms in \(monotonic) ms",
        advice: "let a time service slew it"
      )
    }
    // 2025-01-01: before this was written.
    let isPlausible = second.wall > 1_735_689_600_000
    return Finding(
      grade: isPlausible ? .ok : .warn,
      what: "clock",
      found: "wall and monotonic clock agree",
      advice: isPlausible ? "" : "the date lies in the past: clients' t= will be refused"
    )
  }

  private static func memory() -> Finding {
    let bytes = UInt64(sysconf(Int32(_SC_PHYS_PAGES))) * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    let isEnough = bytes >= 1 << 30
    return Finding(
      grade: isEnough ? .ok : .warn,
      what: "memory",
      found: "\(bytes >> 20) MiB",
      advice: isEnough ? "" : "lower bounds.taxis and bounds.rides in the region file"
    )
  }

  private static func cores() -> Finding {
    let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return Finding(
      grade: count >= 2 ? .ok : .warn,
      what: "cores",
      found: "\(count)",
      advice: count >= 2 ? "" : "the engine has one to itself; leave another for HTTP and clients"
    )
  }

  /// With `state: memory`.
  package static var memoryOnly: Finding {
    Finding(
      grade: .warn,
      what: "durability",
      found: "dur=memory: facts end with the process",
      advice: "clients must be able to send requests again after a restart"
    )
  }
}
