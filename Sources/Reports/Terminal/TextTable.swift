/// Text in columns under a header, fitted to a width: columns have their content's width, and if that is too much,
/// optional ones are left out and flexible ones shrink, widest first.
struct TextTable {
  enum Alignment { case left, right }
  /// What is left out where a text does not fit: the middle of a name, or the last entries of a list.
  enum Cut { case middle, entries }

  struct Column {
    let title: String
    var alignment = Alignment.left
    /// The fewest columns to which it may shrink; nil keeps the content whole.
    var minimum: Int?
    /// Columns with a rank are left out if there is no room, the lowest rank first.
    var dropRank: Int?
    var cut = Cut.middle
  }

  struct Cell: ExpressibleByStringInterpolation {
    let text: String
    var emphasis: TerminalStyle.Emphasis?

    init(_ text: String, _ emphasis: TerminalStyle.Emphasis? = nil) {
      self.text = text
      self.emphasis = emphasis
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  static let gap = 2

  private(set) var columns: [Column]
  var rows: [[Cell]] = []

  init(columns: [Column]) { self.columns = columns }

  /// Adds a column before the others; rows that are there already lack it.
  mutating func prepend(_ column: Column) { columns.insert(column, at: 0) }

  func lines(_ style: TerminalStyle) -> [String] {
    let least = columns.indices.map { min(columns[$0].minimum ?? .max, naturalWidth($0)) }
    if least.reduce(0, +) + Self.gap * (columns.count - 1) > style.width,
      let weakest = columns.indices.filter({ columns[$0].dropRank != nil })
        .min(by: { (columns[$0].dropRank ?? 0) < (columns[$1].dropRank ?? 0) })
    {
      var narrower = self
      narrower.columns.remove(at: weakest)
      for row in rows.indices { narrower.rows[row].remove(at: weakest) }
      return narrower.lines(style)
    }
    let widths = widths(within: style.width)
    func line(_ cells: [Cell]) -> String {
      var text = ""
      for (index, cell) in cells.enumerated() {
        let isLast = index == cells.count - 1
        let fitted =
          columns[index].cut == .middle
          ? cell.text.shortened(to: widths[index]) : cell.text.listShortened(to: widths[index])
        let filled = fitted.padded(to: widths[index], atStart: columns[index].alignment == .right)
        let spaces = String(repeating: " ", count: max(filled.count - fitted.count, 0))
        let shown = cell.emphasis.map { style.emphasised(fitted, $0) } ?? fitted
        text += columns[index].alignment == .right ? spaces + shown : shown + (isLast ? "" : spaces)
        if !isLast { text += String(repeating: " ", count: Self.gap) }
      }
      while text.last == " " { text.removeLast() }
      return text
    }
    return [line(columns.map { Cell($0.title, .bold) })] + rows.map(line)
  }

  private func naturalWidth(_ index: Int) -> Int {
    rows.reduce(columns[index].title.columns) { max($0, $1[index].text.columns) }
  }

  private func widths(within total: Int) -> [Int] {
    var widths = columns.indices.map(naturalWidth)
    var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - total
    while excess > 0 {
      let shrinkable = columns.indices.filter { widths[$0] > columns[$0].minimum ?? widths[$0] }
      guard let widest = shrinkable.max(by: { (widths[$0], $1) < (widths[$1], $0) }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
