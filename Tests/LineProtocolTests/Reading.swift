import LineProtocol

// Arrays in place of spans, which the test macros cannot take.

func readClient(_ bytes: [UInt8]) -> Result<ClientLine, LineError> {
  Result { () throws(LineError) in try ClientLine(bytes.span) }
}

func readServer(_ bytes: [UInt8]) -> Result<ServerLine, LineError> {
  Result { () throws(LineError) in try ServerLine(bytes.span) }
}

func readPosition(_ bytes: [UInt8]) -> PositionLine? { PositionLine(bytes.span) }

/// The text of every line that a buffer holds; faults as `!`.
func lines(of scanner: inout LineScanner, _ bytes: [UInt8], at: inout Int) -> [String] {
  var found: [String] = []
  while let next = scanner.next(in: bytes.span, at: &at) {
    switch next {
    case .line(let range): found.append(String(decoding: bytes[range], as: UTF8.self))
    case .tooLong: found.append("!long")
    case .badByte: found.append("!byte")
    }
  }
  return found
}
