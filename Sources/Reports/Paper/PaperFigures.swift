internal import Metrics

/// The figures of a paper as pgfplots pictures, which have the paper's own fonts and stay open to changes.
struct PaperFigures {
  private let files: PaperFiles

  init(_ files: PaperFiles) { self.files = files }

  private var rows: [(part: ResultTable.Part, result: ResultEntry)] {
    files.parts.flatMap { part in part.rows.map { (part, $0) } }
  }

  /// Top-1 of every result as a point with its uncertainty; nil for a single result.
  var scores: String? {
    let rows = rows.filter { $0.result.top1 != nil }
    guard rows.count > 1 else { return nil }
    func points(_ isWanted: (ResultEntry) -> Bool) -> String {
      rows.enumerated().filter { isWanted($0.element.result) }.map { place, row in
        let score = row.result.top1
        let spread = score.flatMap(files.spread) ?? (0, 0)
        return "(\(percent(score?.value)),\(place + 1)) += (\(percent(spread.above)),0) -= (\(percent(spread.below)),0)"
      }.joined(separator: "\n    ")
    }
    let ticks = rows.indices.map { "\($0 + 1)" }.joined(separator: ",")
    let names = rows.map { "{\(files.name($0.result, in: $0.part))}" }.joined(separator: ",")
    let bars = "error bars/x dir=both, error bars/x explicit"
    return figure(
      options: """
        width=0.75\\linewidth, height=\(decimal(1.6 + 0.5 * Double(rows.count)))cm, xlabel={Top-1 accuracy (\\%)},
          y dir=reverse, ymin=0.4, ymax=\(decimal(Double(rows.count) + 0.6)), ytick={\(ticks)}, yticklabels={\(names)}, xmajorgrids
        """,
      plots: """
        \\addplot[only marks, mark=*, blue!70!black, \(bars)] coordinates {
            \(points { $0.kind != .baseline })
          };
        """
          + (rows.contains { $0.result.kind == .baseline }
            ? "\n  \\addplot[only marks, mark=square*, gray, \(bars)] coordinates {\n    \(points { $0.kind == .baseline })\n  };"
            : ""),
      caption: "Top-1 accuracy on real test images\(files.uncertaintyText.map { ", \($0)" } ?? "").",
      label: "fig:cas-scores")
  }

  /// Every class: accuracy with real images against accuracy with samples; nil without a baseline.
  var classes: String? {
    let compared = rows.filter { row in row.result.perClass.contains { $0.difference != nil } }
    guard !compared.isEmpty else { return nil }
    let plots = compared.enumerated().map { place, row in
      let points = row.result.perClass.compactMap { entry in
        entry.top1.flatMap { own in entry.baselineTop1.map { "(\(percent($0)),\(percent(own)))" } }
      }
      return """
        \\addplot[only marks, mark=\(Self.marks[place % Self.marks.count]), mark size=1.5pt, \(Self.colours[place % Self.colours.count])] coordinates {
            \(points.joined(separator: " "))
          };
          \\addlegendentry{\(files.name(row.result, in: row.part))}
        """
    }
    return figure(
      options: """
        width=0.6\\linewidth, height=0.6\\linewidth, xmin=0, xmax=100, ymin=0, ymax=100,
          xlabel={Top-1 with real images (\\%)}, ylabel={Top-1 with samples (\\%)}, \(Self.legend)
        """,
      plots: (plots + ["\\addplot[gray, dashed, domain=0:100, forget plot] {x};"]).joined(separator: "\n  "),
      caption: "Top-1 accuracy of each class with real images and with samples. Below the diagonal samples are worse.",
      label: "fig:cas-classes")
  }

  /// Accuracy against the number of training images; nil but for `cas curve`.
  var curve: String? {
    let curves = files.parts.flatMap { part in (part.report.curves ?? []).map { (part: part, curve: $0) } }
    guard !curves.isEmpty else { return nil }
    let plots = curves.enumerated().map { place, item in
      let points = item.curve.points.map { point in
        let interval = files.uncertainty == .images ? point.interval : point.seedInterval ?? point.interval
        let above = interval.map { min(1, $0.high) - point.top1 } ?? 0
        let below = interval.map { point.top1 - max(0, $0.low) } ?? 0
        return "(\(point.size),\(percent(point.top1))) += (0,\(percent(above))) -= (0,\(percent(below)))"
      }
      let name = item.curve.name == "baseline" ? "real images" : item.curve.name.printable
      return line(points, place: place, bars: true)
        + "\n  \\addlegendentry{\(LaTeX.escaped((item.part.run.map { $0.printable + ": " } ?? "") + name))}"
    }
    let over = files.uncertainty == .images ? "test images" : "seeds, or over test images where there is one seed"
    return figure(
      options: """
        width=0.7\\linewidth, height=0.5\\linewidth, xmode=log, xlabel={Training images},
          ylabel={Top-1 accuracy (\\%)}, \(Self.legend), grid=major
        """, plots: plots.joined(separator: "\n  "),
      caption: "Top-1 accuracy against the number of training images, with 95\\,\\% intervals over \(over).",
      label: "fig:cas-curve")
  }

