internal import Metrics

extension TerminalSummary {
  /// The classes of one result, worst first, with bars where there is room for them.
  func classTable(of result: ResultEntry) -> [String] {
    let isCompared = result.perClass.contains { $0.difference != nil }
    let shown = result.worstFirst.prefix(classLimit)
    let barWidth = min(max((style.width - 60) / 2, 8), 30)
    var columns: [TextTable.Column] = [
      .init(title: "Class", minimum: 8), .init(title: "Images", alignment: .right, dropRank: 1),
      .init(title: "Top-1 %", alignment: .right), .init(title: "95 %", dropRank: 2),
      // The legend of the bars' mark.
      .init(title: isCompared ? "│ real" : "", dropRank: 0),
    ]
    if isCompared {
      columns += [
        .init(title: "Real %", alignment: .right, dropRank: 3), .init(title: "Change", alignment: .right),
      ]
    }
    columns.append(.init(title: "Taken for", minimum: 9, dropRank: 4, cut: .entries))
    var table = TextTable(columns: columns)
    for entry in shown {
      var row: [TextTable.Cell] = [
        .init(entry.name.printable), .init(NumberText.grouped(entry.support)),
        .init(NumberText.hundredths(entry.top1, decimals: 1)), .init(NumberText.range(entry.interval, decimals: 1)),
        .init(TextBar.draw(entry.top1, mark: entry.baselineTop1, width: barWidth)),
      ]
      if isCompared {
        row += [.init(NumberText.hundredths(entry.baselineTop1, decimals: 1)), change(of: entry)]
      }
      row.append(.init(result.confusionText(of: entry)))
      table.rows.append(row)
    }
    return table.lines(style) + footnotes(of: result, hidden: result.perClass.count - shown.count)
  }

  /// The difference to the baseline in points, with a star where it is significant.
  private func change(of entry: ClassScore) -> TextTable.Cell {
    let points = NumberText.hundredths(entry.difference, decimals: 1, signed: true)
    if entry.isSignificantlyWorse { return .init(points + "*", .red) }
    if entry.isSignificantlyBetter { return .init(points + "*", .green) }
    return .init(points + " ")
  }

  private func footnotes(of result: ResultEntry, hidden: Int) -> [String] {
    var notes: [String] = []
    if hidden > 0 { notes.append("… and \(NumberText.count(hidden, "class", "classes")) more: see per_class.csv") }
    if result.perClass.contains(where: { $0.isSignificantlyWorse || $0.isSignificantlyBetter }) {
      notes.append("* " + Significance.meaning(hasSeeds: result.hasSeedTests, family: "the classes"))
    }
    return notes.flatMap { $0.wrapped(to: style.width) }.map { style.emphasised($0, .faint) }
  }
}
