/// Fractions as named points, such as classes: the accuracy with real images across, that with samples up, and the
/// diagonal where both are equal.
package struct ScatterChart {
  package struct Point: Equatable, Sendable {
    package var name: String
    package var x: Double
    package var y: Double
    /// Whether the point is drawn in the colour of failure, and named in the picture even among many.
    package var isWorse: Bool

    package init(name: String, x: Double, y: Double, isWorse: Bool) {
      self.name = name
      self.x = x
      self.y = y
      self.isWorse = isWorse
    }
  }

  package let description: String
  package let xTitle: String
  package let yTitle: String
  package let points: [Point]

  package init(description: String, xTitle: String, yTitle: String, points: [Point]) {
    self.description = description
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.points = points
  }

  /// More names than this would lie over one another.
  private static let mostNames = 12

  package var markup: Markup {
    let shown = points.filter { $0.x.isFinite && $0.y.isFinite }
    var size = ChartFrame.Size()
    (size.width, size.height) = (480, 460)
    let all = shown.flatMap { [$0.x, $0.y] }
    let x = AxisScale(all, from: size.horizontal.from, to: size.horizontal.to - 8, limits: 0...1)
    let y = AxisScale(all, from: size.vertical.from, to: size.vertical.to, limits: 0...1)
    let frame = ChartFrame(
      size: size, x: ChartFrame.Axis(title: xTitle, scale: x, format: .percent),
      y: ChartFrame.Axis(title: yTitle, scale: y, format: .percent))
    let (low, high) = (x.domain.lowerBound, x.domain.upperBound)
    let diagonal: Markup = """
      <path class="diagonal" d="M\(coordinate(x.place(low))) \(coordinate(y.place(low)))L\(coordinate(x.place(high))) \
      \(coordinate(y.place(high)))"/>
      """
    let radius = shown.count > 200 ? "2.5" : "4"
    let circles = shown.map { point -> Markup in
      """
      <circle class="\(point.isWorse ? "point failed" : "point")" cx="\(coordinate(x.place(point.x)))" \
      cy="\(coordinate(y.place(point.y)))" r="\(radius)"><title>\(point.name): \
      \(NumberText.hundredths(point.x, decimals: 1)) → \(NumberText.percent(point.y, decimals: 1))</title></circle>

      """
    }
    let named = shown.sorted { ($0.y - $0.x, $0.name) < ($1.y - $1.x, $1.name) }.prefix(Self.mostNames)
      .filter { $0.isWorse || shown.count <= Self.mostNames }
    return frame.markup(
      description, "\(diagonal)\(circles)\(names(Array(named), x, y, right: size.width - 4, vertical: size.vertical))")
  }

  /// Names beside their points, the ones further down moved down where two would meet.
  private func names(
    _ points: [Point], _ x: AxisScale, _ y: AxisScale, right: Double, vertical: (from: Double, to: Double)
  ) -> [Markup] {
    let places = LineChart.spread(points.map { y.place($0.y) }, apart: 13, within: vertical.to...vertical.from)
    return zip(points, places).map { point, place in
      let name = point.name.printable.truncated(to: 18)
      let at = x.place(point.x)
      let isLeft = at + 10 + 7 * Double(name.count) > right
      return """
        <text class="name" x="\(coordinate(isLeft ? at - 8 : at + 8))" y="\(coordinate(place + 4))" \
        text-anchor="\(isLeft ? "end" : "start")">\(name)</text>

        """
    }
  }
}
