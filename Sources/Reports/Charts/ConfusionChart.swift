package import Metrics

/// A confusion matrix as a map: a row for each true class, shaded by how its images were shared among the predictions.
///
/// What you give up by using it: it is for at most `mostClasses` classes; above that see `ConfusionGroups`.
package struct ConfusionChart {
  package static let mostClasses = 30

  /// The name of the matrix's classifiers.
  package let result: String
  package let matrix: ConfusionMatrix

  package init(result: String, _ matrix: ConfusionMatrix) {
    self.result = result
    self.matrix = matrix
  }

  package var markup: Markup {
    let count = matrix.classNames.count
    let cell = count <= 12 ? 38.0 : 20.0
    let names = matrix.classNames.map { $0.printable.truncated(to: 16) }
    let margin = 20 + 6.6 * Double(names.map(\.count).max() ?? 0)
    let (left, top) = (margin + 18, margin * 0.75 + 26)
    let side = cell * Double(count)
    var cells: [Markup] = []
    for row in 0..<count {
      let total = matrix.rows[row].values.reduce(0, +)
      let y = top + Double(row) * cell
      cells.append(
        """
        <text class="mark" x="\(coordinate(left - 6))" y="\(coordinate(y + cell / 2 + 4))" text-anchor="end">\(names[row])</text>

        """)
      for column in 0..<count {
        let number = matrix[true: row, predicted: column]
        guard number > 0, total > 0 else { continue }
        let share = Double(number) / Double(total)
        let x = left + Double(column) * cell
        let kind = row == column ? "right" : "wrong"
        // The smallest shares would vanish: a square root lifts them.
        let opacity = NumberText.fixed(0.08 + 0.92 * share.squareRoot(), decimals: 2)
        let text: Markup =
          count <= 12
          ? """
          <text class="\(share.squareRoot() > 0.6 ? "on" : "off")" x="\(coordinate(x + cell / 2))" \
          y="\(coordinate(y + cell / 2 + 4))" text-anchor="middle">\(Self.percent(share))</text>
          """ : ""
        cells.append(
          """
          <rect class="\(kind)" x="\(coordinate(x))" y="\(coordinate(y))" width="\(coordinate(cell - 1))" \
          height="\(coordinate(cell - 1))" fill-opacity="\(opacity)"><title>\(matrix.classNames[row]) taken for \
          \(matrix.classNames[column]): \(NumberText.grouped(number)) (\(NumberText.percent(share, decimals: 1)))</title></rect>\
          \(text)

          """)
      }
    }
    let columns = names.enumerated().map { index, name -> Markup in
      let x = coordinate(left + (Double(index) + 0.5) * cell + 4)
      return """
        <text class="mark" transform="translate(\(x) \(coordinate(top - 6))) rotate(-50)">\(name)</text>

        """
    }
    let frame: Markup = """
      <text class="mark" transform="translate(12 \(coordinate(top + side / 2))) rotate(-90)" text-anchor="middle">true class</text>\
      <text class="mark" x="\(coordinate(left + side / 2))" y="12" text-anchor="middle">predicted class</text>\
      <rect class="frame" x="\(coordinate(left - 0.5))" y="\(coordinate(top - 0.5))" width="\(coordinate(side))" \
      height="\(coordinate(side))"/>
      """
    return ChartFrame.picture(
      left + side + margin * 0.6, top + side + 6,
      "Confusion matrix of \(result): each true class's share of each prediction; confusion.csv has the counts",
      "\(frame)\(columns)\(cells)")
  }

  /// Whole percents, and that there is something below one.
  private static func percent(_ share: Double) -> String {
    share < 0.005 ? "·" : NumberText.hundredths(share, decimals: 0)
  }
}
