internal import Metrics

/// The accuracy of every class for a paper: a table of up to five results, a further one for more.
struct PaperClasses {
  private struct Column {
    let title: String
    let byClass: [String: ClassScore]
  }

  private static let widest = 5
  /// Those that a line has room for beside the other columns.
  private static let letters = 60
  /// More rows than this take several pages.
  private static let longest = 40

  private let files: PaperFiles

  init(_ files: PaperFiles) { self.files = files }

  /// Nil without classes.
  var text: String? {
    let tables = files.parts.flatMap(tables)
    guard !tables.isEmpty else { return nil }
    return tables.enumerated().map { place, table in table(place == 0 ? "" : "-\(place + 1)") }.joined(separator: "\n")
  }

  /// By the label's end that tells them apart.
  private func tables(of part: ResultTable.Part) -> [(String) -> String] {
    let results = part.report.mainResults
    return groups(results, in: part).map { shown in { suffix in table(shown, in: part, suffix: suffix) } }
  }

  /// The results in groups whose names fit side by side.
  private func groups(_ results: [ResultEntry], in part: ResultTable.Part) -> [[ResultEntry]] {
    let names = results.first?.perClass.map { $0.name.count }.max() ?? 0
    var groups: [[ResultEntry]] = []
    var room = 0
    for result in results {
      let width = max(7, files.name(result, in: part).count + 2)
      if let last = groups.last, last.count < Self.widest, width <= room {
        groups[groups.count - 1].append(result)
        room -= width
      } else {
        groups.append([result])
        room = Self.letters - names - width
      }
    }
    return groups
  }

  private func table(_ results: [ResultEntry], in part: ResultTable.Part, suffix: String) -> String {
    let classes = results[0].perClass
    let isCompared = results.contains { result in result.perClass.contains { $0.baselineTop1 != nil } }
    func scores(_ result: ResultEntry) -> [String: ClassScore] {
      Dictionary(result.perClass.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
    let columns = results.map { Column(title: files.name($0, in: part), byClass: scores($0)) }
    let titles =
      ["Class", "Test images"] + columns.map(\.title) + (isCompared ? ["real images"] : [])
    let rows = classes.map { entry in
      var cells = [LaTeX.escaped(entry.name.printable), NumberText.grouped(entry.support)]
      cells += columns.map { column in
        column.byClass[entry.name].map { score in
          accuracy(score.top1)
            + (score.isSignificantlyWorse ? PaperFiles.worse : score.isSignificantlyBetter ? PaperFiles.better : "")
        } ?? "--"
      }
      if isCompared {
        // One column, because the baselines of a run are drawn to nearly equal counts; the first that there is.
        cells.append(accuracy(columns.lazy.compactMap { $0.byClass[entry.name]?.baselineTop1 }.first))
      }
      return cells.joined(separator: " & ") + " \\\\\n"
    }
    let differences = columns.flatMap { column in
      classes.compactMap { column.byClass[$0.name] }.map {
        (isSignificant: $0.isSignificantlyWorse || $0.isSignificantlyBetter, value: $0.difference ?? 0)
      }
    }
    var caption = "Top-1 accuracy (\\%) of every class."
    if let meaning = files.marks(of: differences, over: "classes") { caption += " \(meaning)" }
    let head = titles.joined(separator: " & ") + " \\\\\n"
    let alignment = "lr" + String(repeating: "r", count: titles.count - 2)
    let label = "tab:cas-classes\(suffix)"
    return classes.count > Self.longest
      ? long(rows, head: head, alignment: alignment, caption: caption, label: label)
      : short(rows, head: head, alignment: alignment, caption: caption, label: label)
  }

  private func accuracy(_ fraction: Double?) -> String {
    fraction.map { NumberText.hundredths($0, decimals: 1) } ?? "--"
  }

  private func short(_ rows: [String], head: String, alignment: String, caption: String, label: String) -> String {
    """
    \\begin{table}
      \\centering
      \\caption{\(caption)}
      \\label{\(label)}
      \\small
      \(PaperFiles.shrunk)\\begin{tabular}{\(alignment)}
        \\toprule
        \(head)    \\midrule
    \(rows.map { "    " + $0 }.joined())    \\bottomrule
      \\end{tabular}}
    \\end{table}

    """
  }

  private func long(_ rows: [String], head: String, alignment: String, caption: String, label: String) -> String {
    """
    {\\small
    \\begin{longtable}{\(alignment)}
      \\caption{\(caption)}\\label{\(label)} \\\\
      \\toprule
      \(head)  \\midrule
      \\endfirsthead
      \\toprule
      \(head)  \\midrule
      \\endhead
    \(rows.map { "  " + $0 }.joined())  \\bottomrule
    \\end{longtable}}

    """
  }
}
