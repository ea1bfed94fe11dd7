import Foundation
import Simulation
import Testing

@Suite struct AtomicFileTests {
  /// A folder of its own, removed afterwards.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "baecha-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func `a file appears only when it is whole`() throws {
    try inFolder { folder in
      let path = folder + "/report.html"
      let file = try AtomicFile(path: path)
      try file.write(Array("one ".utf8))
      #expect(!FileManager.default.fileExists(atPath: path))
      try file.write(Array("two".utf8))
      try file.commit()
      #expect(try text(path) == "one two")
      #expect(try names(folder) == ["report.html"])
    }
  }

  @Test func `a file given up leaves the old one`() throws {
    try inFolder { folder in
      let path = folder + "/report.json"
      try AtomicFile.write(Array("old".utf8), to: path)
      do {
        let file = try AtomicFile(path: path)
        try file.write([UInt8](repeating: 0x61, count: 200_000))
        #expect(try names(folder).count == 2)
      }
      #expect(try text(path) == "old")
      #expect(try names(folder) == ["report.json"])
    }
  }

  @Test func `a replaced file keeps its permissions`() throws {
    try inFolder { folder in
      let path = folder + "/a"
      try AtomicFile.write([0x61], to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      try AtomicFile.write([0x62], to: path)
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect((mode as? NSNumber)?.intValue == 0o640)
    }
  }

  @Test func `a missing folder is named with the reason`() {
    #expect {
      try AtomicFile.write([], to: "/nowhere/at/all.csv")
    } throws: { error in
      "\(error)" == "cannot write /nowhere/at/all.csv: No such file or directory"
    }
  }

  @Test func `a folder is no file`() throws {
    try inFolder { folder in
      #expect(throws: OutputError(action: "write", path: folder, code: EISDIR)) {
        try AtomicFile.write([0x61], to: folder)
      }
    }
  }

  @Test func `a device is written straight away`() throws {
    try AtomicFile.write([UInt8](repeating: 0x61, count: 100_000), to: "/dev/null")
  }

  @Test func `a symbolic link stays one and its file is replaced`() throws {
    try inFolder { folder in
      try AtomicFile.write([0x61], to: folder + "/a")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/b",
        withDestinationPath: folder + "/a"
      )
      try AtomicFile.write([0x62], to: folder + "/b")
      #expect(try text(folder + "/a") == "b")
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/b")
      #expect(link == folder + "/a")
      #expect(try names(folder) == ["a", "b"])
    }
  }

  #if os(Linux)
    @Test func `a full disk is an error with its reason`() {
      #expect {
        try AtomicFile.write([UInt8](repeating: 0x61, count: 100_000), to: "/dev/full")
      } throws: { error in
        (error as? OutputError)?.code == ENOSPC
      }
    }
  #endif

  #if os(Linux) || os(macOS)
    @Test func `an interruption removes the unfinished file`() async throws {
      let folder = NSTemporaryDirectory() + "baecha-interrupted-\(getpid())"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let result = await #expect(processExitsWith: .signal(SIGTERM)) {
        // The child has its own number; the folder is found by its parent's.
        let folder = NSTemporaryDirectory() + "baecha-interrupted-\(getppid())"
        let handler = Interruption.handle {}
        let file = try AtomicFile(path: folder + "/rides.csv")
        try file.write([UInt8](repeating: 0x61, count: 200_000))
        kill(getpid(), SIGTERM)
        // Long enough for the signal, and an end in any case.
        withExtendedLifetime((handler, file)) { _ = sleep(120) }
      }
      #expect(result != nil)
      #expect(try names(folder).isEmpty)
    }

    @Test func `while an interruption ends the process no other file is begun`() async throws {
      let folder = NSTemporaryDirectory() + "baecha-ended-\(getpid())"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      for _ in 0..<5 {
        await #expect(processExitsWith: .signal(SIGTERM)) {
          let folder = NSTemporaryDirectory() + "baecha-ended-\(getppid())"
          // Tidying up takes a while, in which the program goes on.
          let handler = Interruption.handle { usleep(20_000) }
          kill(getpid(), SIGTERM)
          try withExtendedLifetime(handler) {
            while true { try AtomicFile.write([0x61], to: folder + "/rides.csv") }
          }
        }
        #expect(try names(folder).allSatisfy { $0 == "rides.csv" })
      }
    }
  #endif
}

@Suite struct ProgressBarTests {
  private final class Terminal {
    var written: [String] = []
    var time = Duration.zero
  }

  private func bar(_ terminal: Terminal, isShown: Bool = true, width: Int = 80) -> ProgressBar {
    ProgressBar(
      label: "nearest",
      total: 1_000,
      width: width,
      isShown: isShown,
      now: { terminal.time },
      write: { terminal.written.append($0) }
    )
  }

  @Test func `nothing is written where there is no terminal`() {
    let terminal = Terminal()
    let bar = bar(terminal, isShown: false)
    bar.update(10)
    bar.note("x")
    bar.erase()
    #expect(terminal.written.isEmpty)
  }

  @Test func `it is drawn at most ten times a second`() {
    let terminal = Terminal()
    let bar = bar(terminal)
    for step in 0..<1_000 {
      terminal.time = .milliseconds(step)
      bar.update(Int64(step))
    }
    #expect(terminal.written.count == 10)
  }

  @Test func `it tells the share and the time left`() {
    let bar = bar(Terminal())
    #expect(bar.line(250, elapsed: .seconds(10)).hasSuffix(" 25 %  30 s left"))
    #expect(bar.line(500, elapsed: .seconds(200)).hasSuffix(" 50 %  3 min 20 s left"))
    #expect(bar.line(0, elapsed: .zero).hasSuffix(" 0 %"))
    #expect(bar.line(5_000, elapsed: .seconds(5)).contains("100 %"))
  }

  @Test func `no line fills the terminal`() {
    for width in [0, 1, 10, 20, 40, 79, 200] {
      let line = bar(Terminal(), width: width).line(500, elapsed: .seconds(100))
      #expect(TextWidth.columns(line) < max(1, width) || line.isEmpty, "\(width): \(line)")
    }
  }

  @Test func `it erases itself`() {
    let terminal = Terminal()
    let bar = bar(terminal)
    bar.update(500)
    bar.erase()
    #expect(terminal.written.last == "\r\u{1B}[2K")
  }
}
