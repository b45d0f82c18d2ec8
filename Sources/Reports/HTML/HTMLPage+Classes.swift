internal import Metrics

extension HTMLPage {
  /// More classes than this are folded away.
  private static let openRows = 40

  private static let shares = "Shares are of the class’s predictions over all seeds."

  /// The classes of one result, worst first, and the pictures of the worst.
  func classSection(of result: ResultEntry) -> Markup {
    guard !result.perClass.isEmpty else { return "" }
    let identifier = "classes-\(report.mainResults.firstIndex(of: result) ?? 0)"
    let rows = result.worstFirst
    let shown = rows.prefix(rows.count > Self.openRows + 10 ? Self.openRows : rows.count)
    let hidden = Array(rows.dropFirst(shown.count))
    let rest: Markup =
      hidden.isEmpty
      ? ""
      : """
      <details>
      <summary>The other \(hidden.count == 1 ? "class" : NumberText.count(hidden.count, "class", "classes"))</summary>
      \(table(of: hidden, in: result, caption: "The other classes of \(result.label)", label: identifier))</details>

      """
    let isCompared = rows.contains { $0.difference != nil }
    let caption =
      isCompared
      ? "Worst first, by the change from training on real images, in percentage points; the bar is Top-1, its mark the "
        + "baseline. Bold changes are significant (p\u{A0}<\u{A0}0.05"
        + "\(result.hasSeedTests ? " over test images and over seeds" : "; \(Significance.oneSeed)")). \(Self.shares)"
      : "Worst first, by Top-1 accuracy in percent. \(Self.shares)"
    let open = table(of: Array(shown), in: result, caption: caption, label: identifier)
    return """
      <section aria-labelledby="\(identifier)">
      <h2 id="\(identifier)">Classes of \(breakable: result.label)</h2>
      \(open)\(rest)\(gallerySection(of: result))\(chartSection(of: result))</section>

      """
  }

  private func table(of entries: [ClassScore], in result: ResultEntry, caption: String, label: String) -> Markup {
    let isCompared = result.perClass.contains { $0.difference != nil }
    let hasTop5 = result.perClass.contains { $0.top5 != nil }
    let compared: Markup =
      isCompared
      ? "<th scope=\"col\" class=\"number\">Real</th><th scope=\"col\" class=\"number\">Change</th>" : ""
    let top5: Markup = hasTop5 ? "<th scope=\"col\" class=\"number top5\">Top-5</th>" : ""
    let rows = entries.map { row(of: $0, in: result, isCompared: isCompared, hasTop5: hasTop5) }
    return """
      <div class="scroll" role="group" aria-labelledby="\(label)" tabindex="0">
      <table class="classes sortable">
      <caption><span>\(caption)</span></caption>
      <thead><tr><th scope="col">Class</th><th scope="col" class="number">Top-1</th>\
      <td class="bar"></td>\(compared)\(top5)<th scope="col">Taken for</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>

      """
  }

  private func row(of entry: ClassScore, in result: ResultEntry, isCompared: Bool, hasTop5: Bool) -> Markup {
    var compared: Markup = ""
    if isCompared {
      let points = NumberText.hundredths(entry.difference, decimals: 1, signed: true)
      let change: Markup =
        entry.isSignificantlyWorse
        ? "<strong class=\"worse\">\(points)</strong>"
        : entry.isSignificantlyBetter ? "<strong class=\"better\">\(points)</strong>" : "\(points)"
      let p: Markup = entry.largestP == nil ? "" : "<small>p \(equals(entry.largestP))</small>"
      compared = """
        <td class="number">\(NumberText.hundredths(entry.baselineTop1, decimals: 1))</td>\
        <td class="number">\(change)\(p)</td>
        """
    }
    let top5: Markup = hasTop5 ? "<td class=\"number top5\">\(NumberText.hundredths(entry.top5, decimals: 1))</td>" : ""
    let interval: Markup =
      entry.interval == nil ? "" : "<small>\(NumberText.range(entry.interval, decimals: 1))</small>"
    return """
      <tr><th scope="row">\(entry.name)<small>\(NumberText.count(entry.support, "image", "images"))</small></th>\
      <td class="number">\(NumberText.hundredths(entry.top1, decimals: 1))\(interval)</td>\
      <td class="bar">\(bar(entry))</td>\(compared)\(top5)<td class="confused">\(result.confusionText(of: entry))</td></tr>

      """
  }

  private func equals(_ p: Double?) -> String {
    let text = NumberText.pValue(p)
    return text.hasPrefix("<") ? text : "= \(text)"
  }

  /// A bar for Top-1 with a mark at the baseline; the numbers beside it say the same.
  private func bar(_ entry: ClassScore) -> Markup {
    guard let top1 = entry.top1 else { return "" }
    func share(_ value: Double) -> String { NumberText.fixed(min(max(value, 0), 1) * 100, decimals: 1) }
    let mark: Markup = entry.baselineTop1.map { "<i style=\"left:\(share($0))%\"></i>" as Markup } ?? ""
    return "<span class=\"track\" aria-hidden=\"true\"><b style=\"width:\(share(top1))%\"></b>\(mark)</span>"
  }
}
