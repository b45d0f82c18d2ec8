/// A comparison as text for stdout: all pairs in a table, the seeds of each, and the classes that differ.
package struct ComparisonSummary: Sendable {
  private let document: ComparisonDocument
  private let style: TerminalStyle

  package init(of document: ComparisonDocument, style: TerminalStyle) {
    self.document = document
    self.style = style
  }

  /// Lines no wider than the style's width, each with a newline at its end.
  package var text: String {
    var blocks = [pairs, seeds, classes].filter { !$0.isEmpty }
    blocks.append(
      ("Differences are in points, first minus second; intervals are 95 % bootstrap intervals over "
        + "\(document.hasSeedTests ? "test images and seeds" : "test images (and seeds, where there are several)"); p is the larger one of the exact McNemar test's on the seeds' majority predictions and, with several "
        + "seeds, of Student's t-test over them, each adjusted by Holm's method over the pairs, and for classes over all "
        + "classes of all pairs. * p < 0.05\(document.hasSeedTests ? "" : "; \(Significance.oneSeed) (--seeds 3)")")
        .wrapped(to: style.width).map { style.emphasised($0, .faint) })
    let warnings = document.warnings.flatMap { "! \($0.printable)".wrapped(to: style.width, indent: 2) }
    if !warnings.isEmpty { blocks.append(warnings) }
    return blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
      .replacing("\u{A0}", with: " ")
  }

  private var pairs: [String] {
    var table = TextTable(columns: [
      .init(title: "First", minimum: 6), .init(title: "Second", minimum: 6),
      .init(title: "Top-1 %", alignment: .right, dropRank: 1), .init(title: "Top-1 %", alignment: .right, dropRank: 2),
      .init(title: "Difference", alignment: .right), .init(title: "95 %"),
      .init(title: "p", alignment: .right, dropRank: 3), .init(title: "Top-5", alignment: .right, dropRank: 0),
    ])
    for entry in document.results {
      let points = NumberText.hundredths(entry.top1.value, decimals: 2, signed: true)
      table.rows.append([
        .init(entry.first.printable), .init(entry.second.printable),
        .init(NumberText.hundredths(entry.top1First, decimals: 2)),
        .init(NumberText.hundredths(entry.top1Second, decimals: 2)),
        .init(points + (entry.top1.isSignificant ? "*" : " "), .bold),
        .init(NumberText.range(entry.top1.interval, decimals: 2)), .init(NumberText.pValue(entry.top1.largestP)),
        .init(NumberText.hundredths(entry.top5?.value, decimals: 2, signed: true)),
      ])
    }
    return table.lines(style)
  }

  /// What each pair of classifiers with one seed says.
  private var seeds: [String] {
    document.results.flatMap { entry -> [String] in
      guard entry.perSeed.count > 1 else { return [] }
      let parts = entry.perSeed.map { seed in
        "seed \(seed.seed) \(NumberText.hundredths(seed.first - seed.second, decimals: 2, signed: true)) "
          + "(only one right: \(NumberText.grouped(seed.onlyFirst)) and \(NumberText.grouped(seed.onlySecond)); "
          + "p \(equals(seed.pValue)))"
      }
      let spread = "95 % t interval over seeds \(NumberText.range(entry.top1.seedInterval, decimals: 2))"
      return "\(entry.first.printable) and \(entry.second.printable): \(parts.joined(separator: ", ")); \(spread)"
        .wrapped(to: style.width, indent: 2)
    }
  }

  /// The classes of each pair that differ significantly, the largest differences first.
  private var classes: [String] {
    document.results.flatMap { entry -> [String] in
      let differing = entry.perClass.filter { $0.top1?.isSignificant == true }
        .sorted { (-abs($0.top1?.value ?? 0), $0.name) < (-abs($1.top1?.value ?? 0), $1.name) }
      let title = "\(entry.first.printable) and \(entry.second.printable)"
      guard !differing.isEmpty else {
        return "\(title): no class differs significantly.".wrapped(to: style.width, indent: 2)
      }
      let list = differing.prefix(12).map {
        "\($0.name.printable) \(NumberText.hundredths($0.top1?.value, decimals: 1, signed: true)) "
          + "[\(NumberText.range($0.top1?.interval, decimals: 1))]"
      }
      let more = differing.count > list.count ? ", and \(differing.count - list.count) more" : ""
      return
        "\(title) differ in \(differing.count) of \(entry.perClass.count) classes: \(list.joined(separator: ", "))\(more)"
        .wrapped(to: style.width, indent: 2)
    }
  }

  private func equals(_ p: Double) -> String {
    let text = NumberText.pValue(p)
    return text.hasPrefix("<") ? text : "= \(text)"
  }
}
