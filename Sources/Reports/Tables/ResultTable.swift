internal import Foundation
internal import Metrics

/// The results of one or several runs as a table for other programs: text, CSV, Markdown, LaTeX or JSON.
package struct ResultTable: Sendable {
  package enum Format: String, CaseIterable, Sendable { case text, json, csv, markdown, latex }

  /// A run's results; the name stands before theirs where there are several runs.
  package struct Part: Sendable {
    let run: String?
    let report: Report

    package init(run: String?, report: Report) {
      self.run = run
      self.report = report
    }
  }

  private struct Line {
    let name: String
    /// With its run's name before it where there are several, as the name.
    let key: String
    let kind: String
    let isGANTest: Bool
    let axis: AxisEntry?
    let top1: AccuracyScore?
    let top5: AccuracyScore?
    let drop: RelativeDrop?
    let difference: AccuracyDifference?
    let failed: Int?
    let classes: Int
    let images: Int?
    let steps: Int?
    let seeds: Int
    let untrained: Int
  }

  private let lines: [Line]
  private let documents: [Report]
  private let literature: Literature?
  /// Sentences about classes that a set lacks and that count as 0.
  private let notes: [String]

  package init(_ parts: [Part], literature: Literature? = nil) {
    documents = parts.map(\.report)
    self.literature = literature
    notes = parts.flatMap { part in
      part.report.missingNotices().map { (part.run.map { $0.printable + ": " } ?? "") + $0 }
    }
    lines = parts.flatMap { part in
      part.report.results.map { result in
        let isCompared = result.perClass.contains { $0.difference != nil }
        let prefix = part.run.map { $0.printable + ":" } ?? ""
        return Line(
          name: prefix + result.label, key: prefix + result.key, kind: result.kind.title,
          isGANTest: result.kind == .ganTest, axis: result.axis, top1: result.top1, top5: result.top5,
          drop: result.relativeDrop,
          difference: result.difference,
          failed: isCompared ? result.failedClasses.count : nil, classes: result.perClass.count,
          images: result.training?.trainingImages, steps: result.training?.steps,
          seeds: result.top1?.perSeed.count ?? 0, untrained: part.report.untrained(of: result).count)
      }
    }
  }
}

extension ResultTable {
  /// - Parameter style: for the text only.
  package func text(_ format: Format, style: TerminalStyle) throws -> String {
    switch format {
    case .text: plain(style)
    case .json: try json()
    case .csv: csv.text
    case .markdown: markdown
    case .latex: latex
    }
  }

  /// The report of one run, or a list of those of several.
  private func json() throws -> String {
    if documents.count == 1 { return String(decoding: try documents[0].json(), as: UTF8.self) }
    return String(decoding: try JSONEncoder.document.encode(documents), as: UTF8.self) + "\n"
  }

  /// Whether there are several seeds, so that every interval has to say what it is over.
  private var hasSeedIntervals: Bool { lines.contains { $0.top1?.seedInterval != nil } }

  private var imagesTitle: String { hasSeedIntervals ? "95 % over images" : "95 % interval" }

  private static let seedsTitle = "95 % over seeds"

