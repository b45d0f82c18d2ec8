/// A curve that belongs to a metric, drawn with those of the other sets. PRD's, which is older, has a type and a key of its
/// own.
package struct MetricCurve: Codable, Sendable, Equatable {
  /// The metric's, under which the sets' curves share a chart.
  package var name: String
  /// What the chart shows, as a sentence.
  package var caption: String
  /// Titles of the axes.
  package var xTitle: String
  package var yTitle: String
  package var x: [Double]
  /// As many as `x`.
  package var y: [Double]

  package init(_ name: String, caption: String, xTitle: String, yTitle: String, x: [Double], y: [Double]) {
    precondition(x.count == y.count, "a point of a curve has two numbers")
    self.name = name
    self.caption = caption
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.x = x
    self.y = y
  }
}
