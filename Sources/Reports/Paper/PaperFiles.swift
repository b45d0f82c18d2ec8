internal import Metrics

/// Runs as files for a paper: tables, figures, a paragraph on methods and the references, to be read by `\input`.
package struct PaperFiles: Sendable {
  /// What stands beside an accuracy.
  package enum Uncertainty: String, CaseIterable, Sendable {
    /// The standard deviation over seeds.
    case deviation
    /// The 95 % Student interval over seeds.
    case seeds
    /// The 95 % Wilson interval over test images.
    case images
    case none
  }

  let parts: [ResultTable.Part]
  let uncertainty: Uncertainty

  /// - Parameter uncertainty: nil for the deviation where every result has several seeds, else the interval over images.
  package init(_ parts: [ResultTable.Part], uncertainty: Uncertainty? = nil) {
    self.parts = parts
    let seeds = parts.flatMap { $0.report.results.compactMap { $0.top1?.perSeed.count } }.min() ?? 1
    self.uncertainty = uncertainty ?? (seeds > 1 ? .deviation : .images)
  }

  /// The first words of every file, which tell it from those of the user.
  package static let mark = "% Written by cas"

  /// The names of all files that a paper may have; which of them are written depends on the runs.
  package static let names = [
    "paper.tex", "results.tex", "classes.tex", "figure-scores.tex", "figure-classes.tex", "figure-curve.tex",
    "figure-added.tex", "figure-prd.tex", "methods.tex", "references.bib",
  ]

  /// Every file with its text, in the order of a paper.
  package var files: [(name: String, text: String)] {
    let figures = PaperFigures(self)
    let methods = PaperMethods(self)
    let inputs: [(name: String, text: String?)] = [
      ("methods.tex", methods.text), ("results.tex", PaperResults(self).text), ("classes.tex", PaperClasses(self).text),
      ("figure-scores.tex", figures.scores), ("figure-classes.tex", figures.classes),
      ("figure-curve.tex", figures.curve), ("figure-added.tex", figures.added),
      ("figure-prd.tex", figures.precisionRecall),
    ]
    let written = inputs.compactMap { file in file.text.map { (name: file.name, text: head + LaTeX.preamble + $0) } }
    return [("paper.tex", head + Self.whole(written.map(\.name)))] + written + [
      ("references.bib", head + PaperReferences(keys: methods.citations, versions: versions).text)
    ]
  }

  private var head: String {
    let runs = parts.compactMap { $0.run?.printable }
    return
      "\(Self.mark) \(versions.joined(separator: ", "))\(runs.isEmpty ? "" : " from \(runs.joined(separator: ", "))"). "
      + "Another cas report --paper writes it again.\n"
  }

  var versions: [String] {
    parts.map { $0.report.version.printable }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// A document of all parts, to look at and to copy the packages from.
  private static func whole(_ names: [String]) -> String {
    let body = names.map { "\\input{\($0.replacing(".tex", with: ""))}\n" }.joined(separator: "\n")
    return """
      \\documentclass{article}
      \\usepackage{booktabs}   % results.tex, classes.tex
      \\usepackage{graphicx}   % results.tex, classes.tex
      \\usepackage{longtable}  % classes.tex
      \\usepackage{pgfplots}   % figure-*.tex
      \\pgfplotsset{compat=1.16}
      \\begin{document}

      \(body)
      \\bibliographystyle{plain}
      \\bibliography{references}
      \\end{document}

      """
  }
}

extension PaperFiles {
  /// The name of a result, with its run's before it where there are several runs.
  func name(_ result: ResultEntry, in part: ResultTable.Part) -> String {
    let own =
      result.kind == .baseline ? "real images" + result.name.printable.dropFirst("baseline".count) : result.label
    return LaTeX.escaped((part.run.map { $0.printable + ": " } ?? "") + own)
  }

  /// The half-widths below and above an accuracy, as fractions; nil where there is no such uncertainty.
  func spread(_ score: AccuracyScore) -> (below: Double, above: Double)? {
    func ends(_ interval: Interval?) -> (below: Double, above: Double)? {
      interval.map { (score.value - max(0, $0.low), min(1, $0.high) - score.value) }
    }
    switch uncertainty {
    case .none: return nil
    case .images: return ends(score.interval)
    case .seeds: return ends(score.seedInterval)
    case .deviation: return Self.deviation(score.perSeed).map { ($0, $0) }
    }
  }

  /// The standard deviation of a sample, with n − 1; nil below two values.
  static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }

  /// What stands beside the accuracies, as the end of a caption; nil for nothing.
  var uncertaintyText: String? {
    let seeds = Set(parts.flatMap { $0.report.results.compactMap { $0.top1?.perSeed.count } }).sorted()
    let count = seeds.map(String.init).joined(separator: " or ")
    let unit = seeds == [1] ? "seed" : "seeds"
    switch uncertainty {
    case .none: return nil
    case .deviation: return "mean $\\pm$ standard deviation over \(count) \(unit)"
    case .seeds: return "95\\,\\% Student intervals over \(count) \(unit)"
    case .images: return "95\\,\\% Wilson intervals over test images"
    }
  }

  var hasSeveralSeeds: Bool { parts.contains { $0.report.results.contains { $0.hasSeedTests } } }
}

extension ResultTable.Part {
  /// The results of the paper's rows: those that answer the question, then the baselines.
  var rows: [ResultEntry] {
    let main = report.mainResults
    return main + report.results.filter { $0.kind == .baseline && !main.contains($0) }
  }
}
