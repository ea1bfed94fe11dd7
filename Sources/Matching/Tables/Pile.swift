/// A list in memory of its own, kept when the list is emptied: what rounds are prepared on. Unlike an
/// array it is never shared, so no element costs a check for that.
struct Pile<Element>: ~Copyable {
  private var items: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private(set) var capacity = 16

  init() { items = .allocate(capacity: 16) }

  deinit {
    items.deinitialize(count: count)
    items.deallocate()
  }

  var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { 0..<count }

  /// The elements, until the next one is added.
  var buffer: UnsafeMutableBufferPointer<Element> {
    @inline(__always) get { UnsafeMutableBufferPointer(start: items, count: count) }
  }

  subscript(index: Int) -> Element {
    @inline(__always) unsafeAddress {
      precondition(index >= 0 && index < count, "no such element")
      return UnsafePointer(items + index)
    }
    @inline(__always) unsafeMutableAddress {
      precondition(index >= 0 && index < count, "no such element")
      return items + index
    }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(to: 2 * capacity) }
    (items + count).initialize(to: element)
    count &+= 1
  }

  /// Makes it `count` elements long; new ones are `element`.
  mutating func resize(to count: Int, filling element: Element) {
    if count > capacity { grow(to: max(count, 2 * capacity)) }
    if count > self.count {
      (items + self.count).initialize(repeating: element, count: count - self.count)
    }
    if count < self.count { (items + count).deinitialize(count: self.count - count) }
    self.count = count
  }

  @inline(__always)
  mutating func removeAll() {
    items.deinitialize(count: count)
    count = 0
  }

  @inline(never)
  private mutating func grow(to size: Int) {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: size)
    larger.moveInitialize(from: items, count: count)
    items.deallocate()
    items = larger
    capacity = size
  }
}
