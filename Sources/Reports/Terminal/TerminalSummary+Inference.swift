internal import Metrics

extension TerminalSummary {
  /// Exact inference beside the score: a table for each kind of likelihood, as their bits are never compared.
  var inferenceBlocks: [[String]] {
    InferenceGroup.all(in: report).map { group in
      var table = TextTable(columns: [
        .init(title: "Exact inference", minimum: 8), .init(title: "Generator", minimum: 30, dropRank: 2),
        .init(title: "CAS Top-1 %", alignment: .right), .init(title: "Exact Top-1 %", alignment: .right),
        .init(title: "95 %", alignment: .right, dropRank: 0), .init(title: "Top-5 %", alignment: .right, dropRank: 1),
        .init(title: "Bits/dim", alignment: .right),
      ])
      for (result, entry) in group.rows {
        table.rows.append([
          .init(result.label), .init(entry.generator.text),
          .init(NumberText.hundredths(result.top1?.value, decimals: 2)),
          .init(NumberText.hundredths(entry.scores.top1?.value, decimals: 2), .bold),
          .init(NumberText.range(entry.scores.top1?.interval, decimals: 2)),
          .init(NumberText.hundredths(entry.scores.top5?.value, decimals: 2)),
          .init(NumberText.fixed(entry.likelihood.bitsPerDimension?.value, decimals: 3)),
        ])
      }
      return table.lines(style) + "Bits per dimension of \(group.title).".wrapped(to: style.width)
    }
  }
}

/// The results of a run whose likelihoods can stand in one table: of one kind, over images of one number of levels.
struct InferenceGroup {
  let title: String
  let rows: [(result: ResultEntry, entry: ModelInferenceEntry)]

  static func all(in report: Report) -> [InferenceGroup] {
    let rows = report.mainResults.compactMap { result in result.exactInference.map { (result: result, entry: $0) } }
    func title(_ entry: ModelInferenceEntry) -> String {
      "\(entry.generator.kindText.printable), \(entry.generator.levels) levels"
    }
    let titles = rows.map { title($0.entry) }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return titles.map { own in InferenceGroup(title: own, rows: rows.filter { title($0.entry) == own }) }
  }
}
