internal import Metrics

extension CorrelationDocument {
  /// All coefficients as one HTML page: a heat map for each, and the pairs with their intervals.
  package var page: String {
    let names = results.flatMap { [$0.first, $0.second] }.reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let measures: [(title: String, of: (CorrelationEntry) -> Correlation?)] = [
      ("Kendall’s τ-b", { $0.kendall }), ("Spearman’s ρ", { $0.spearman }), ("Pearson’s r", { $0.pearson }),
    ]
    let maps = measures.map { measure -> Markup in
      let values = names.map { row in
        names.map { column -> Double? in
          if row == column { return 1 }
          return results.first { ($0.first, $0.second) == (row, column) || ($0.second, $0.first) == (row, column) }
            .flatMap { measure.of($0)?.value }
        }
      }
      let map = HeatMap(title: "\(measure.title) between every pair of columns", names: names, values: values)
      return "<section><h2>\(measure.title)</h2>\n\(map.markup)</section>\n"
    }
    let rows = results.map { entry -> Markup in
      let cells = measures.map { measure -> Markup in
        let found = measure.of(entry)
        let range = found?.interval.map {
          "\(NumberText.fixed($0.low, decimals: 2)) to \(NumberText.fixed($0.high, decimals: 2))"
        }
        return """
          <td class="number">\(NumberText.fixed(found?.value, decimals: 3))<small>\(range ?? "")</small></td>\
          <td class="number">\(NumberText.pValue(found?.pValue))</td>
          """
      }
      return """
        <tr><th scope="row">\(entry.first)</th><td>\(entry.second)</td><td class="number">\(entry.rows)</td>\(cells)</tr>

        """
    }
    let head = measures.map { measure -> Markup in
      "<th scope=\"col\" class=\"number\">\(measure.title)</th><th scope=\"col\" class=\"number\">p</th>"
    }
    return HTMLDocument(
      title: "Which columns rank alike", eyebrow: "cas correlate \(inputs.joined(separator: " "))", lead: "",
      sections: """
        \(maps)
        <section><h2>All pairs</h2>
        <div class="scroll" role="group" aria-label="All pairs" tabindex="0"><table class="sortable">
        <caption><span>With 95 % bootstrap intervals over rows; those of a few rows are too narrow.</span></caption>
        <thead><tr><th scope="col">First</th><th scope="col">Second</th><th scope="col" class="number">Rows</th>\(head)</tr></thead>
        <tbody>
        \(rows)</tbody></table></div></section>
        """,
      footer: "p-values are for each pair alone; they are not adjusted for how many pairs there are."
    ).text
  }
}
