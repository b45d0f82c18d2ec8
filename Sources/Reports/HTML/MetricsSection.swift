internal import Metrics

/// Metrics of several sets of samples, for a page: a table, the curves of PRD, and how Top-1 goes with each metric.
struct MetricsSection {
  struct Row {
    let label: String
    /// Where a classifier was trained on the set.
    var top1: Double?
    let metrics: [MetricEntry]
    let prd: PrecisionRecallCurve?
    let curves: [MetricCurve]
  }

  let rows: [Row]
  /// What the numbers are of.
  let note: Markup

  var names: [String] {
    rows.flatMap(\.metrics).map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
  }

  /// More sets than this have a row each, because a column each would not fit.
  private static let mostColumns = 8

  var table: Markup {
    let isWide = rows.count <= Self.mostColumns
    return """
      <div class="scroll" role="group" aria-labelledby="metrics" tabindex="0">
      <table\(isWide ? "" : " class=\"sortable\"" as Markup)>
      <caption><span>\(note) With 95 % intervals; \(isWide ? "below" : "beside") each set the numbers of samples and of real \
      images. ↓ lower is better, ↑ higher is better.</span></caption>
      \(isWide ? setsAsColumns : setsAsRows)</table>
      </div>

      """
  }

  /// As in the terminal: few sets have many metrics.
  private var setsAsColumns: Markup {
    let head = rows.map { row -> Markup in
      "<th scope=\"col\" class=\"number\">\(breakable: row.label)<small>\(counts(of: row))</small></th>"
    }
    let scores = rows.map { row -> Markup in
      "<td class=\"number\">\(NumberText.hundredths(row.top1, decimals: 2))</td>"
    }
    let score: Markup =
      isScored ? "<tr><th scope=\"row\">Top-1\u{A0}% ↑</th>\(scores)</tr>\n" : ""
    let body = names.map { name -> Markup in
      "<tr><th scope=\"row\">\(name)\(direction(of: name))</th>\(rows.map { cell(name, of: $0) })</tr>\n"
    }
    return """
      <thead><tr class="wrapping"><th scope="col">Metric</th>\(head)</tr></thead>
      <tbody>
      \(score)\(body)</tbody>

      """
  }

  private var setsAsRows: Markup {
    let head = names.map { name -> Markup in "<th scope=\"col\" class=\"number\">\(name)\(direction(of: name))</th>" }
    let score: Markup = isScored ? "<th scope=\"col\" class=\"number\">Top-1\u{A0}%</th>" : ""
    let body = rows.map { row -> Markup in
      let score: Markup =
        isScored ? "<td class=\"number\">\(NumberText.hundredths(row.top1, decimals: 2))</td>" : ""
      return """
        <tr><th scope="row">\(breakable: row.label)<small>\(counts(of: row))</small></th>\(score)\
        \(names.map { cell($0, of: row) })</tr>

        """
    }
    return """
      <thead><tr><th scope="col">Set</th>\(score)\(head)</tr></thead>
      <tbody>
      \(body)</tbody>

      """
  }

  private var isScored: Bool { rows.contains { $0.top1 != nil } }

  private func direction(of name: String) -> String {
    rows.lazy.flatMap(\.metrics).first { $0.name == name }?.arrow ?? ""
  }

  private func counts(of row: Row) -> String {
    row.metrics.first?.n.compactMap { $0 }.map { NumberText.grouped($0) }.joined(separator: " against ") ?? ""
  }

  private func cell(_ name: String, of row: Row) -> Markup {
    let entry = row.metrics.first { $0.name == name }
    let range: Markup =
      entry?.interval.map { bounds in
        "<small>\(NumberText.significant(bounds.low)) to \(NumberText.significant(bounds.high))</small>"
      } ?? ""
    return "<td class=\"number\">\(NumberText.significant(entry?.value))\(range)</td>"
  }

  /// The curves of PRD with their two ends as points, and a chart for each other metric that has curves.
  var charts: Markup {
    let figures = recallCharts + curveCharts
    guard !figures.isEmpty else { return "" }
    return """
      <div class="charts">
      \(figures)</div>

      """
  }

