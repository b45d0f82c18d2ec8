package import Metrics

/// How often predictions are right against how sure the classifier was (a reliability diagram, Niculescu-Mizil and Caruana
/// 2005): a bar below the diagonal is too sure, and the fuller its colour, the more predictions it holds.
package struct ReliabilityChart {
  package let description: String
  package let bins: [CalibrationBin]

  package init(description: String, bins: [CalibrationBin]) {
    self.description = description
    self.bins = bins
  }

  package var markup: Markup {
    var size = ChartFrame.Size()
    (size.width, size.height, size.right) = (412, 340, 28)
    let x = AxisScale([0, 1], from: size.horizontal.from, to: size.horizontal.to, limits: 0...1)
    let y = AxisScale([0, 1], from: size.vertical.from, to: size.vertical.to, limits: 0...1)
    let frame = ChartFrame(
      size: size, x: ChartFrame.Axis(title: "confidence", scale: x, format: .percent),
      y: ChartFrame.Axis(title: "accuracy", scale: y, format: .percent))
    let most = Double(bins.map(\.images).max() ?? 1)
    let bars = bins.enumerated().map { index, bin -> Markup in
      guard bin.images > 0 else { return "" }
      let left = x.place(Double(index) / Double(bins.count)) + 1
      let width = x.place(Double(index + 1) / Double(bins.count)) - left - 1
      let accuracy = Double(bin.correct) / Double(bin.images)
      let confidence = bin.confidence / Double(bin.images)
      let (top, bottom) = (y.place(accuracy), y.place(0))
      // A bin of few images says little, and is drawn pale.
      let opacity = NumberText.fixed(0.25 + 0.75 * (Double(bin.images) / max(most, 1)).squareRoot(), decimals: 2)
      return """
        <rect class="right" x="\(coordinate(left))" y="\(coordinate(top))" width="\(coordinate(width))" \
        height="\(coordinate(bottom - top))" fill-opacity="\(opacity)"><title>confidence \
        \(NumberText.percent(confidence, decimals: 1)), right \(NumberText.percent(accuracy, decimals: 1)), \
        \(NumberText.count(bin.images, "prediction", "predictions"))</title></rect>\
        <path class="expected" d="M\(coordinate(left)) \(coordinate(y.place(confidence)))h\(coordinate(width))"/>

        """
    }
    let diagonal: Markup = """
      <path class="diagonal" d="M\(coordinate(x.place(0))) \(coordinate(y.place(0)))L\(coordinate(x.place(1))) \
      \(coordinate(y.place(1)))"/>
      """
    return frame.markup(description, "\(bars)\(diagonal)")
  }
}
