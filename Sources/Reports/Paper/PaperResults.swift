internal import Metrics

/// The table of results for a paper: best in bold, significance marked, one uncertainty beside each accuracy.
struct PaperResults {
  private struct Row {
    let part: ResultTable.Part
    let result: ResultEntry
  }

  private struct Column {
    let title: String
    var alignment = "r"
    /// The number as it is printed; nil for none.
    let number: (Row) -> String?
    /// What stands behind it.
    var suffix: (Row) -> String = { _ in "" }
    /// What decides which one is best, larger is better; nil where none is.
    var merit: ((Row) -> Double?)?
  }

  private let files: PaperFiles
  private let rows: [Row]

  init(_ files: PaperFiles) {
    self.files = files
    rows = files.parts.flatMap { part in part.rows.map { Row(part: part, result: $0) } }
  }

  var text: String {
    let columns = columns
    var body = ""
    var wasCompared = true
    for row in rows {
      let isReference = row.result.kind == .baseline
      if isReference, wasCompared { body += "    \\midrule\n" }
      if !isReference, !wasCompared { body += "    \\midrule\n" }
      wasCompared = !isReference
      let cells = columns.map { cell($0, row) }
      body += "    " + ([files.name(row.result, in: row.part)] + cells).joined(separator: " & ") + " \\\\\n"
    }
    return """
      \\begin{table}
        \\centering
        \\caption{\(caption)}
        \\label{tab:cas-results}
        \\footnotesize
        \\setlength{\\tabcolsep}{4pt}
        \(PaperFiles.shrunk)\\begin{tabular}{l\(columns.map(\.alignment).joined())}
          \\toprule
          Trained on & \(columns.map(\.title).joined(separator: " & ")) \\\\
          \\midrule
      \(body)    \\bottomrule
        \\end{tabular}}
      \\end{table}

      """
  }

  private func cell(_ column: Column, _ row: Row) -> String {
    guard let number = column.number(row) else { return "--" }
    return (isBest(row, in: column, printed: number) ? "\\textbf{\(number)}" : number) + column.suffix(row)
  }

  /// Whether no other result on the same test images has a better number, as printed, and some result has a worse one.
  private func isBest(_ row: Row, in column: Column, printed: String) -> Bool {
    guard let merit = column.merit, row.result.kind != .baseline, merit(row) != nil else { return false }
    let test = row.part.report.data.real.test.hash
    let rivals = rows.filter { $0.result.kind != .baseline && $0.part.report.data.real.test.hash == test }
      .compactMap { rival in merit(rival).map { (merit: $0, printed: column.number(rival)) } }
    guard let best = rivals.max(by: { $0.merit < $1.merit }), rivals.contains(where: { $0.printed != best.printed })
    else { return false }
    return printed == best.printed
  }

  private var columns: [Column] {
    let axes = rows.compactMap { $0.result.axis?.title }.reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    var columns = axes.map { axis in
      Column(
        title: LaTeX.escaped(axis),
        number: { row in
          row.result.axis.flatMap { $0.title == axis ? LaTeX.escaped(NumberText.plain($0.value)) : nil }
        })
    }
    columns.append(
      Column(title: "Images", number: { row in row.result.training.map { NumberText.grouped($0.trainingImages) } }))
    columns += accuracy("Top-1", \.top1, marked: true)
    if rows.contains(where: { $0.result.top5 != nil }) { columns += accuracy("Top-5", \.top5, marked: false) }
    if rows.contains(where: { $0.result.kind == .cas && $0.result.relativeDrop != nil }) {
      columns.append(
        Column(
          title: "Drop (\\%)", number: { signed(drop($0), decimals: 1) },
          merit: { drop($0).map { -$0 } }))
    }
    if rows.contains(where: { $0.result.kind == .nas && $0.result.difference != nil }) {
      columns.append(
        Column(
          title: "Change (points)", number: { signed($0.result.difference?.value, decimals: 2, plus: true) },
          merit: { $0.result.difference?.value }))
    }
    if rows.contains(where: { row in row.result.perClass.contains { $0.difference != nil } }) {
      columns.append(
        Column(
          title: "Worse classes",
          number: { row in
            row.result.perClass.contains { $0.difference != nil }
              ? "\(row.result.failedClasses.count)/\(row.result.perClass.count)" : nil
          }))
    }
    if rows.contains(where: { $0.part.report.ganTest(of: $0.result) != nil }) {
      columns.append(
        Column(
          title: "GAN-test",
          number: { row in
            row.part.report.ganTest(of: row.result)?.top1.map { NumberText.hundredths($0.value, decimals: 2) }
          }))
    }
    return columns + metrics
  }