  private var curveCharts: [Markup] {
    let all = rows.flatMap { row in row.curves.map { (set: row.label, curve: $0) } }
    let names = all.map(\.curve.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return names.map { name in
      let curves = all.filter { $0.curve.name == name }
      let first = curves[0].curve
      return lines(
        "\(name).", first.caption, LineChart.Labels(x: first.xTitle, y: first.yTitle, yFormat: .number),
        curves.map { LineChart.Series(name: $0.set, points: Self.points(x: $0.curve.x, y: $0.curve.y)) })
    }
  }

  /// One line for each set, as many as can be told apart.
  private func lines(
    _ title: String, _ caption: String, _ labels: LineChart.Labels, _ series: [LineChart.Series],
    size: LineChart.Size = .wide
  ) -> Markup {
    let shown = series.prefix(2 * LineChart.kinds)
    let left = series.count - shown.count
    let rest =
      left > 0
      ? " The other \(left == 1 ? "set has its curve" : "\(left) sets have their curves") in the JSON alone." : ""
    let names = shown.map(\.name).joined(separator: ", ")
    let chart = LineChart(
      description: labels.y.prefix(1).uppercased() + labels.y.dropFirst() + " against \(labels.x) for \(names)",
      labels: labels, series: Array(shown), marks: .none, size: size)
    return figure(title, "\(caption)\(rest)", chart.markup)
  }

  /// Precision against recall, one curve for each set, and the two ends of the curves as points.
  private var recallCharts: [Markup] {
    let series = rows.compactMap { row in
      row.prd.map { LineChart.Series(name: row.label, points: Self.points(x: $0.recall, y: $0.precision)) }
    }
    guard !series.isEmpty else { return [] }
    let curves = lines(
      "Precision and recall of distributions.", "Of the sets’ images, by clusters of their features (PRD).",
      LineChart.Labels(x: "recall", y: "precision", xFormat: .percent), series, size: .square)
    let points = rows.compactMap { row -> ScatterChart.Point? in
      func value(_ name: String) -> Double? { row.metrics.first { $0.name == name }?.value }
      guard let recall = value("prd-recall"), let precision = value("prd-precision") else { return nil }
      return ScatterChart.Point(name: row.label, x: recall, y: precision, isWorse: false)
    }
    guard !points.isEmpty else { return [curves] }
    let scatter = ScatterChart(
      description: "Precision (F of 1/8) against recall (F of 8) for " + points.map(\.name).joined(separator: ", "),
      xTitle: "recall, F8", yTitle: "precision, F1/8", points: points)
    return [
      curves,
      figure(
        "Recall and precision.",
        """
        F8 across weights recall 8 times as much as precision, F1/8 up precision 8 times as much: below the diagonal sets \
        lack quality, above it they lack variety.
        """, scatter.markup),
    ]
  }

  /// A curve from left to right, thinned to what a picture can show.
  private static func points(x: [Double], y: [Double]) -> [LineChart.Point] {
    let count = min(x.count, y.count)
    let all = (0..<count).filter { $0 % max(1, count / 100) == 0 || $0 == count - 1 }
      .map { LineChart.Point(x: x[$0], y: y[$0]) }
    let isForward = (all.first?.x ?? 0) <= (all.last?.x ?? 0)
    return isForward ? all : all.reversed()
  }

  /// How Top-1 goes together with each metric over the sets.
  static func correlations(_ entries: [CorrelationEntry]) -> Markup {
    let rows = entries.map { entry -> Markup in
      let cells = [entry.kendall, entry.spearman, entry.pearson].map { measure -> Markup in
        let range: Markup =
          measure?.interval.map { bounds in
            "<small>\(NumberText.fixed(bounds.low, decimals: 2)) to \(NumberText.fixed(bounds.high, decimals: 2))</small>"
          } ?? ""
        return """
          <td class="number">\(NumberText.fixed(measure?.value, decimals: 3))\(range)</td>\
          <td class="number">\(NumberText.pValue(measure?.pValue))</td>
          """
      }
      return "<tr><th scope=\"row\">\(entry.second)</th><td class=\"number\">\(entry.rows)</td>\(cells)</tr>\n"
    }
    let heads = ["Kendall’s τ-b", "Spearman’s ρ", "Pearson’s r"].map { name -> Markup in
      "<th scope=\"col\" class=\"number\">\(name)</th><th scope=\"col\" class=\"number\">p</th>"
    }
    return """
      <div class="scroll" role="group" aria-label="Correlations" tabindex="0">
      <table class="sortable">
      <caption><span>Do the metrics rank the sets as Top-1 does? Where lower is better, −1 is full agreement. With 95 % \
      bootstrap intervals over sets; those of a few sets are too narrow. p-values are for each metric alone, \
      and those of ρ and r lean on more sets than ten.</span></caption>
      <thead><tr><th scope="col">Top-1 with</th><th scope="col" class="number">Sets</th>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>

      """
  }
}
