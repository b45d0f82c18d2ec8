/// A demonstration of how a metric behaves: a table of numbers, the first column being what is varied.
package struct DemonstrationDocument: Codable, Sendable, Equatable {
  package struct Column: Codable, Sendable, Equatable {
    package var name: String
    package var decimals: Int
    /// Whether it is drawn as a line over the first column.
    package var isDrawn: Bool

    package init(_ name: String, decimals: Int, isDrawn: Bool = false) {
      self.name = name
      self.decimals = decimals
      self.isDrawn = isDrawn
    }
  }

  package struct Row: Codable, Sendable, Equatable {
    /// What the row is about.
    package var name: String
    /// One for each column; null if there is none.
    package var values: [Double?]

    package init(_ name: String, _ values: [Double?]) {
      self.name = name
      self.values = values
    }
  }

  /// Which demonstration.
  package var demonstration: String
  package var title: String
  /// What the rows' names say.
  package var rowTitle: String
  package var columns: [Column]
  package var rows: [Row]
  /// What is to be seen, in sentences.
  package var notes: [String]
  /// Whether the drawn columns are points over the first column, with the line y = x (a Q-Q plot).
  package var hasDiagonal = false

  package init(_ demonstration: String, title: String, rowTitle: String, columns: [Column]) {
    self.demonstration = demonstration
    self.title = title
    self.rowTitle = rowTitle
    self.columns = columns
    rows = []
    notes = []
  }
}

extension DemonstrationDocument {
  /// The title, the table and the sentences below it.
  package func text(_ style: TerminalStyle) -> String {
    var table = TextTable(
      columns: [.init(title: rowTitle, minimum: 8)] + columns.map { .init(title: $0.name, alignment: .right) })
    for row in rows {
      table.rows.append(
        [.init(row.name.printable)]
          + zip(columns, row.values).map { .init(NumberText.fixed($1, decimals: $0.decimals)) })
    }
    let below = notes.flatMap { $0.wrapped(to: style.width) }
    return ([style.emphasised(title, .bold), ""] + table.lines(style) + [""] + below).joined(separator: "\n") + "\n"
  }

  /// The same as one HTML page, with the drawn columns as a chart.
  package var page: String {
    let lines = columns.indices.filter { columns[$0].isDrawn }.map { index in
      LineChart.Series(
        name: columns[index].name,
        points: rows.compactMap { row in
          guard let x = Double(row.name.replacing(",", with: "")), let y = row.values[index] else { return nil }
          return LineChart.Point(x: x, y: y)
        })
    }
    let chart: Markup =
      lines.reduce(0) { $0 + $1.points.count } < 2
      ? ""
      : LineChart(
        description: title + ": " + lines.map(\.name).joined(separator: ", "),
        labels: LineChart.Labels(x: rowTitle, y: lines.count == 1 ? lines[0].name : "", yFormat: .number),
        series: lines, xKind: hasWideRange ? .logarithmic : .linear, marks: hasDiagonal ? .againstDiagonal : .points
      ).markup
    let head = columns.map { "<th scope=\"col\" class=\"number\">\($0.name)</th>" as Markup }
    let body = rows.map { row -> Markup in
      let cells = zip(columns, row.values).map {
        "<td class=\"number\">\(NumberText.fixed($1, decimals: $0.decimals))</td>" as Markup
      }
      return "<tr><th scope=\"row\">\(row.name)</th>\(cells)</tr>\n"
    }
    return HTMLDocument(
      title: title, eyebrow: "cas metrics --demonstrate \(demonstration)",
      lead: "<p class=\"verdict\">\(notes.joined(separator: " "))</p>\n",
      sections: """
        \(chart)
        <div class="scroll" role="group" aria-label="\(title)" tabindex="0"><table class="sortable"><thead><tr><th scope="col">\(rowTitle)</th>\(head)</tr></thead>
        <tbody>
        \(body)</tbody></table></div>
        """,
      footer: "The same numbers come from the same command with --json."
    ).text
  }

  /// Over more than a factor of twenty the axis is logarithmic.
  private var hasWideRange: Bool {
    let places = rows.compactMap { Double($0.name.replacing(",", with: "")) }
    guard let low = places.min(), let high = places.max() else { return false }
    return low > 0 && high / low > 20
  }
}
