/// Points with two coordinates of any size, such as models by their KL and by a metric. Groups, such as the checkpoints of
/// one training, differ by their colours.
package struct PointChart {
  package struct Point: Equatable, Sendable {
    package var name: String
    package var x: Double
    package var y: Double
    /// The number of its group.
    package var group: Int

    package init(name: String, x: Double, y: Double, group: Int) {
      self.name = name
      self.x = x
      self.y = y
      self.group = group
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

  package var markup: Markup {
    let shown = points.filter { $0.x.isFinite && $0.y.isFinite }
    var size = ChartFrame.Size()
    (size.width, size.height) = (330, 240)
    let x = AxisScale(shown.map(\.x), from: size.horizontal.from + 8, to: size.horizontal.to - 8, marks: 4)
    let y = AxisScale(shown.map(\.y), from: size.vertical.from, to: size.vertical.to, marks: 4)
    let frame = ChartFrame(
      size: size, x: ChartFrame.Axis(title: xTitle, scale: x), y: ChartFrame.Axis(title: yTitle, scale: y))
    let circles = shown.map { point -> Markup in
      """
      <g class="series s\(point.group % LineChart.kinds)"><circle cx="\(coordinate(x.place(point.x)))" \
      cy="\(coordinate(y.place(point.y)))" r="4"><title>\(point.name): \(NumberText.significant(point.x)), \
      \(NumberText.significant(point.y))</title></circle></g>

      """
    }
    return frame.markup(description, "\(circles)")
  }
}
