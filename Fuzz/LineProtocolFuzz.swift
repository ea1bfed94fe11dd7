import LineProtocol
import Matching
import Spatial

/// What libFuzzer calls with bytes that it has bred for new paths: they are one read of a socket.
/// Reading them must not trap; what is read must be written and read again as the same; and the fast
/// reader must agree with the slow one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let span = bytes.span
  // Short, so that the limit is met.
  var scanner = LineScanner(lineMax: 200)
  var at = 0
  while let found = scanner.next(in: span, at: &at) {
    if case .line(let range) = found { check(Array(bytes[range])) }
  }
  require(bytes.count - at < scanner.lineMax, "the scanner leaves a whole line unread")
  // Bytes that no scanner has looked at must not trap either.
  check(bytes)
  return 0
}

private func check(_ line: [UInt8]) {
  let client = try? ClientLine(line.span)
  if let client {
    var writer = LineWriter()
    writer.write(client)
    let again = try? ClientLine(Array(writer.bytes.dropLast()).span)
    require(again == client, "read \(client), wrote \(writer.text)")
  }
  if let fast = PositionLine(line.span) {
    let taxi = Identifier(line.span, fast.taxi)
    let same = taxi.map { ClientLine(.position($0, fast.report)) }
    require(same != nil && same == client, "two ways of reading disagree")
  }
  if let server = try? ServerLine(line.span) {
    var writer = LineWriter()
    writer.write(server)
    let again = try? ServerLine(Array(writer.bytes.dropLast()).span)
    require(again == server, "read \(server), wrote \(writer.text)")
  }
  if let text = percentDecoded(String(decoding: line, as: UTF8.self)), !text.isEmpty {
    require(percentDecoded(percentEncoded(text)) == text, "free text changes on its way")
  }
}

/// A precondition that says what it is about in an optimised build too.
private func require(_ holds: Bool, _ complaint: @autoclosure () -> String) {
  guard !holds else { return }
  print(complaint())
  fatalError(complaint())
}
