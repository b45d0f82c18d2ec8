import Foundation
internal import Metrics

/// Metrics as text for stdout: a row for each number, a column for each set of samples.
package struct MetricsSummary: Sendable {
  private let document: MetricsDocument
  private let style: TerminalStyle

  package init(of document: MetricsDocument, style: TerminalStyle) {
    self.document = document
    self.style = style
  }

  /// Lines no wider than the style's width, each with a newline at its end.
  package var text: String {
    var blocks = [counts] + tables(document.results)
    blocks += document.results.compactMap(classes)
    blocks.append(
      "↓ lower is better, ↑ higher is better; in brackets 95 % intervals (docs/metrics.md says of what)."
        .wrapped(to: style.width).map { style.emphasised($0, .faint) })
    let notes = document.results.flatMap { result in
      result.metrics.compactMap { entry in entry.note.map { "\(result.name): \(entry.name): \($0)." } }
    }
    let warnings = (notes + document.warnings).flatMap { "! \($0.printable)".wrapped(to: style.width, indent: 2) }
    blocks.append(warnings)
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
      .replacing("\u{A0}", with: " ")
  }

  private var counts: [String] {
    func count(_ set: ComparedSet) -> String {
      set.images.map { NumberText.grouped($0) } ?? "an unknown number of"
    }
    let samples = document.results.compactMap { result in
      document.data.synthetic[result.name].map { "\(result.name.printable) \(count($0))" }
    }
    let widths = document.data.real.features.map { ", \(NumberText.grouped($0)) features" } ?? ""
    return "Samples: \(samples.joined(separator: ", ")); real images: \(count(document.data.real))\(widths)."
      .wrapped(to: style.width)
  }

  /// A table of as many sets as fit side by side, and more tables below it for the others: no number is cut. A digit less
  /// is taken where that makes one table of them.
  private func tables(_ results: [MetricsResult]) -> [[String]] {
    let names = ordered(results.map(\.metrics))
    let labels = names.map { name in
      name + (results.lazy.compactMap { $0.metric(name)?.arrow }.first { !$0.isEmpty } ?? "")
    }
    func sets(fewerDecimals: Int) -> [Column] {
      results.map { result in
        Column(
          title: result.name.printable.shortened(to: Self.longestName),
          cells: names.map { cell(result.metric($0), fewerDecimals: fewerDecimals) })
      }
    }
    var parts = parts(of: sets(fewerDecimals: 0), beside: labels)
    if parts.count > 1 {
      let shorter = self.parts(of: sets(fewerDecimals: 1), beside: labels)
      if shorter.count == 1 { parts = shorter }
    }
    return parts.map { sets in
      var table = TextTable(
        columns: [.init(title: "Metric")] + sets.map { .init(title: $0.title, alignment: .right) })
      table.rows = labels.indices.map { row in [.init(labels[row])] + sets.map { .init($0.cells[row]) } }
      return table.lines(style)
    }
  }

  /// The sets in groups that fit side by side.
  private func parts(of sets: [Column], beside labels: [String]) -> [[Column]] {
    let first = labels.reduce("Metric".columns) { max($0, $1.columns) }
    var parts: [[Column]] = []
    var used = 0
    for set in sets {
      if parts.isEmpty || used + set.width > style.width {
        parts.append([])
        used = first
      }
      parts[parts.count - 1].append(set)
      used += set.width
    }
    return parts
  }

  private static let longestName = 32

  /// A column of the table.
  private struct Column {
    let title: String
    let cells: [String]

    /// With the gap before it.
    var width: Int { TextTable.gap + cells.reduce(title.columns) { max($0, $1.columns) } }
  }

  private func ordered(_ sets: [[MetricEntry]]) -> [String] {
    sets.flatMap { $0.map(\.name) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func cell(_ entry: MetricEntry?, fewerDecimals: Int) -> String {
    guard let entry, let value = entry.value else { return NumberText.none }
    let all = Self.decimals(value, entry.interval)
    let decimals = entry.interval == nil || all <= 3 ? all : all - fewerDecimals
    if abs(value) >= 1e7 {
      func short(_ value: Double) -> String { String(format: "%.4g", value).replacing("-", with: "−") }
      return short(value) + (entry.interval.map { " [\(short($0.low)), \(short($0.high))]" } ?? "")
    }
    let range = entry.interval.map {
      " [\(NumberText.fixed($0.low, decimals: decimals)), \(NumberText.fixed($0.high, decimals: decimals))]"
    }
    return NumberText.fixed(value, decimals: decimals) + (range ?? "")
  }

  /// As many that the interval's width, or else the value, shows two to four digits.
  private static func decimals(_ value: Double, _ interval: Interval?) -> Int {
    var scale = interval.map { ($0.high - $0.low) / 2 } ?? abs(value) / 100
    if scale <= 0 { scale = abs(value) / 100 }
    if scale == 0 { return interval == nil ? 0 : 3 }
    if value == value.rounded() && interval == nil { return 0 }
    var decimals = 1
    while decimals < 8, scale < 0.5 {
      scale *= 10
      decimals += 1
    }
    return decimals
  }

  /// The classes of one result, in the order of their labels.
  private func classes(_ result: MetricsResult) -> [String]? {
    guard let classes = result.perClass, !classes.isEmpty else { return nil }
    let names = ordered(classes.map(\.metrics))
    var table = TextTable(
      columns: [.init(title: "\(result.name.printable): class", minimum: 8), .init(title: "n", alignment: .right)]
        + names.map { .init(title: $0, alignment: .right, dropRank: 1) })
    for entry in classes {
      table.rows.append(
        [
          .init(entry.name.printable),
          .init(entry.metrics.first.map { $0.n.map { $0.map(String.init) ?? "?" }.joined(separator: "/") } ?? ""),
        ]
          + names.map { name in
            .init(
              NumberText.fixed(
                entry.metrics.first { $0.name == name }?.value,
                decimals: Self.decimals(entry.metrics.first { $0.name == name }?.value ?? 0, nil)))
          })
    }
    return table.lines(style)
  }
}

extension MetricEntry {
  /// Which way is better, to stand behind the name; empty where neither is.
  var arrow: String {
    switch better {
    case "lower": "\u{A0}↓"
    case "higher": "\u{A0}↑"
    default: ""
    }
  }
}