  private func plain(_ style: TerminalStyle) -> String {
    var columns: [TextTable.Column] = [
      .init(title: "Result", minimum: 20), .init(title: "Kind", dropRank: -1),
      .init(title: "Top-1 %", alignment: .right), .init(title: imagesTitle, dropRank: 4),
    ]
    if hasSeedIntervals { columns.append(.init(title: Self.seedsTitle, dropRank: 0)) }
    columns += [
      .init(title: "Top-5 %", alignment: .right, dropRank: 1), .init(title: "Top-1 drop %", alignment: .right),
      .init(title: "Worse classes", alignment: .right, dropRank: 2),
      .init(title: "Images", alignment: .right, dropRank: 7), .init(title: "Steps", alignment: .right, dropRank: 5),
      .init(title: "Seeds", alignment: .right, dropRank: 3),
    ]
    var table = TextTable(columns: columns)
    for line in lines {
      var row: [TextTable.Cell] = [
        .init(marked(line)), .init(line.kind),
        .init(NumberText.hundredths(line.top1?.value, decimals: 2), .bold),
        .init(NumberText.range(line.top1?.interval, decimals: 2)),
      ]
      if hasSeedIntervals { row.append(.init(NumberText.range(line.top1?.seedInterval, decimals: 2))) }
      row += [
        .init(NumberText.hundredths(line.top5?.value, decimals: 2)),
        .init(NumberText.hundredths(line.drop?.top1, decimals: 1)),
        .init(line.failed.map { "\($0)/\(line.classes)" } ?? NumberText.none),
        .init(NumberText.grouped(line.images)), .init(NumberText.grouped(line.steps)),
        .init(NumberText.grouped(line.seeds)),
      ]
      table.rows.append(row)
    }
    var text = table.lines(style).joined(separator: "\n") + "\n"
    for note in notes { text += "! \(note)".wrapped(to: style.width, indent: 2).joined(separator: "\n") + "\n" }
    for published in literature?.tables ?? [] {
      var table = TextTable(columns: [
        .init(title: "Published: " + published.title, minimum: 12), .init(title: "Top-1 %", alignment: .right),
        .init(title: "Top-5 %", alignment: .right), .init(title: "Top-1 drop %", alignment: .right),
        .init(title: "IS", alignment: .right, dropRank: 1), .init(title: "FID", alignment: .right, dropRank: 2),
      ])
      for row in LiteratureRows(published).rows {
        table.rows.append([
          .init(row.title), .init(NumberText.hundredths(row.top1, decimals: 2)),
          .init(NumberText.hundredths(row.top5, decimals: 2)), .init(NumberText.hundredths(row.top1Drop, decimals: 1)),
          .init(row.inceptionScore), .init(NumberText.fixed(row.fid, decimals: 2)),
        ])
      }
      text += "\n" + table.lines(style).joined(separator: "\n") + "\n"
    }
    if let literature {
      text +=
        "\n"
        + "Source: \(literature.source). \(literature.protocolNote)".wrapped(to: style.width).joined(separator: "\n")
        + "\n"
      for erratum in literature.errata {
        text += "! \(erratum)".wrapped(to: style.width, indent: 2).joined(separator: "\n") + "\n"
      }
    }
    return text.replacing("\u{A0}", with: " ")
  }

  private var csv: CSV {
    var csv = CSV(header: [
      "key", "kind", "top1", "top1_low", "top1_high", "top1_seed_low", "top1_seed_high", "seeds", "top5",
      "relative_drop_top1", "relative_drop_top5", "difference", "adjusted_p", "failed_classes", "classes", "images",
      "steps", "adjusted_seed_p", "classes_without_training_images", "axis", "axis_value", "axis_convention",
    ])
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    func whole(_ value: Int?) -> String { value.map { "\($0)" } ?? "" }
    for line in lines {
      csv.append([
        line.key, line.kind, number(line.top1?.value), number(line.top1?.interval?.low),
        number(line.top1?.interval?.high), number(line.top1?.seedInterval?.low), number(line.top1?.seedInterval?.high),
        whole(line.seeds), number(line.top5?.value), number(line.drop?.top1), number(line.drop?.top5),
        number(line.difference?.value), number(line.difference?.adjustedP), whole(line.failed), whole(line.classes),
        whole(line.images), whole(line.steps), number(line.difference?.adjustedSeedP), whole(line.untrained),
        line.axis?.name ?? "", number(line.axis?.value), line.axis?.convention ?? "",
      ])
    }
    for table in literature?.tables ?? [] {
      for row in LiteratureRows(table).rows {
        csv.append(
          [
            row.title, "published: \(table.id)", number(row.top1), "", "", "", "", "", number(row.top5),
            number(row.top1Drop), number(row.top5Drop),
          ]
            + [String](repeating: "", count: 11))
      }
    }
    return csv
  }

  /// A column of the tables for papers, behind the one of names: what a result and a published row have there.
  private struct Column {
    let title: String
    let own: (Line) -> String
    var published: (LiteratureRows.Line) -> String = { _ in NumberText.none }
  }

