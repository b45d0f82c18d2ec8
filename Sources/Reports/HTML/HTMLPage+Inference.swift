internal import Metrics

extension HTMLPage {
  /// Exact inference with the generators themselves, beside the score of their samples.
  var inferenceSection: Markup {
    let groups = InferenceGroup.all(in: report)
    guard !groups.isEmpty else { return "" }
    return """
      <section aria-labelledby="inference">
      <h2 id="inference">Exact inference beside the score</h2>
      <p>The generators’ own classes by Bayes’ rule, argmax p(x | y) p(y), on the same test images. A classifier that learns \
      all that the samples hold comes close to it.</p>
      \(groups.map(table))</section>

      """
  }

  private func table(_ group: InferenceGroup) -> Markup {
    let rows: [Markup] = group.rows.map { result, entry in
      """
      <tr><th scope="row">\(breakable: result.label)</th><td>\(entry.generator.text)</td>\
      <td class="number">\(NumberText.hundredths(result.top1?.value, decimals: 2))</td>\
      <td class="number">\(NumberText.hundredths(entry.scores.top1?.value, decimals: 2))</td>\
      <td class="number">\(NumberText.range(entry.scores.top1?.interval, decimals: 2))</td>\
      <td class="number">\(NumberText.hundredths(entry.scores.top5?.value, decimals: 2))</td>\
      <td class="number">\(entry.likelihood.bitsPerDimension?.text(decimals: 3) ?? NumberText.none)</td></tr>

      """
    }
    return """
      <div class="scroll" role="group" aria-labelledby="inference" tabindex="0">
      <table class="sortable">
      <caption><span>Accuracies in percent; bits per dimension of \(group.title), with 95 % intervals over the test \
      images.</span></caption>
      <thead><tr class="wrapping"><th scope="col">Set</th><th scope="col">Generator</th>\
      <th scope="col" class="number">CAS, Top-1</th><th scope="col" class="number">Exact, Top-1</th>\
      <th scope="col" class="number">95 %</th><th scope="col" class="number">Exact, Top-5</th>\
      <th scope="col" class="number">Bits per dimension</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>

      """
  }
}
