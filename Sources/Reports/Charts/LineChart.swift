package import Metrics

/// Lines over a common axis, each with its name at its end, and a band or bars for its intervals. Lines differ by their
/// dashes as well as by their colours, so that no colour is needed to tell them apart.
package struct LineChart {
  package struct Point: Equatable, Sendable {
    package var x: Double
    package var y: Double
    package var interval: Interval?

    package init(x: Double, y: Double, interval: Interval? = nil) {
      self.x = x
      self.y = y
      self.interval = interval
    }
  }

  package struct Series: Equatable, Sendable {
    package var name: String
    package var points: [Point]
    /// A law that was fitted to the points, drawn as a thin line; empty for none.
    package var law: [Point]
    /// What the points are means of, each drawn as a small mark; empty for none.
    package var parts: [Point]

    package init(name: String, points: [Point], law: [Point] = [], parts: [Point] = []) {
      self.name = name
      self.points = points
      self.law = law
      self.parts = parts
    }
  }

  package struct Labels {
    package var x: String
    package var y: String
    package var xFormat: AxisFormat
    package var yFormat: AxisFormat

    package init(x: String, y: String, xFormat: AxisFormat = .number, yFormat: AxisFormat = .percent) {
      self.x = x
      self.y = y
      self.xFormat = xFormat
      self.yFormat = yFormat
    }
  }

  package let description: String
  package let labels: Labels
  package let series: [Series]
  private let xKind: AxisScale.Kind
  private let marks: Marks
  private let size: Size
  private let alongside: [Series]
  private let marksAtPoints: Bool

  package enum Marks: Sendable {
    /// A line with a mark at each point, or without.
    case points, none
    /// Points without a line, and the diagonal on which both coordinates are equal (a Q-Q plot).
    case againstDiagonal
  }

  package enum Size: Sendable {
    case wide
    /// As high as a scatter, to stand beside it.
    case square
    /// One of several with the same lines, two beside one another.
    case medium
    /// One of several that each have one line, whose name is left to the title.
    case small
  }

  /// So many colours there are, and so many dashes; lines beyond that have pairs of them that no earlier line has.
  package static let kinds = 6

  /// - Parameters:
  ///   - alongside: the lines of the charts beside this one, which have the same axes.
  ///   - marksAtPoints: whether the horizontal axis has its marks where the points are, instead of at round numbers.
  package init(
    description: String, labels: Labels, series: [Series], xKind: AxisScale.Kind = .linear, marks: Marks = .points,
    size: Size = .wide, alongside: [Series] = [], marksAtPoints: Bool = false
  ) {
    self.description = description
    self.labels = labels
    self.series = series
    self.xKind = xKind
    self.marks = marks
    self.size = size
    self.alongside = alongside
    self.marksAtPoints = marksAtPoints
  }

  package var markup: Markup {
    let lines = series.map { line in
      var line = line
      line.points = line.points.filter { $0.x.isFinite && $0.y.isFinite }
      return line
    }.filter { !$0.points.isEmpty }
    let size = frameSize(lines)
    let points = (lines + alongside).flatMap { $0.points + $0.law + $0.parts }
    let limits = labels.yFormat.isFraction ? 0.0...1 : -Double.infinity...Double.infinity
    var x = AxisScale(
      points.map(\.x), kind: xKind, from: size.horizontal.from + 8, to: size.horizontal.to - 8,
      marks: self.size == .small ? 4 : 6)
    if marksAtPoints { x = x.marked(at: lines.flatMap(\.points).map(\.x)) }
    let y = AxisScale(
      points.flatMap { [$0.y, $0.interval?.low ?? $0.y, $0.interval?.high ?? $0.y] }, from: size.vertical.from,
      to: size.vertical.to, marks: self.size == .small ? 4 : 6, limits: limits)
    let frame = ChartFrame(
      size: size, x: ChartFrame.Axis(title: labels.x, scale: x, format: labels.xFormat),
      y: ChartFrame.Axis(title: labels.y, scale: y, format: labels.yFormat))
    // Names stay above the numbers of the axis.
    let ends = Self.spread(
      lines.map { y.place($0.points[$0.points.count - 1].y) }, apart: 15, within: size.vertical.to...size.vertical.from)
    let drawn = lines.enumerated().map { index, line in draw(line, index, x, y, label: ends[index]) }
    return frame.markup(description, "\(marks == .againstDiagonal ? Self.diagonal(x, y) : "")\(drawn)")
  }

  private func draw(_ line: Series, _ index: Int, _ x: AxisScale, _ y: AxisScale, label: Double) -> Markup {
    func at(_ place: Double, _ value: Double) -> String {
      "\(coordinate(x.place(place))) \(coordinate(y.place(value)))"
    }
    let path = line.points.enumerated().map { "\($0.offset == 0 ? "M" : "L")\(at($0.element.x, $0.element.y))" }
      .joined()
    let bounded = line.points.compactMap { point in point.interval.map { (point.x, $0) } }
    let upper = bounded.map { at($0.0, $0.1.high) }
    let lower = bounded.reversed().map { at($0.0, $0.1.low) }
    let band: Markup =
      bounded.count < 2 ? "" : "<path class=\"band\" d=\"M\((upper + lower).joined(separator: "L"))Z\"/>"
    let circles = (marks == .none ? [] : line.points).map { point -> Markup in
      "<circle cx=\"\(coordinate(x.place(point.x)))\" cy=\"\(coordinate(y.place(point.y)))\" r=\"3\"/>"
    }
    let parts = line.parts.map { part -> Markup in
      "<circle class=\"part\" cx=\"\(coordinate(x.place(part.x)))\" cy=\"\(coordinate(y.place(part.y)))\" r=\"2\"/>"
    }
    let stroke: Markup = marks == .againstDiagonal ? "" : "<path class=\"line\" d=\"\(path)\"/>"
    let law: Markup =
      line.law.isEmpty
      ? "" : "<path class=\"law\" d=\"M\(line.law.map { at($0.x, $0.y) }.joined(separator: "L"))\"/>"
    let last = line.points[line.points.count - 1]
    let name: Markup =
      size == .small
      ? ""
      : """
      <text x="\(coordinate(x.place(last.x) + 9))" y="\(coordinate(label + 4))">\(line.name.printable.shortened(to: 22))</text>
      """
    return """
      <g class="series s\(index % Self.kinds) d\((index + index / Self.kinds) % Self.kinds)">\(band)\(law)\(stroke)\(parts)\(circles)\(name)</g>

      """
  }

  private func frameSize(_ lines: [Series]) -> ChartFrame.Size {
    var result = ChartFrame.Size()
    switch size {
    case .wide: break
    case .square: (result.width, result.height) = (560, 460)
    case .medium: (result.width, result.height) = (440, 280)
    case .small:
      (result.width, result.height) = (330, 220)
      return result
    }
    let longest = lines.map { $0.name.printable.count }.max() ?? 0
    result.right = min(180, 24 + 7 * Double(min(longest, 22)))
    return result
  }

  private static func diagonal(_ x: AxisScale, _ y: AxisScale) -> Markup {
    let low = max(x.domain.lowerBound, y.domain.lowerBound)
    let high = max(low, min(x.domain.upperBound, y.domain.upperBound))
    return """
      <path class="diagonal" d="M\(coordinate(x.place(low))) \(coordinate(y.place(low)))\
      L\(coordinate(x.place(high))) \(coordinate(y.place(high)))"/>
      """
  }

  /// Moves places as little as needed, in the sum of squares, to have this distance between neighbours and to lie within the
  /// bounds, or as far outside as there is no room.
  package static func spread(
    _ places: [Double], apart: Double, within bounds: ClosedRange<Double>
  ) -> [Double] {
    let order = places.indices.sorted { (places[$0], $0) < (places[$1], $1) }
    // Neighbours that meet become a block, whose middle stays the mean of its places.
    var blocks: [(first: Double, members: [Int])] = []
    for index in order {
      var block = (first: places[index], members: [index])
      while let before = blocks.last, before.first + Double(before.members.count) * apart > block.first {
        blocks.removeLast()
        let members = before.members + block.members
        let first = members.enumerated().reduce(0) { $0 + places[$1.element] - Double($1.offset) * apart }
        block = (first / Double(members.count), members)
      }
      blocks.append(block)
    }
    var result = places
    for block in blocks {
      for (place, index) in block.members.enumerated() { result[index] = block.first + Double(place) * apart }
    }
    var least = bounds.lowerBound
    for index in order {
      result[index] = max(result[index], least)
      least = result[index] + apart
    }
    var most = bounds.upperBound
    for index in order.reversed() {
      result[index] = min(result[index], most)
      most = result[index] - apart
    }
    return result
  }
}

extension AxisFormat {
  /// Whether the numbers lie between 0 and 1.
  fileprivate var isFraction: Bool {
    switch self {
    case .percent: true
    case .number: false
    }
  }
}
