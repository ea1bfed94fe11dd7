import Foundation

/// What a process has used, as `/proc` has it.
public struct ProcessFigures: Equatable, Sendable {
  /// Of all its threads, in user and system mode; in steps of 10 ms.
  public var processorSeconds: Double
  /// Memory that is really there.
  public var residentBytes: Int

  /// `nil` when there is no such process, or no `/proc`.
  public init?(pid: Int32) {
    self.init(folder: "/proc/\(pid)")
  }

  static var own: ProcessFigures? { ProcessFigures(folder: "/proc/self") }

  private init?(folder: String) {
    guard let stat = try? String(contentsOfFile: folder + "/stat", encoding: .utf8),
      let memory = try? String(contentsOfFile: folder + "/statm", encoding: .utf8)
    else { return nil }
    self.init(
      stat: stat,
      memory: memory,
      ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)),
      pageBytes: sysconf(Int32(_SC_PAGESIZE))
    )
  }

  /// - Parameters:
  ///   - stat: of `/proc/PID/stat`; proc(5).
  ///   - memory: of `/proc/PID/statm`.
  ///   - ticksPerSecond: of the processor times.
  ///   - pageBytes: of the memory's pages.
  package init?(stat: String, memory: String, ticksPerSecond: Int, pageBytes: Int) {
    // The second field is the program's name in parentheses, which may hold spaces and more of them.
    guard let close = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: close)...].split(separator: " ")
    let pages = memory.split(separator: " ")
    guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]),
      pages.count > 1, let resident = Int(pages[1]), ticksPerSecond > 0
    else { return nil }
    processorSeconds = Double(user + system) / Double(ticksPerSecond)
    residentBytes = resident * pageBytes
  }
}

/// The machine that a measurement was taken on.
public struct Machine: Codable, Equatable, Sendable {
  public var processor: String
  public var cores: Int
  public var memoryGiB: Int
  public var system: String

  public static var this: Machine {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = info.split(separator: "\n").first { $0.hasPrefix("model name") }
    let model = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    let process = ProcessInfo.processInfo
    return Machine(
      processor: model ?? "unknown",
      cores: process.activeProcessorCount,
      memoryGiB: Int((Double(process.physicalMemory) / 1_073_741_824).rounded()),
      system: process.operatingSystemVersionString
    )
  }
}

/// How many files and sockets this process may open.
public enum OpenFiles {
  /// Raises the limit, for this process and those that it starts, if it can.
  ///
  /// - Parameter count: sockets that will be open at once.
  /// - Throws: ``LoadFailure`` that says how to allow them.
  public static func allow(_ count: Int) throws(LoadFailure) {
    let needed = rlim_t(count + 200)
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    getrlimit(resource, &limit)
    if limit.rlim_cur >= needed { return }
    // Only root may raise the hard limit; whether it went well shows below.
    var wanted = rlimit(rlim_cur: needed, rlim_max: max(needed, limit.rlim_max))
    if setrlimit(resource, &wanted) == 0 { return }
    let hard = limit.rlim_max
    limit.rlim_cur = hard
    setrlimit(resource, &limit)
    guard hard >= needed else {
      throw LoadFailure(
        "\(count) connections need \(needed) open files and the limit is \(hard): raise it with "
          + "'ulimit -Hn \(needed)' as root (or LimitNOFILE= of systemd), or ask for at most "
          + "\(max(0, Int(hard) - 200)) connections"
      )
    }
  }
}
