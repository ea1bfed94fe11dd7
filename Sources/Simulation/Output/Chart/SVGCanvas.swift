/// A drawing under construction. Colours and type come from classes (``ChartStyle``), so that one
/// drawing serves light and dark.
package struct SVGCanvas: Sendable {
  package enum Anchor: String, Sendable {
    case start
    case middle
    case end
  }

  package let width: Double
  package let height: Double
  package private(set) var body = Markup()

  package init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// A rectangle; one without width or height is left out. `tip` is shown on hovering.
  package mutating func rect(
    _ x: Double,
    _ y: Double,
    _ width: Double,
    _ height: Double,
    _ style: String,
    radius: Double = 0,
    tip: String? = nil
  ) {
    guard width > 0, height > 0 else { return }
    let corner: Markup = radius > 0 ? " rx=\"\(radius)\"" : ""
    let open: Markup =
      "<rect class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\"\(corner)"
    close(open, "rect", tip)
  }

  package mutating func line(
    _ x1: Double,
    _ y1: Double,
    _ x2: Double,
    _ y2: Double,
    _ style: String
  ) {
    body +=
      "<line class=\"\(style)\" x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\"/>\n"
  }

  package mutating func circle(
    _ x: Double,
    _ y: Double,
    _ radius: Double,
    _ style: String,
    tip: String? = nil
  ) {
    let open: Markup = "<circle class=\"\(style)\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(radius)\""
    close(open, "circle", tip)
  }

  package mutating func text(
    _ content: String,
    _ x: Double,
    _ y: Double,
    _ style: String,
    _ anchor: Anchor = .start
  ) {
    let position: Markup =
      anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    body += "<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\"\(position)>\(content)</text>\n"
  }

  /// A path; `transform` is an SVG transform list for data in units of its own.
  package mutating func path(
    _ data: PathData,
    _ style: String,
    tip: String? = nil,
    transform: Markup? = nil
  ) {
    guard !data.isEmpty else { return }
    let moved: Markup = transform.map { " transform=\"\($0)\"" } ?? ""
    let open: Markup = "<path class=\"\(style)\" d=\"\(data.markup)\"\(moved)"
    close(open, "path", tip)
  }

  private mutating func close(_ open: Markup, _ name: Markup, _ tip: String?) {
    if let tip {
      body += "\(open)><title>\(tip)</title></\(name)>\n"
    } else {
      body += "\(open)/>\n"
    }
  }

  /// The drawing as an element with a title and a description for those who cannot see it.
  /// `id` must be unique in the page.
  package func element(id: String, title: String, description: String) -> Markup {
    """
    <svg class="chart" role="img" aria-labelledby="\(id)-title \(id)-desc" \
    viewBox="0 0 \(width) \(height)">
    <title id="\(id)-title">\(title)</title>
    <desc id="\(id)-desc">\(description)</desc>
    \(body)</svg>
    """
  }

  /// The drawing as a file of its own, with its own style sheet and background.
  package func document(title: String, description: String) -> Markup {
    """
    <svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" \
    aria-labelledby="title desc" width="\(width)" height="\(height)" \
    viewBox="0 0 \(width) \(height)">
    <title id="title">\(title)</title>
    <desc id="desc">\(description)</desc>
    <style>\(Markup.trusted(ChartStyle.standalone))</style>
    \(body)</svg>

    """
  }
}

/// The `d` of a path.
package struct PathData: Sendable {
  package private(set) var markup = Markup()
  package private(set) var isEmpty = true

  package init() {}

  package mutating func move(_ x: Double, _ y: Double) {
    markup += "M\(x) \(y)"
    isEmpty = false
  }

  package mutating func line(_ x: Double, _ y: Double) { markup += "L\(x) \(y)" }
  package mutating func horizontal(_ x: Double) { markup += "H\(x)" }
  package mutating func vertical(_ y: Double) { markup += "V\(y)" }
  package mutating func close() { markup += "Z" }

  /// A box of whole pixels, written as shortly as a map of thousands of cells needs.
  package mutating func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    markup += "M\(x) \(y)h\(width)v\(height)h\(-width)z"
    isEmpty = false
  }
}
