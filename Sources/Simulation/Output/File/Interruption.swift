import Dispatch
import Foundation

/// The hidden files of every ``AtomicFile`` under way in this process, so that an interruption can
/// remove them. From then on nobody begins or finishes one, until the process is gone.
enum UnfinishedFiles {
  private final class Paths: @unchecked Sendable {
    // Guards `list`: files are written on one thread and removed on the signal queue's.
    private let lock = NSLock()
    private var list: [String] = []

    func change(_ body: (inout [String]) -> Void) { lock.withLock { body(&list) } }

    /// What is in it; the lock is never given back.
    func close() -> [String] {
      lock.lock()
      return list
    }
  }

  private static let paths = Paths()

  static func insert(_ path: String) { paths.change { $0.append(path) } }
  static func remove(_ path: String) { paths.change { $0.removeAll { $0 == path } } }

  /// Gives a hidden file its name; one that an interruption removes never gets it.
  ///
  /// - Returns: whether it has the name; `errno` says why not.
  static func rename(_ path: String, to target: String) -> Bool {
    var isDone = false
    paths.change { list in
      isDone = Foundation.rename(path, target) == 0
      list.removeAll { $0 == path }
    }
    return isDone
  }

  /// Removes them, in a process that is about to end: others wait for it from here on.
  static func unlinkForGood() {
    for path in paths.close() { unlink(path) }
  }
}

/// Ctrl-C and a polite kill, made to leave no half-written file and no half-drawn progress bar.
public enum Interruption {
  /// Takes over SIGINT and SIGTERM: unfinished files are removed, `cleanUp` is called on a queue of
  /// its own, and the process ends by the same signal, so that a shell sees why. Keep the returned
  /// value alive for as long as this is wanted.
  public static func handle(cleanUp: @escaping @Sendable () -> Void) -> AnyObject {
    Handler(signals: [SIGINT, SIGTERM], cleanUp: cleanUp)
  }

  private final class Handler {
    private let sources: [any DispatchSourceSignal]

    init(signals: [Int32], cleanUp: @escaping @Sendable () -> Void) {
      let queue = DispatchQueue(label: "interruption")
      sources = signals.map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler {
          UnfinishedFiles.unlinkForGood()
          cleanUp()
          Self.die(by: number)
        }
        // Until the queue listens, a signal that is ignored is lost.
        let listens = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { listens.signal() }
        source.resume()
        listens.wait()
        return source
      }
    }

    /// The threads of a queue block every signal, and in an asynchronous program all threads are
    /// such: without the unblocking nobody would receive it.
    private static func die(by number: Int32) {
      signal(number, SIG_DFL)
      var only = sigset_t()
      sigemptyset(&only)
      sigaddset(&only, number)
      pthread_sigmask(SIG_UNBLOCK, &only, nil)
      raise(number)
      exit(128 + number)
    }

    deinit {
      for source in sources {
        signal(Int32(source.handle), SIG_DFL)
        source.cancel()
      }
    }
  }
}