  /// Accuracy against the share of samples that were added; nil but for `cas nas` with several shares.
  var added: String? {
    var lines: [(name: String, points: [(fraction: Double, text: String)])] = []
    for row in rows {
      guard row.result.kind == .nas, let fraction = row.result.fractionAdded, let score = row.result.top1 else {
        continue
      }
      let way = row.result.augmentation.map { " \($0.printable)" } ?? ""
      let name = LaTeX.escaped((row.part.run.map { $0.printable + ": " } ?? "") + row.result.name.printable + way)
      let spread = files.spread(score) ?? (0, 0)
      let text =
        "(\(percent(fraction)),\(percent(score.value))) += (0,\(percent(spread.above))) -= (0,\(percent(spread.below)))"
      if let place = lines.firstIndex(where: { $0.name == name }) {
        lines[place].points.append((fraction, text))
      } else {
        lines.append((name, [(fraction, text)]))
      }
    }
    guard lines.contains(where: { $0.points.count > 1 }) else { return nil }
    let plots = lines.enumerated().map { place, item in
      line(item.points.sorted { $0.fraction < $1.fraction }.map(\.text), place: place, bars: true)
        + "\n  \\addlegendentry{\(item.name)}"
    }
    return figure(
      options: """
        width=0.7\\linewidth, height=0.5\\linewidth, xlabel={Samples added (\\% of the real images)},
          ylabel={Top-1 accuracy (\\%)}, \(Self.legend), grid=major
        """, plots: plots.joined(separator: "\n  "),
      caption: "Top-1 accuracy against the number of samples that are added to the real training images"
        + "\(files.uncertaintyText.map { ", \($0)" } ?? "").",
      label: "fig:cas-added")
  }

  /// Precision against recall of the distributions; nil where they were not asked for.
  var precisionRecall: String? {
    let curves = rows.compactMap { row in row.result.prd.map { (row: row, curve: $0) } }
    guard !curves.isEmpty else { return nil }
    let plots = curves.enumerated().map { place, item in
      // A thousand angles are more than a figure shows.
      let step = max(1, item.curve.recall.count / 100)
      let points = stride(from: 0, to: min(item.curve.recall.count, item.curve.precision.count), by: step).map {
        "(\(percent(item.curve.recall[$0])),\(percent(item.curve.precision[$0])))"
      }
      return line(points, place: place, bars: false)
        + "\n  \\addlegendentry{\(files.name(item.row.result, in: item.row.part))}"
    }
    return figure(
      options: """
        width=0.6\\linewidth, height=0.6\\linewidth, xmin=0, xmax=100, ymin=0, ymax=100, xlabel={Recall (\\%)},
          ylabel={Precision (\\%)}, \(Self.legend)
        """, plots: plots.joined(separator: "\n  "),
      caption: "Precision and recall of the samples' distribution (PRD) against the real test images.",
      label: "fig:cas-prd")
  }

  private static let marks = ["*", "square*", "triangle*", "diamond*", "pentagon*"]
  private static let colours = [
    "blue!70!black", "orange!80!black", "green!45!black", "purple", "brown!70!black", "gray",
  ]
  private static let legend =
    "legend pos=outer north east, legend style={draw=none, font=\\footnotesize}, legend cell align=left"

  private func line(_ points: [String], place: Int, bars: Bool) -> String {
    let marks = bars ? "mark=\(Self.marks[place % Self.marks.count]), mark size=1.5pt" : "no marks"
    let errors = bars ? ", error bars/y dir=both, error bars/y explicit" : ""
    return """
      \\addplot[\(marks), \(Self.colours[place % Self.colours.count])\(errors)] coordinates {
          \(points.joined(separator: "\n    "))
        };
      """
  }

  private func figure(options: String, plots: String, caption: String, label: String) -> String {
    """
    \\begin{figure}
      \\centering
      \\begin{tikzpicture}
      \\begin{axis}[\(options)]
      \(plots)
      \\end{axis}
      \\end{tikzpicture}
      \\caption{\(caption)}
      \\label{\(label)}
    \\end{figure}

    """
  }

  /// In percent, as TeX reads a number.
  private func percent(_ fraction: Double?) -> String { decimal((fraction ?? 0) * 100) }

  private func decimal(_ value: Double) -> String {
    NumberText.fixed(value.isFinite ? value : 0, decimals: 3).replacing("−", with: "-")
  }
}
