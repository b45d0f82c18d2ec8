internal import Metrics

extension TerminalSummary {
  /// What adding samples to the real images does, a row for each set and fraction, a column for each way of changing
  /// the images: the accuracy, and how much more it is than that of the real images alone in the same way.
  var augmentationTable: [String] {
    let results = report.results.filter { $0.kind == .nas || $0.kind == .baseline }
    let ways = results.map(\.augmentation).reduce(into: [String?]()) { if !$0.contains($1) { $0.append($1) } }
    let note = augmentationNote(ways: ways.count)
    if ways.count > 1 && style.width < 16 + 14 * ways.count { return longTable(results) + note }
    var columns: [TextTable.Column] = [.init(title: "Training images", minimum: 8)]
    // With one way there is room for more about each result.
    let isWide = ways.count == 1
    let decimals = isWide ? 2 : 1
    for way in ways {
      columns.append(.init(title: way?.printable ?? "Top-1 %", alignment: .right))
      columns.append(.init(title: "gain", alignment: .right))
      guard isWide else { continue }
      columns += [
        .init(title: "95 %"), .init(title: "Top-5 %", alignment: .right, dropRank: 2),
        .init(title: "Classes up", alignment: .right, dropRank: 3),
        .init(title: "down", alignment: .right, dropRank: 4),
        .init(title: "Images", alignment: .right, dropRank: 1), .init(title: "Steps", alignment: .right, dropRank: 0),
      ]
    }
    var table = TextTable(columns: columns)
    let keys = results.map { Row($0) }.reduce(into: [Row]()) { if !$0.contains($1) { $0.append($1) } }
    for key in keys.sorted(by: { $0.isReal && !$1.isReal }) {
      var row: [TextTable.Cell] = [.init(key.title)]
      for way in ways {
        let result = results.first { Row($0) == key && $0.augmentation == way }
        row.append(.init(NumberText.hundredths(result?.top1?.value, decimals: decimals), .bold))
        row.append(.init(gain(result?.difference, decimals: decimals)))
        guard isWide else { continue }
        let isCompared = result?.difference != nil
        let gained = result?.perClass.count(where: \.isSignificantlyBetter)
        row += [
          .init(isCompared ? NumberText.range(result?.difference?.interval, decimals: 2) : ""),
          .init(NumberText.hundredths(result?.top5?.value, decimals: 2)),
          .init(isCompared ? NumberText.grouped(gained) : ""),
          .init(isCompared ? NumberText.grouped(result?.failedClasses.count) : ""),
          .init(NumberText.grouped(result?.training?.trainingImages)),
          .init(NumberText.grouped(result?.training?.steps)),
        ]
      }
      table.rows.append(row)
    }
    return table.lines(style) + note
  }

  /// The same with a row for each result, for narrow terminals.
  private func longTable(_ results: [ResultEntry]) -> [String] {
    var table = TextTable(columns: [
      .init(title: "Training images", minimum: 8), .init(title: "Change", minimum: 5),
      .init(title: "Top-1 %", alignment: .right), .init(title: "gain", alignment: .right),
    ])
    for result in results {
      table.rows.append([
        .init(Row(result).title), .init(result.augmentation?.printable ?? ""),
        .init(NumberText.hundredths(result.top1?.value, decimals: 1), .bold),
        .init(gain(result.difference, decimals: 1)),
      ])
    }
    return table.lines(style)
  }

  private func augmentationNote(ways: Int) -> [String] {
    let hasSeeds = report.results.contains { $0.difference?.adjustedSeedP != nil }
    let note =
      "\(ways == 1 ? "" : "Top-1 in percent by the way of changing images; ")gain: points above the real images alone"
      + (ways > 1 ? " with the same augmentation" : "")
      + "\(ways > 1 ? "" : " (95 % interval over \(report.resampled))"). * "
      + Significance.meaning(hasSeeds: hasSeeds, family: "the table") + ". " + budget
    return note.wrapped(to: style.width).map { style.emphasised($0, .faint) }
  }

  /// Whether what was added lengthened the trainings.
  var budget: String {
    let steps = Set(report.results.compactMap { $0.training?.steps })
    guard steps.count > 1 else { return "All trainings took \(NumberText.grouped(steps.first)) steps." }
    return "Trainings took as many epochs, and so \(NumberText.grouped(steps.min())) to "
      + "\(NumberText.grouped(steps.max())) steps."
  }

  private func gain(_ difference: AccuracyDifference?, decimals: Int) -> String {
    guard let difference else { return "" }
    return NumberText.hundredths(difference.value, decimals: decimals, signed: true)
      + (difference.isSignificant ? "*" : " ")
  }

  /// What is trained on, apart from how the images are changed.
  private struct Row: Equatable {
    let name: String
    let fraction: Double?
    let isReal: Bool

    init(_ result: ResultEntry) {
      isReal = result.kind == .baseline
      name = isReal ? "" : result.name
      fraction = isReal ? nil : result.fractionAdded
    }

    var title: String {
      guard !isReal else { return "real alone" }
      return "+ \(NumberText.percent(fraction, decimals: 0)) \(name.printable)"
    }
  }
}
