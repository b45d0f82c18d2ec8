internal import Metrics

/// The result of a run as text for stdout: the verdict, an overview of several results, and the classes worst first.
///
/// What you give up by using it: classes beyond `classLimit`, which `per_class.csv` and the HTML page hold.
package struct TerminalSummary: Sendable {
  let report: Report
  let style: TerminalStyle
  let classLimit: Int

  package init(of report: Report, style: TerminalStyle, classLimit: Int = 20) {
    self.report = report
    self.style = style
    self.classLimit = classLimit
  }
}

extension TerminalSummary {
  /// Results of which the classes are shown.
  private static let resultLimit = 6

  /// Lines no wider than the style's width (where names leave room for that), each with a newline at its end.
  package var text: String {
    let results = report.mainResults
    var blocks: [[String]] = []
    if let curves = report.curves {
      blocks += curveBlocks(curves)
    } else {
      if results.contains(where: { $0.kind == .nas }) {
        blocks.append(augmentationTable)
      } else if results.count > 1 {
        blocks.append(overview(of: report.results.filter { $0.kind != .ganTest }))
      }
      if !report.metricNames.isEmpty { blocks.append(metricsTable) }
      blocks += inferenceBlocks
      if results.count > 1 { blocks.append(sentences(Verdict(of: report))) }
      for result in results.prefix(Self.resultLimit) {
        blocks.append(headline(of: result) + (results.count == 1 ? sentences(Verdict(of: report)) : []))
        if !result.perClass.isEmpty { blocks.append(classTable(of: result)) }
      }
      let left = results.count - Self.resultLimit
      if left > 0 {
        blocks.append(
          "The classes of the other \(left == 1 ? "result" : "\(left) results") are in per_class.csv and report.html."
            .wrapped(to: style.width))
      }
    }
    let warnings = report.notices.flatMap { "! \($0)".wrapped(to: style.width, indent: 2) }
    if !warnings.isEmpty { blocks.append(warnings) }
    let text = blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    return text.replacing("\u{A0}", with: " ")
  }

  /// The metrics beside the score, a row for each set.
  private var metricsTable: [String] {
    let names = report.metricNames
    var table = TextTable(
      columns: [.init(title: "Metrics", minimum: 8), .init(title: "Top-1 %", alignment: .right)]
        + names.enumerated().map { .init(title: $0.element, alignment: .right, dropRank: -$0.offset) })
    for result in report.mainResults where result.metrics?.isEmpty == false {
      table.rows.append(
        [.init(result.label), .init(NumberText.hundredths(result.top1?.value, decimals: 2), .bold)]
          + names.map { name in .init(NumberText.significant(result.metrics?.first { $0.name == name }?.value)) })
    }
    return table.lines(style)
  }

  func sentences(_ verdict: Verdict) -> [String] {
    "\(verdict.score) \(verdict.classes)".wrapped(to: style.width)
  }

  /// Name and kind, a line for each accuracy beside the baseline's, and the spread over seeds.
  private func headline(of result: ResultEntry) -> [String] {
    let baseline = report.baseline(of: result)
    func line(
      _ title: String, _ own: AccuracyScore?, _ reference: AccuracyScore?, _ drop: Double?
    ) -> [String] {
      guard let own else { return [] }
      func value(_ entry: AccuracyScore) -> String { NumberText.percent(entry.value, decimals: 2) }
      func range(_ entry: AccuracyScore) -> String { " [\(NumberText.range(entry.interval, decimals: 2))]" }
      let head = "  \(title)  \(style.emphasised(value(own), .bold))\(range(own))"
      let real = reference.map { ["real \(value($0))", range($0)] } ?? []
      let rest = drop.map { ["relative drop \(NumberText.percent($0, decimals: 1))"] } ?? []
      let full = (real.isEmpty ? [] : [real.joined()]) + rest
      // The first that fits: the interval of the real images goes before everything has a line of its own.
      let room = style.width - "  \(title)  \(value(own))\(range(own))".columns
      for (parts, gap) in [(full, "   "), (full, "  "), (real.prefix(1) + rest, "  ")] {
        let tail = parts.map { gap + $0 }.joined()
        if tail.columns <= room { return [head + tail] }
      }
      return [head] + (real.prefix(1) + rest).map { "         \($0)" }
    }
    let title = ": \(result.kind.title)"
    var lines = [
      style.emphasised(result.label.shortened(to: max(style.width - title.columns, 8)) + title, .bold)
    ]
    lines += line("Top-1", result.top1, baseline?.top1, result.relativeDrop?.top1)
    lines += line("Top-5", result.top5, baseline?.top5, result.relativeDrop?.top5)
    if result.top1 == nil { lines.append("  no test images") }
    if let top1 = result.top1, top1.perSeed.count > 1 {
      let seeds = top1.perSeed.map { NumberText.hundredths($0, decimals: 2) }.joined(separator: ", ")
      let interval = NumberText.range(top1.seedInterval, decimals: 2)
      let text = "Top-1 over \(top1.perSeed.count) seeds: \(seeds); 95 % t interval \(interval)"
      lines += text.wrapped(to: style.width - 2).map { "  " + $0 }
    }
    lines += probabilities(of: result)
    if let training = result.training {
      lines.append(
        "  trained on \(NumberText.count(training.trainingImages, "image", "images")), "
          + NumberText.count(training.steps, "step", "steps") + (training.cached ? ", from the cache" : ""))
    }
    return lines
  }

