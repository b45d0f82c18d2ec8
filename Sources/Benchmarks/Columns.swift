import Foundation

/// A table of text: the first column flush left, the others flush right.
package struct Columns {
  private var rows: [[String]]

  package init(_ header: [String]) { rows = [header] }

  /// As many cells as the header has.
  package mutating func add(_ cells: [String]) {
    precondition(cells.count == rows[0].count, "a row has as many cells as the header")
    rows.append(cells)
  }

  package var text: String {
    let widths = rows[0].indices.map { column in rows.reduce(0) { max($0, $1[column].count) } }
    return rows.map { cells in
      var line = cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// A number with about three digits: `0.83`, `8.12`, `81.2`, `812`.
  package static func number(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    return String(format: abs(value) < 10 ? "%.2f" : abs(value) < 100 ? "%.1f" : "%.0f", value)
  }

  /// A fraction as a percentage: `0.2 %`, `74 %`.
  package static func percent(_ fraction: Double) -> String {
    guard fraction.isFinite else { return "–" }
    return String(format: abs(fraction) < 0.0995 ? "%.1f %%" : "%.0f %%", 100 * fraction)
  }
}
