package import Metrics

/// How two columns go together over generators.
package struct CorrelationEntry: Codable, Sendable, Equatable {
  package var first: String
  package var second: String
  /// Rows in which both columns have a number.
  package var rows: Int
  /// τ-b, with a 95 % interval by the bootstrap over rows, as the others; null where a column is constant or there are too few rows.
  @ExplicitNull package var kendall: Correlation?
  @ExplicitNull package var spearman: Correlation?
  @ExplicitNull package var pearson: Correlation?

  package init(
    first: String, second: String, rows: Int, kendall: Correlation?, spearman: Correlation?, pearson: Correlation?
  ) {
    self.first = first
    self.second = second
    self.rows = rows
    self.kendall = kendall
    self.spearman = spearman
    self.pearson = pearson
  }
}

/// What `cas correlate` computed.
package struct CorrelationDocument: Codable, Sendable, Equatable {
  package var inputs: [String]
  package var results: [CorrelationEntry]

  package init(inputs: [String], results: [CorrelationEntry]) {
    self.inputs = inputs
    self.results = results
  }
}

extension CorrelationDocument {
  /// A table with a row for each pair of columns.
  package func text(_ style: TerminalStyle) -> String {
    var table = TextTable(columns: [
      .init(title: "First", minimum: 6), .init(title: "Second", minimum: 6),
      .init(title: "Rows", alignment: .right, dropRank: 1), .init(title: "Kendall", alignment: .right),
      .init(title: "95 %", dropRank: 4), .init(title: "p", alignment: .right, dropRank: 5),
      .init(title: "Spearman", alignment: .right, dropRank: 3), .init(title: "Pearson", alignment: .right, dropRank: 2),
    ])
    for entry in results {
      table.rows.append([
        .init(entry.first.printable), .init(entry.second.printable), .init(NumberText.grouped(entry.rows)),
        .init(NumberText.fixed(entry.kendall?.value, decimals: 3), .bold), .init(Self.range(entry.kendall?.interval)),
        .init(NumberText.pValue(entry.kendall?.pValue)), .init(NumberText.fixed(entry.spearman?.value, decimals: 3)),
        .init(NumberText.fixed(entry.pearson?.value, decimals: 3)),
      ])
    }
    let note =
      "Kendall's τ-b with the 95 % bootstrap interval over rows and its p-value; intervals of a few rows are too narrow."
    return (table.lines(style) + note.wrapped(to: style.width).map { style.emphasised($0, .faint) })
      .joined(separator: "\n").replacing("\u{A0}", with: " ") + "\n"
  }

  private static func range(_ bounds: Interval?) -> String {
    bounds.map { "\(NumberText.fixed($0.low, decimals: 2)) to \(NumberText.fixed($0.high, decimals: 2))" }
      ?? NumberText.none
  }
}
