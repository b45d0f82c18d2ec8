/// Numbers from −1 to 1 for every pair of names as coloured squares with the number in each, an SVG picture.
struct HeatMap {
  let title: String
  let names: [String]
  /// By row and column; nil leaves a square empty.
  let values: [[Double?]]

  private static let cell = 58

  private var longest: Int { names.map { min($0.columns, 22) }.max() ?? 0 }
  private var left: Int { 16 + 7 * longest }
  private var top: Int { 24 + 4 * longest }

  var markup: Markup {
    let width = left + Self.cell * names.count + 8 + 5 * longest
    let height = top + Self.cell * names.count + 8
    return ChartFrame.picture(
      Double(width), Double(height), title, "\(names.indices.map(labels))\(names.indices.map(row))")
  }

  private func labels(_ index: Int) -> Markup {
    let middle = Self.cell * index + Self.cell / 2
    let name = names[index].truncated(to: 22)
    return """
      <text x="\(left - 8)" y="\(top + middle + 4)" text-anchor="end">\(name)</text>\
      <text x="\(left + middle)" y="\(top - 8)" transform="rotate(-35 \(left + middle) \(top - 8))">\
      \(name)</text>

      """
  }

  private func row(_ row: Int) -> Markup {
    let squares = names.indices.map { column -> Markup in
      guard let value = values[row][column] else { return "" }
      let (x, y) = (left + Self.cell * column, top + Self.cell * row)
      let strength = Int((min(abs(value), 1) * 80).rounded())
      return """
        <rect x="\(x)" y="\(y)" width="\(Self.cell - 2)" height="\(Self.cell - 2)" \
        fill="\(value < 0 ? "var(--worse)" : "var(--bar)")" fill-opacity="0.\(strength < 10 ? "0" : "")\(strength)"/>\
        <text x="\(x + Self.cell / 2 - 1)" y="\(y + Self.cell / 2 + 3)" text-anchor="middle">\
        \(NumberText.fixed(value, decimals: 2))</text>

        """
    }
    return "\(squares)"
  }
}
