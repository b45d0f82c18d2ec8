extension TerminalSummary {
  /// What adding samples to the real images does, a row for each set and fraction, a column for each way of changing
  /// the images: the accuracy, and how much more it is than that of the real images alone in the same way.
  var augmentationTable: [String] {
    let results = report.results.filter { $0.kind == .nas || $0.kind == .baseline }
    let ways = results.map(\.augmentation).reduce(into: [String?]()) { if !$0.contains($1) { $0.append($1) } }
    var columns: [TextTable.Column] = [.init(title: "Training images", minimum: 8)]
    for way in ways {
      columns.append(.init(title: "\(way?.printable ?? "Top-1") %", alignment: .right))
      columns.append(.init(title: "gain", alignment: .right))
      // With one way there is room for the interval and the classes.
      if ways.count == 1 {
        columns += [.init(title: "95 %"), .init(title: "Classes gained", alignment: .right)]
        columns.append(.init(title: "lost", alignment: .right))
      }
    }
    var table = TextTable(columns: columns)
    let keys = results.map { Row($0) }.reduce(into: [Row]()) { if !$0.contains($1) { $0.append($1) } }
    for key in keys.sorted(by: { $0.isReal && !$1.isReal }) {
      var row: [TextTable.Cell] = [.init(key.title)]
      for way in ways {
        let result = results.first { Row($0) == key && $0.augmentation == way }
        row.append(.init(NumberText.hundredths(result?.top1?.value, decimals: 2), .bold))
        row.append(.init(gain(result?.difference)))
        guard ways.count == 1 else { continue }
        row.append(.init(NumberText.range(result?.difference?.interval, decimals: 2)))
        let isCompared = result?.difference != nil
        let gained = result?.perClass.count(where: \.isSignificantlyBetter)
        row.append(.init(isCompared ? NumberText.grouped(gained) : NumberText.none))
        row.append(.init(isCompared ? NumberText.grouped(result?.failedClasses.count) : NumberText.none))
      }
      table.rows.append(row)
    }
    let note =
      "gain: points above the real images alone" + (ways.count > 1 ? " with the same augmentation" : "")
      + "; * p < 0.05, exact McNemar test, Holm-adjusted over the table. \(budget)"
    return table.lines(style) + note.wrapped(to: style.width).map { style.emphasised($0, .faint) }
  }

  /// Whether what was added lengthened the trainings.
  private var budget: String {
    let steps = Set(report.results.compactMap { $0.training?.steps })
    guard steps.count > 1 else { return "All trainings took \(NumberText.grouped(steps.first)) steps." }
    return "Trainings took as many epochs, and so \(NumberText.grouped(steps.min())) to "
      + "\(NumberText.grouped(steps.max())) steps."
  }

  private func gain(_ difference: DifferenceEntry?) -> String {
    guard let difference else { return "" }
    return NumberText.hundredths(difference.value, decimals: 2, signed: true) + (difference.isSignificant ? "*" : " ")
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
      return "real + \(NumberText.percent(fraction, decimals: 0)) \(name.printable)"
    }
  }
}