  /// How good the probabilities are, and how the set's images look to a classifier of real ones.
  private func probabilities(of result: ResultEntry) -> [String] {
    guard result.brier != nil else { return [] }
    var text =
      "Brier score \(NumberText.fixed(result.brier, decimals: 4)), calibration error "
      + NumberText.percent(result.expectedCalibrationError, decimals: 2)
    if let test = report.ganTest(of: result)?.top1 {
      text +=
        "; GAN-test (trained on real images, tested on these) \(NumberText.percent(test.value, decimals: 2))"
        + " [\(NumberText.range(test.interval, decimals: 2))]"
    }
    return text.wrapped(to: style.width - 2, indent: 2).map { "  " + $0 }
  }

  private func overview(of results: [ResultEntry]) -> [String] {
    var table = TextTable(columns: [
      .init(title: "Result", minimum: 8), .init(title: "Top-1 %", alignment: .right),
      .init(title: "95 % interval", dropRank: 2),
      .init(title: "Top-5 %", alignment: .right, dropRank: 3), .init(title: "Top-1 drop", alignment: .right),
      .init(title: "Worse classes", alignment: .right, dropRank: 5),
      .init(title: "Images", alignment: .right, dropRank: 1),
      .init(title: "Steps", alignment: .right, dropRank: 0),
      .init(title: "GAN-test %", alignment: .right, dropRank: -1),
      .init(title: "Brier", alignment: .right, dropRank: -2),
      .init(title: "Calibration error %", alignment: .right, dropRank: -3),
    ])
    let axis = results.compactMap(\.axis).first
    if let axis { table.prepend(.init(title: axis.name.printable, alignment: .right, dropRank: 4)) }
    for result in results {
      let isCompared = result.perClass.contains { $0.difference != nil }
      let row: [TextTable.Cell] = [
        .init(result.label), .init(NumberText.hundredths(result.top1?.value, decimals: 2), .bold),
        .init(NumberText.range(result.top1?.interval, decimals: 2)),
        .init(NumberText.hundredths(result.top5?.value, decimals: 2)),
        .init(NumberText.percent(result.relativeDrop?.top1, decimals: 1)),
        .init(isCompared ? "\(result.failedClasses.count)/\(result.perClass.count)" : NumberText.none),
        .init(NumberText.grouped(result.training?.trainingImages)), .init(NumberText.grouped(result.training?.steps)),
        .init(NumberText.hundredths(report.ganTest(of: result)?.top1?.value, decimals: 2)),
        .init(NumberText.fixed(result.brier, decimals: 4)),
        .init(NumberText.hundredths(result.expectedCalibrationError, decimals: 2)),
      ]
      table.rows.append((axis == nil ? [] : [.init(NumberText.plain(result.axis?.value))]) + row)
    }
    return table.lines(style)
  }
}

extension ResultKind {
  /// What people call it.
  var title: String {
    switch self {
    case .cas: "Classification Accuracy Score"
    case .baseline: "Baseline on real images"
    case .nas: "Naive Augmentation Score"
    case .ganTest: "GAN-test"
    case .evaluation: "Accuracy"
    }
  }
}
