internal import Metrics

extension TerminalSummary {
  /// The curves as a table with a row for each size, and what their fits say.
  func curveBlocks(_ curves: [LearningCurve]) -> [[String]] {
    let synthetic = curves.filter { !$0.isReal }
    let reals = curves.filter(\.isReal)
    // Where there is no room the intervals go first, the last curve's before the others.
    func interval(_ place: Int) -> TextTable.Column {
      .init(title: curves.hasSeedIntervals ? "95 % over seeds" : "95 % interval", dropRank: -1 - place)
    }
    var columns: [TextTable.Column] = [.init(title: "Images", alignment: .right)]
    for (place, curve) in synthetic.enumerated() {
      columns += [.init(title: "\(curve.name.printable) %", alignment: .right, minimum: 7), interval(place)]
      if !reals.isEmpty { columns.append(.init(title: "worth", alignment: .right, dropRank: 0)) }
    }
    for (place, real) in reals.enumerated() {
      let title = real.title.replacing("real images", with: "real") + " %"
      columns += [.init(title: title, alignment: .right), interval(synthetic.count + place)]
    }
    var table = TextTable(columns: columns)
    for size in Set(curves.flatMap { $0.points.map(\.size) }).sorted() {
      func point(_ curve: LearningCurve?) -> LearningCurve.Point? { curve?.points.first { $0.size == size } }
      var row: [TextTable.Cell] = [.init(NumberText.grouped(size))]
      for curve in synthetic {
        row.append(.init(NumberText.hundredths(point(curve)?.top1, decimals: 2), .bold))
        row.append(.init(NumberText.range(point(curve)?.shownInterval, decimals: 2)))
        if !reals.isEmpty { row.append(.init(worth(point(curve)?.worth))) }
      }
      for real in reals {
        row.append(.init(NumberText.hundredths(point(real)?.top1, decimals: 2)))
        row.append(.init(NumberText.range(point(real)?.shownInterval, decimals: 2)))
      }
      table.rows.append(row)
    }
    var blocks = [table.lines(style)]
    let note =
      "worth: how many real images teach as much as one image of the set; < and >: outside of the real curve's sizes. "
    blocks[0] += ((reals.isEmpty ? "" : note) + budget).wrapped(to: style.width)
      .map { style.emphasised($0, .faint) }
    blocks.append(curves.flatMap { sentence($0).wrapped(to: style.width, indent: 2) })
    blocks.append(sentences(Verdict(of: report)))
    return blocks
  }

  private func worth(_ worth: LearningCurve.Worth?) -> String {
    guard let worth else { return "" }
    switch worth.outside {
    case "below": return "<"
    case "above": return ">"
    default: return NumberText.fixed(worth.realImages, decimals: 2)
    }
  }

  private func sentence(_ curve: LearningCurve) -> String {
    let name = curve.title
    guard let fit = curve.fit else {
      return curve.points.count < 4
        ? "\(name): a limit needs four sizes or more."
        : "\(name): these sizes do not say what Top-1 tends to."
    }
    return "\(name): with ever more images Top-1 tends to \(NumberText.percent(fit.limit, decimals: 1)) "
      + "[\(NumberText.range(fit.interval, decimals: 1))], by a power law with the exponent "
      + NumberText.fixed(fit.exponent, decimals: 2)
      + (fit.misfit.map { ", which the sizes miss by \(NumberText.hundredths($0, decimals: 2)) points" } ?? "")
      + " (95 % bootstrap interval over "
      + "\(report.resampled), as if the law were exact)."
  }
}

extension LearningCurve.Point {
  /// What is shown where there is room for one: with several seeds, how much the trainings differ.
  var shownInterval: Interval? { seedInterval ?? interval }
}

extension [LearningCurve] {
  /// Whether the intervals that are shown are over seeds.
  var hasSeedIntervals: Bool { contains { curve in curve.points.contains { $0.seedInterval != nil } } }
}
