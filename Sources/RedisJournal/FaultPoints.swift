#if Server
  import Glibc
  import Synchronization

  /// Counts passes of the fault point that `BAECHA_FAULT` names, and ends the process at the one it
  /// names, as a loss of power would.
  enum FaultPoints {
    private static let armed: (name: String, count: Int)? = {
      guard let raw = getenv("BAECHA_FAULT") else { return nil }
      let parts = String(cString: raw).split(separator: ":")
      guard let name = parts.first else { return nil }
      return (String(name), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }()
    private static let passed = Atomic<Int>(0)

    static func pass(_ point: FaultPoint) {
      guard let armed, armed.name == point.rawValue else { return }
      if passed.add(1, ordering: .relaxed).newValue == armed.count { kill(getpid(), SIGKILL) }
    }
  }
#endif
