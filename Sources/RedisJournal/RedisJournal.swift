#if Server
  import CHiredis
  import Foundation
  import Glibc
  import Journal
  import Matching
  import Synchronization

  /// A region's journal in a Redis: one thread, one connection, batches sent ahead of their replies.
  ///
  /// This is the host's side, used on the host's thread alone; ``RedisWorker`` is the other. Between
  /// them stands a queue, bounded by what the host lets wait (``Limits/journalBacklogMax``).
  public final class RedisJournal: JournalStore {
    public private(set) var durability: Durability
    public private(set) var epoch: UInt64 = 0
    public private(set) var fault: String? = "Redis has not been reached yet"
    public var leadsAtOnce: Bool { false }
    public var onKept: ((UInt64) -> Void)?
    public var onNews: ((JournalNews) -> Void)?

    private let mail: RedisMail
    private let thread: Thread
    private let isOver = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - options: where, and what is asked of it.
    ///   - onHost: runs a closure on the host's thread, soon and in order; may drop it once the host
    ///     has ended.
    public init(
      _ options: RedisOptions,
      onHost: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
      durability = options.durability
      showsView = options.viewExpiry != nil
      let mail = RedisMail()
      self.mail = mail
      let isOver = isOver
      let deliver = Delivery()
      thread = Thread {
        let worker = RedisWorker(options, mail) { news in
          onHost { deliver.journal?.take(news) }
        }
        worker.run()
        isOver.signal()
      }
      thread.name = "redis-\(options.region)"
      deliver.journal = self
    }

    /// Begins to follow the journal, and to lead as soon as nobody else does.
    public func start() {
      // A leader that was fenced reads everything again. Once tables of up to 32 MB were freed glibc
      // takes the next ones from its heap, where they leave holes; so large ones stay apart.
      mallopt(M_MMAP_THRESHOLD, 1 << 20)
      thread.start()
    }

    private let showsView: Bool

    public var takesView: Bool { showsView && fault == nil && mail.takesView }

    public func show(_ view: LiveView) { mail.put(of: epoch) { $0.view = view } }

    public func append(_ batch: [JournalRecord]) {
      mail.put(of: epoch) { $0.records.append(contentsOf: batch) }
    }

    public func publish(snapshot: [UInt8], upTo fact: UInt64) {
      mail.put(of: epoch) { $0.snapshot = (snapshot, fact) }
    }

    /// Gives the leadership up once everything is kept, or after `milliseconds`; returns then. Not to
    /// be called on the host's thread, which is needed for it.
    public nonisolated func stop(withinMilliseconds milliseconds: Int) {
      let deadline = DispatchTime.now() + .milliseconds(milliseconds)
      mail.put {
        $0.stopBy = DispatchTime.now().uptimeNanoseconds + UInt64(milliseconds) * 1_000_000
      }
      _ = isOver.wait(timeout: deadline + .milliseconds(500))
    }

    private func take(_ news: RedisNews) {
      switch news {
      case .kept(let fact):
        FaultPoints.pass(.beforeGate)
        onKept?(fact)
        FaultPoints.pass(.afterGate)
      case .state(let durability, let fault):
        let isNew = durability != self.durability || fault != self.fault
        self.durability = durability
        self.fault = fault
        if isNew { onNews?(.changed) }
      case .journal(let news):
        if case .leads(let epoch) = news { self.epoch = epoch }
        onNews?(news)
        if case .entries = news { mail.tookEntries() }
      }
    }
  }

  // Its state is touched on the host's thread alone; what ``stop(withinMilliseconds:)`` uses, which is
  // called elsewhere, is constant and safe to share.
  extension RedisJournal: @unchecked Sendable {}

  /// Handed to the thread before there is a journal to hand over.
  private final class Delivery: @unchecked Sendable {
    weak var journal: RedisJournal?
  }

  /// From the worker to the host.
  enum RedisNews: Sendable {
    case kept(UInt64)
    case state(Durability, fault: String?)
    case journal(JournalNews)
  }

  /// From the host to the worker: a letterbox, and a pipe that wakes whoever waits for sockets.
  final class RedisMail: @unchecked Sendable {
    struct Content {
      /// The leadership that facts and snapshot are of.
      var epoch: UInt64 = 0
      var records: [JournalRecord] = []
      var snapshot: (bytes: [UInt8], upTo: UInt64)?
      /// Stays until the worker has room for it.
      var view: LiveView?
      /// Of the monotonic clock; `nil` = it goes on.
      var stopBy: UInt64?
    }

    private let content = Mutex(Content())
    private let isRung = Atomic<Bool>(false)
    /// Pages of entries that may be on their way to the host: two. Not as its first value, below which
    /// it must not be when it goes; and a host that ends takes no more.
    private let pages = DispatchSemaphore(value: 0)
    let readEnd: Int32
    private let writeEnd: Int32

    init() {
      var ends: [Int32] = [0, 0]
      precondition(pipe(&ends) == 0, "no file descriptors are left")
      for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
      for _ in 0..<2 { pages.signal() }
      readEnd = ends[0]
      writeEnd = ends[1]
    }

    deinit {
      close(readEnd)
      close(writeEnd)
    }

    func put(_ change: (inout Content) -> Void) {
      content.withLock { change(&$0) }
      // One byte wakes it for all that was put since it last looked.
      guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
      var byte: UInt8 = 1
      _ = write(writeEnd, &byte, 1)
    }

    /// Facts or a snapshot of a leadership; those of another are forgotten.
    func put(of epoch: UInt64, _ change: (inout Content) -> Void) {
      put {
        if $0.epoch != epoch { $0 = Content(epoch: epoch, stopBy: $0.stopBy) }
        change(&$0)
      }
    }

    func tookEntries() { pages.signal() }

    func hasRoomForEntries(milliseconds: Int) -> Bool {
      pages.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
    }

    var takesView: Bool { content.withLock { $0.view == nil } }

    func takeView(of epoch: UInt64) -> LiveView? {
      content.withLock { content in
        guard content.epoch == epoch else { return nil }
        defer { content.view = nil }
        return content.view
      }
    }

    /// Takes what there is; a wish to stop stays, and a view too.
    func take() -> Content {
      if isRung.exchange(false, ordering: .acquiringAndReleasing) {
        var bytes: [UInt8] = [0, 0, 0, 0]
        _ = read(readEnd, &bytes, bytes.count)
      }
      return content.withLock { content in
        defer {
          content.records = []
          content.snapshot = nil
        }
        return content
      }
    }

    var stopBy: UInt64? { content.withLock { $0.stopBy } }

    /// Forgets facts of a leadership that is over.
    func clear() {
      content.withLock {
        $0.records = []
        $0.snapshot = nil
        $0.view = nil
      }
    }
  }
#endif
