/// The fields of one line of comma-separated values.
///
/// A field loses the blanks around it and its quotes; a quoted field may hold commas and doubled
/// quotes, not line breaks. Splitting changes the line where quotes are doubled.
struct FieldTable: ~Copyable {
  /// Fields beyond these are counted, not kept.
  static let capacity = 64

  private let fields: UnsafeMutablePointer<Field>
  private(set) var count = 0

  init() {
    fields = .allocate(capacity: Self.capacity)
    fields.initialize(repeating: Field(start: nil, count: 0), count: Self.capacity)
  }

  deinit { fields.deallocate() }

  /// The field at `index`, empty when the line has no such field.
  @inline(__always)
  subscript(index: Int) -> Field {
    index >= 0 && index < count && index < Self.capacity
      ? fields[index] : Field(start: nil, count: 0)
  }

  mutating func split(_ line: Field) {
    count = 0
    guard var next = line.baseAddress else { return }
    let end = next + line.count
    while true {
      var start = next
      while start < end && (start.pointee == 0x20 || start.pointee == 0x09) { start += 1 }
      if start < end && start.pointee == 0x22 {
        let content = start + 1
        let close = unquote(content, end)
        append(Field(start: content, count: close.length))
        next = close.after
        while next < end && next.pointee != 0x2C { next += 1 }
      } else {
        next = start
        while next < end && next.pointee != 0x2C { next += 1 }
        var last = next
        while last > start && (last[-1] == 0x20 || last[-1] == 0x09) { last -= 1 }
        append(Field(start: start, count: last - start))
      }
      guard next < end else { return }
      next += 1
    }
  }

  @inline(__always)
  private mutating func append(_ field: Field) {
    if count < Self.capacity { fields[count] = field }
    count += 1
  }
}

/// Closes up doubled quotes from `content` to the closing quote, or to `end` where there is none.
///
/// - Returns: the length of the content, and the first byte after the closing quote.
private func unquote(
  _ content: UnsafeMutablePointer<UInt8>,
  _ end: UnsafeMutablePointer<UInt8>
) -> (length: Int, after: UnsafeMutablePointer<UInt8>) {
  var read = content
  var write = content
  while read < end {
    if read.pointee == 0x22 {
      guard read + 1 < end && read[1] == 0x22 else { return (write - content, read + 1) }
      read += 1
    }
    write.pointee = read.pointee
    write += 1
    read += 1
  }
  return (write - content, end)
}

/// The field as text, shortened for a message; bytes that are not UTF-8 become U+FFFD.
func shortText(_ field: Field) -> String {
  let limit = 60
  let text = String(decoding: field.prefix(limit), as: UTF8.self)
  return field.count > limit ? text + "…" : text
}
