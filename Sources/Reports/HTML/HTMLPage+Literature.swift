extension HTMLPage {
  /// The published tables beside this run's results.
  var literatureSection: Markup {
    guard let literature else { return "" }
    let own = report.results.filter { ($0.kind == .cas || $0.kind == .baseline || $0.kind == .nas) && $0.top1 != nil }
    let errata = literature.errata.map { "<li>\($0)</li>\n" as Markup }
    return """
      <section aria-labelledby="literature">
      <h2 id="literature">Published numbers</h2>
      <p class="note">\(literature.source). \(literature.protocolNote) Other images, networks and baselines: compare how far \
      results lie below their own baseline, never the accuracies themselves.</p>
      \(literature.tables.map { table(of: $0, beside: own) })<h3>Errata of the paper</h3>
      <ul class="warnings">
      \(errata)</ul>
      </section>

      """
  }

  private func table(of table: Literature.Table, beside own: [ResultEntry]) -> Markup {
    let published = LiteratureRows(table)
    let rows =
      published.rows.map { row(title: $0.title, note: table.dataset, $0) }
      + own.map { result in
        row(
          title: result.label, note: "this run",
          LiteratureRows.Line(
            title: result.label, top1: result.top1?.value, top5: result.top5?.value,
            top1Drop: result.relativeDrop?.top1, top5Drop: result.relativeDrop?.top5,
            inceptionScore: NumberText.none, fid: nil))
      }
    return """
      <div class="scroll" role="group" aria-label="\(table.title)" tabindex="0">
      <table class="sortable">
      <caption><span>\(table.title). Values in percent; the drop is relative to the table's real images of the same \
      resolution.</span></caption>
      <thead><tr><th scope="col">Training images</th><th scope="col" class="number">Top-1</th>\
      <th scope="col" class="number">Top-5</th><th scope="col" class="number">Top-1 drop</th>\
      <th scope="col" class="number">Inception Score</th><th scope="col" class="number">FID</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>

      """
  }

  private func row(title: String, note: String, _ line: LiteratureRows.Line) -> Markup {
    """
    <tr><th scope="row">\(title)<small>\(note)</small></th>\
    <td class="number">\(NumberText.hundredths(line.top1, decimals: 2))</td>\
    <td class="number">\(NumberText.hundredths(line.top5, decimals: 2))</td>\
    <td class="number">\(NumberText.hundredths(line.top1Drop, decimals: 1))</td>\
    <td class="number">\(line.inceptionScore)</td>\
    <td class="number">\(NumberText.fixed(line.fid, decimals: 2))</td></tr>

    """
  }
}

/// The rows of a published table as they are shown, with drops computed from the table's own real images.
struct LiteratureRows {
  struct Line: Equatable {
    var title: String
    var top1: Double?
    var top5: Double?
    var top1Drop: Double?
    var top5Drop: Double?
    /// With the deviation of its splits, where that was printed.
    var inceptionScore: String
    var fid: Double?
  }

  let rows: [Line]

  init(_ table: Literature.Table) {
    rows = table.rows.map { row in
      let real = table.rows.first { $0.name == "Real" && $0.resolution == row.resolution }
      var title = row.name
      if let resolution = row.resolution { title += " at \(resolution) pixels" }
      if let truncation = row.truncation { title += ", truncation \(NumberText.fixed(truncation, decimals: 2))" }
      if let gain = row.top5Gain { title += ", Top-5 \(NumberText.hundredths(gain, decimals: 1, signed: true)) points" }
      func drop(_ accuracy: (Literature.Row) -> Double?) -> Double? {
        guard row.name != "Real", let own = accuracy(row), let reference = real.flatMap(accuracy) else { return nil }
        return (reference - own) / reference
      }
      let score =
        NumberText.fixed(row.inceptionScore, decimals: 2)
        + (row.inceptionScoreDeviation.map { " ± \(NumberText.fixed($0, decimals: 2))" } ?? "")
      return Line(
        title: title, top1: row.top1, top5: row.top5, top1Drop: drop(\.top1), top5Drop: drop(\.top5),
        inceptionScore: score, fid: row.fid)
    }
  }
}