  private func accuracy(_ title: String, _ path: KeyPath<ScoreCard, AccuracyScore?>, marked: Bool) -> [Column] {
    let score = Column(
      title: "\(title) (\\%)",
      number: { row in row.result.scores[keyPath: path].map { NumberText.hundredths($0.value, decimals: 2) } },
      suffix: { row in
        let beside = row.result.scores[keyPath: path].map(beside) ?? ""
        return beside + (marked ? mark(row.result.difference) : "")
      }, merit: { $0.result.scores[keyPath: path]?.value })
    return [score]
  }

  private func beside(_ score: AccuracyScore) -> String {
    guard let spread = files.spread(score) else { return "" }
    if files.uncertainty == .deviation { return " $\\pm$ \(NumberText.hundredths(spread.above, decimals: 2))" }
    let ends = [score.value - spread.below, score.value + spread.above].map { NumberText.hundredths($0, decimals: 2) }
    return " {\\scriptsize [\(ends.joined(separator: ", "))]}"
  }

  /// Samples that are added have a change instead.
  private func drop(_ row: Row) -> Double? { row.result.kind == .cas ? row.result.relativeDrop?.top1 : nil }

  private func mark(_ difference: AccuracyDifference?) -> String {
    guard let difference, difference.isSignificant else { return "" }
    return difference.value < 0 ? PaperFiles.worse : PaperFiles.better
  }

  private func signed(_ fraction: Double?, decimals: Int, plus: Bool = false) -> String? {
    fraction.map { LaTeX.escaped(NumberText.hundredths($0, decimals: decimals, signed: plus)) }
  }

  private var metrics: [Column] {
    let names = rows.flatMap { ($0.result.metrics ?? []).map(\.name) }.reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    return names.map { name in
      func entry(_ row: Row) -> MetricEntry? { row.result.metrics?.first { $0.name == name } }
      let better = rows.lazy.compactMap { entry($0)?.better }.first
      let arrow = better == "lower" ? " $\\downarrow$" : better == "higher" ? " $\\uparrow$" : ""
      return Column(
        title: LaTeX.escaped(PaperFiles.metricTitle(name)) + arrow,
        number: { entry($0)?.value.map { LaTeX.escaped(NumberText.significant($0)) } },
        merit: better.map { better in { row in entry(row)?.value.map { better == "lower" ? -$0 : $0 } } })
    }
  }

  private var caption: String {
    let tests = files.parts.map { $0.report.data.real.test }
    let images = Set(tests.map(\.images)).sorted().map { NumberText.grouped($0) }.joined(separator: " or ")
    let classes = Set(tests.map(\.classes)).sorted().map { NumberText.grouped($0) }.joined(separator: " or ")
    var text =
      "Accuracy on \(images) real test images of \(classes) classes, of classifiers trained on the images named."
    if let uncertainty = files.uncertaintyText {
      text += files.uncertainty == .deviation ? " Accuracies are \(uncertainty)." : " In brackets: \(uncertainty)."
    }
    if rows.contains(where: { $0.result.relativeDrop != nil && $0.result.kind == .cas }) {
      text += " Drop: the part of the Top-1 accuracy with real images that is lost."
    }
    let marks = files.marks(
      of: rows.compactMap { $0.result.difference.map { ($0.isSignificant, $0.value) } }, over: "results")
    text += marks.map { " \($0)" } ?? ""
    return text + (rows.filter { $0.result.kind != .baseline }.count > 1 ? " Best in bold." : "")
  }
}

extension PaperFiles {
  /// Opens a box that is no wider than the text.
  static let shrunk = "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{"

  static let worse = "$^{*}$"
  static let better = "$^{\\dagger}$"

  /// What the marks in a table mean; nil without any.
  func marks(of differences: [(isSignificant: Bool, value: Double)], over family: String) -> String? {
    let found = differences.filter(\.isSignificant)
    let parts =
      (found.contains { $0.value < 0 } ? ["\(Self.worse) significantly worse"] : [])
      + (found.contains { $0.value > 0 } ? ["\(Self.better) significantly better"] : [])
    guard !parts.isEmpty else { return nil }
    return parts.joined(separator: ", ") + " than with real images ($p<0.05$ in the exact McNemar test over test images"
      + (hasSeveralSeeds ? " and in Student's $t$-test over seeds" : "") + ", Holm-adjusted over the \(family))."
  }

  /// A metric as papers call it.
  static func metricTitle(_ name: String) -> String {
    let names = [
      "fid": "FID", "fid-infinity": "FID∞", "kid": "KID", "is": "IS", "is-infinity": "IS∞", "s": "S(G)",
      "prd-precision": "PRD F1/8", "prd-recall": "PRD F8",
    ]
    return names[name] ?? name.prefix(1).uppercased() + name.dropFirst()
  }
}