  /// With one for each axis of a sweep.
  private var paperColumns: [Column] {
    let axes = lines.compactMap { $0.axis?.title }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    var columns = axes.map { axis in
      Column(title: axis, own: { line in NumberText.plain(line.axis?.title == axis ? line.axis?.value : nil) })
    }
    columns += [
      Column(
        title: "Top-1 (%)", own: { NumberText.hundredths($0.top1?.value, decimals: 2) },
        published: { NumberText.hundredths($0.top1, decimals: 2) }),
      Column(title: imagesTitle, own: { NumberText.range($0.top1?.interval, decimals: 2) }),
    ]
    if hasSeedIntervals {
      columns.append(Column(title: Self.seedsTitle, own: { NumberText.range($0.top1?.seedInterval, decimals: 2) }))
    }
    columns += [
      Column(
        title: "Top-5 (%)", own: { NumberText.hundredths($0.top5?.value, decimals: 2) },
        published: { NumberText.hundredths($0.top5, decimals: 2) }),
      Column(
        title: "Top-1 drop (%)", own: { NumberText.hundredths($0.drop?.top1, decimals: 1) },
        published: { NumberText.hundredths($0.top1Drop, decimals: 1) }),
      Column(
        title: "Top-5 drop (%)", own: { NumberText.hundredths($0.drop?.top5, decimals: 1) },
        published: { NumberText.hundredths($0.top5Drop, decimals: 1) }),
      Column(
        title: "Worse classes",
        own: { line in line.failed.map { "\($0) of \(line.classes)" } ?? NumberText.none }),
      Column(title: "Images", own: { NumberText.grouped($0.images) }),
      Column(title: "Steps", own: { NumberText.grouped($0.steps) }),
      Column(title: "Seeds", own: { NumberText.grouped($0.seeds) }),
    ]
    return columns
  }

  private func titled(_ line: Line) -> String { "\(line.name) (\(line.kind))" }

  /// The name, with the kind where a set's GAN-test would look like its score.
  private func marked(_ line: Line) -> String { line.isGANTest ? titled(line) : line.name }

  private var markdown: String {
    func row(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("\\", with: "\\\\").replacing("|", with: "\\|") }.joined(separator: " | ")
        + " |\n"
    }
    let columns = paperColumns
    var text =
      row(["Result"] + columns.map(\.title)) + "|---|" + String(repeating: "---:|", count: columns.count) + "\n"
    for line in lines { text += row([titled(line)] + columns.map { $0.own(line) }) }
    for table in literature?.tables ?? [] {
      for published in LiteratureRows(table).rows {
        text += row(["\(published.title) (published)"] + columns.map { $0.published(published) })
      }
    }
    if !notes.isEmpty { text += "\n" + notes.map { "Note: \($0).\n" }.joined(separator: "\n") }
    return text
  }

  /// A table for the package booktabs.
  private var latex: String {
    func row(_ cells: [String]) -> String { cells.map(Self.escaped).joined(separator: " & ") + " \\\\\n" }
    let columns = paperColumns
    let width = columns.count + 1
    var text =
      "% \\usepackage{booktabs}\n\\begin{tabular}{l\(String(repeating: "r", count: columns.count))}\n\\toprule\n"
      + row(["Result"] + columns.map(\.title)) + "\\midrule\n"
    for line in lines { text += row([marked(line)] + columns.map { $0.own(line) }) }
    for table in literature?.tables ?? [] {
      text += "\\midrule\n\\multicolumn{\(width)}{l}{\(Self.escaped(table.title))} \\\\\n"
      for published in LiteratureRows(table).rows {
        text += row([published.title] + columns.map { $0.published(published) })
      }
    }
    text += "\\bottomrule\n"
    for note in notes { text += "\\multicolumn{\(width)}{l}{\(Self.escaped(note)).} \\\\\n" }
    return text + "\\end{tabular}\n"
  }

  /// The text for LaTeX: special characters escaped, dashes and minus signs in its own spelling.
  static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\": "\\textbackslash{}"
      case "&", "%", "$", "#", "_", "{", "}": "\\\(character)"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "–": "--"
      case "−": "$-$"
      case "\u{A0}": "~"
      default: String(character)
      }
    }.joined()
  }
}
