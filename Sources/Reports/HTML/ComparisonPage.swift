internal import Metrics

/// Several runs side by side as one HTML page: their results, every pair with its difference, and the classes that differ.
package struct ComparisonPage: Sendable {
  /// More pairs than this have no section of their own.
  private static let pairLimit = 10

  let comparison: ComparisonDocument
  let runs: [(name: String, report: Report)]

  /// - Parameter runs: in the order in which they were named.
  package init(_ comparison: ComparisonDocument, runs: [(name: String, report: Report)]) {
    self.comparison = comparison
    self.runs = runs
  }

  package var text: String {
    let shown = comparison.results.prefix(Self.pairLimit)
    let left = comparison.results.count - shown.count
    let rest: Markup =
      left > 0
      ? "<p class=\"note\">The classes of the other \(left == 1 ? "pair" : "\(left) pairs") are in the output of <code>cas compare --json</code>.</p>\n"
      : ""
    return HTMLDocument(
      title: "Results compared pair by pair: " + runs.map(\.name).joined(separator: ", "),
      eyebrow: "cas report · version \(comparison.version)", lead: "<p class=\"verdict\">\(verdict)</p>\n",
      sections:
        "\(warnings)\(results)\(pairs)\(shown.enumerated().map { classes(of: $0.element, number: $0.offset) })\(rest)",
      footer: """
        Differences are those of Top-1 accuracy on the same test images, in percentage points, with 95 % bootstrap \
        intervals over test images and, where there are several, seeds. A p-value is the larger one of the exact McNemar test’s on the seeds’ majority \
        predictions and, with several seeds, of Student’s t-test over them, each adjusted by Holm’s method over all pairs, and \
        for classes over all classes of all pairs.
        """
    ).text
  }

  private var verdict: String {
    let significant = comparison.results.filter(\.top1.isSignificant)
    guard let largest = comparison.results.max(by: { abs($0.top1.value) < abs($1.top1.value) }) else {
      return "There is nothing to compare."
    }
    let (better, worse) = largest.top1.value >= 0 ? (largest.first, largest.second) : (largest.second, largest.first)
    let total = NumberText.count(comparison.results.count, "pair", "pairs")
    return
      "\(significant.count) of \(total) of results differ significantly in Top-1 accuracy. The largest difference is "
      + "\(NumberText.hundredths(abs(largest.top1.value), decimals: 2)) points, by which \(better.printable) is above "
      + "\(worse.printable)" + (largest.top1.isSignificant ? "." : ", which may be chance.")
  }

  private var warnings: Markup {
    guard !comparison.warnings.isEmpty else { return "" }
    return """
      <ul class="warnings">
      \(comparison.warnings.map { "<li>\($0)</li>\n" as Markup })</ul>

      """
  }

  private var results: Markup {
    let rows = runs.flatMap { run in
      run.report.results.map { result -> Markup in
        let isCompared = result.perClass.contains { $0.difference != nil }
        return """
          <tr><th scope="row">\(breakable: result.label)<small>\(result.kind.title)</small></th><td>\(breakable: run.name)</td>\
          <td class="number">\(NumberText.hundredths(result.top1?.value, decimals: 2))\
          <small>\(NumberText.range(result.top1?.interval, decimals: 2))</small></td>\
          <td class="number">\(NumberText.hundredths(result.top5?.value, decimals: 2))</td>\
          <td class="number">\(NumberText.hundredths(result.relativeDrop?.top1, decimals: 1))</td>\
          <td class="number">\(isCompared ? "\(result.failedClasses.count) of \(result.perClass.count)" : NumberText.none)</td>\
          <td class="number">\(NumberText.grouped(result.training?.trainingImages))</td></tr>

          """
      }
    }
    return """
      <section aria-labelledby="results">
      <h2 id="results">Results</h2>
      <div class="scroll" role="group" aria-labelledby="results" tabindex="0">
      <table class="sortable">
      <caption><span>Accuracies in percent with 95 % intervals for the number of test images; the drop is relative to each \
      run's own baseline.</span></caption>
      <thead><tr class="wrapping"><th scope="col">Result</th><th scope="col">Run</th><th scope="col" class="number">Top-1</th>\
      <th scope="col" class="number">Top-5</th><th scope="col" class="number">Top-1 drop</th>\
      <th scope="col" class="number">Worse classes</th><th scope="col" class="number">Training images</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      </section>

      """
  }

  private var pairs: Markup {
    let rows = comparison.results.map { pair -> Markup in
      """
      <tr><th scope="row">\(breakable: pair.first)</th><td>\(breakable: pair.second)</td>\
      <td class="number">\(NumberText.hundredths(pair.top1First, decimals: 2))</td>\
      <td class="number">\(NumberText.hundredths(pair.top1Second, decimals: 2))</td>\
      <td class="number">\(points(pair.top1))</td><td class="number">\(NumberText.pValue(pair.top1.largestP))</td></tr>

      """
    }
    return """
      <section aria-labelledby="pairs">
      <h2 id="pairs">Pair by pair</h2>
      <div class="scroll" role="group" aria-labelledby="pairs" tabindex="0">
      <table class="sortable">
      <caption><span>Bold differences are significant (p\u{A0}<\u{A0}0.05\(comparison.hasSeedTests ? "" : "; \(Significance.oneSeed)")).\
      </span></caption>
      <thead><tr><th scope="col">First</th><th scope="col">Second</th><th scope="col" class="number">First, Top-1</th>\
      <th scope="col" class="number">Second, Top-1</th><th scope="col" class="number">Difference</th>\
      <th scope="col" class="number">Adjusted p</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      </section>

      """
  }

  private func points(_ difference: AccuracyDifference?) -> Markup {
    guard let difference else { return "\(NumberText.none)" }
    let text = NumberText.hundredths(difference.value, decimals: 2, signed: true)
    let number: Markup =
      difference.isSignificant
      ? "<strong class=\"\(difference.value < 0 ? "worse" : "better")\">\(text)</strong>" : "\(text)"
    return "\(number)<small>\(NumberText.range(difference.interval, decimals: 2))</small>"
  }

  private func classes(of pair: PairedComparison, number: Int) -> Markup {
    let tested = pair.perClass.filter { $0.first != nil && $0.second != nil }
    guard tested.count > 1 else { return "" }
    let title = "\(pair.first.printable) against \(pair.second.printable)"
    let scatter = ScatterChart(
      description: "Top-1 accuracy of each class: \(pair.first.printable) across, \(pair.second.printable) up",
      xTitle: pair.first.printable.shortened(to: 40), yTitle: pair.second.printable.shortened(to: 40),
      points: tested.map {
        ScatterChart.Point(
          name: $0.name, x: $0.first ?? 0, y: $0.second ?? 0, isWorse: $0.top1?.isSignificant == true)
      })
    let rows = tested.sorted { (-abs($0.top1?.value ?? 0), $0.name) < (-abs($1.top1?.value ?? 0), $1.name) }.map {
      entry -> Markup in
      """
      <tr><th scope="row">\(entry.name)<small>\(NumberText.count(entry.support, "image", "images"))</small></th>\
      <td class="number">\(NumberText.hundredths(entry.first, decimals: 1))</td>\
      <td class="number">\(NumberText.hundredths(entry.second, decimals: 1))</td>\
      <td class="number">\(points(entry.top1))</td><td class="number">\(NumberText.pValue(entry.top1?.largestP))</td></tr>

      """
    }
    return """
      <section aria-labelledby="pair-\(number)">
      <h2 id="pair-\(number)">\(breakable: title)</h2>
      <div class="charts">
      <figure class="panel"><figcaption><strong>Class by class.</strong> Classes in red differ significantly.</figcaption>
      \(scatter.markup)</figure>
      </div>
      <div class="scroll" role="group" aria-labelledby="pair-\(number)" tabindex="0">
      <table class="sortable">
      <caption><span>The largest differences first.</span></caption>
      <thead><tr><th scope="col">Class</th><th scope="col" class="number">\(breakable: pair.first)</th>\
      <th scope="col" class="number">\(breakable: pair.second)</th><th scope="col" class="number">Difference</th>\
      <th scope="col" class="number">Adjusted p</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      </section>

      """
  }
}
