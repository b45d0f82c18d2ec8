extension HTMLPage {
  /// The metrics beside the score, a row for each set.
  var metricsSection: Markup {
    let measured = report.mainResults.filter { $0.metrics?.isEmpty == false }
    let names = report.metricNames
    guard !names.isEmpty else { return "" }
    let head = names.map { name -> Markup in "<th scope=\"col\" class=\"number\">\(name)</th>" }
    let rows = measured.map { result -> Markup in
      let cells = names.map { name -> Markup in
        let entry = result.metrics?.first { $0.name == name }
        let range: Markup =
          entry?.interval.map { bounds in
            "<small>\(NumberText.significant(bounds.low)) to \(NumberText.significant(bounds.high))</small>"
          } ?? ""
        return "<td class=\"number\">\(NumberText.significant(entry?.value))\(range)</td>"
      }
      let n =
        result.metrics?.first?.n.compactMap { $0 }.map { NumberText.grouped($0) }.joined(separator: " against ") ?? ""
      return """
        <tr><th scope="row">\(result.label)<small>\(n)</small></th>\
        <td class="number">\(NumberText.hundredths(result.top1?.value, decimals: 2))</td>\(cells)</tr>

        """
    }
    return """
      <section aria-labelledby="metrics">
      <h2 id="metrics">Metrics beside the score</h2>
      <div class="scroll" role="group" aria-labelledby="metrics" tabindex="0">
      <table class="sortable">
      <caption><span>Of the samples against the real test images, by the features of a network trained on the real training \
      images, with 95 % intervals; below each name the numbers of samples and of real images. <code>cas correlate</code> says \
      which of them rank the sets alike.</span></caption>
      <thead><tr><th scope="col">Set</th><th scope="col" class="number">Top-1 (%)</th>\(head)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      </section>

      """
  }
}

extension Report {
  /// The metrics of all results, in their order.
  var metricNames: [String] {
    mainResults.flatMap { $0.metrics ?? [] }.map(\.name).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
  }
}
