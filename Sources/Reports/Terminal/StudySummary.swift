internal import Metrics

extension StudyFindings {
  /// The verdict, and a table with a row for each metric.
  package func text(_ style: TerminalStyle) -> String {
    var table = TextTable(columns: [
      .init(title: "Metric", minimum: 10), .init(title: "τ with KL", alignment: .right),
      .init(title: "95 %", dropRank: 3), .init(title: "τ with RKL", alignment: .right, dropRank: 4),
      .init(title: "near pairs", alignment: .right, dropRank: 2), .init(title: "flips", alignment: .right, dropRank: 1),
    ])
    func agreement(_ first: String, _ second: String) -> Correlation? {
      self.agreement.first { ($0.first, $0.second) == (first, second) }?.kendall
    }
    func range(_ interval: Interval?) -> String {
      interval.map { "\(NumberText.fixed($0.low, decimals: 2)) to \(NumberText.fixed($0.high, decimals: 2))" }
        ?? NumberText.none
    }
    for name in ["rkl"] + metricNames {
      let forward = agreement("kl", name)
      let ranks = volatility.first { $0.metric == name }?.ranks
      table.rows.append([
        .init(name.printable), .init(NumberText.fixed(forward?.value, decimals: 3), .bold),
        .init(range(forward?.interval)),
        .init(NumberText.fixed(name == "rkl" ? nil : agreement("rkl", name)?.value, decimals: 3)),
        .init(NumberText.percent(ranks?.shift, decimals: 0)),
        .init(
          ranks.map { "\(NumberText.grouped($0.flips)) of \(NumberText.grouped($0.clearPairs))" } ?? NumberText.none),
      ])
    }
    let notes = warnings.flatMap { "! \($0)".wrapped(to: style.width) }
    let sentences = verdict.flatMap { $0.wrapped(to: style.width) }
    return (table.lines(style) + [""] + sentences + (notes.isEmpty ? [] : [""] + notes)).joined(separator: "\n")
      .replacing("\u{A0}", with: " ") + "\n"
  }
}
