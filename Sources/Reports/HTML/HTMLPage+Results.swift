internal import Metrics

extension HTMLPage {
  /// All results in one table, baselines included.
  var resultsSection: Markup {
    let results = report.results
    let images = report.data.real.test.images
    let tested: Markup =
      results.contains { $0.kind == .ganTest }
      ? """
       A GAN-test is of the baseline’s classifiers on a set’s samples: near the accuracy on real images when these look \
      like their class.
      """ : ""
    let seeds: Markup =
      results.contains { ($0.top1?.perSeed.count ?? 0) > 1 }
      ? " The interval over seeds says what other trainings would give, the one above it other test images." : ""
    return """
      <section aria-labelledby="results">
      <h2 id="results">Results</h2>
      <p class="note">Worse classes are significantly worse than the baseline’s (p\u{A0}<\u{A0}0.05).\(tested)\(seeds)</p>
      <div class="scroll" role="group" aria-labelledby="results" tabindex="0">
      <table class="sortable">
      <caption><span>Tested on \(NumberText.count(images, "real image", "real images")), weights of the \
      \(Set(results.map(\.selectedOn)).sorted().joined(separator: " or ")). Values in percent, with 95 % intervals; the \
      drop is relative to the baseline. Lower is better for drop, Brier score (0 to 2) and calibration error.</span></caption>
      <thead><tr class="wrapping"><th scope="col">Result</th><th scope="col" class="number">Top-1</th>\
      <th scope="col" class="number">Top-5</th><th scope="col" class="number">Top-1 drop</th>\
      <th scope="col" class="number">Worse classes</th><th scope="col" class="number">Brier</th>\
      <th scope="col" class="number">Calibration error</th><th scope="col" class="number">Training images</th>\
      <th scope="col" class="number">Steps</th></tr></thead>
      <tbody>
      \(results.map(resultRow))</tbody>
      </table>
      </div>
      </section>

      """
  }

  private func resultRow(_ result: ResultEntry) -> Markup {
    let isCompared = result.perClass.contains { $0.difference != nil }
    let failed = isCompared ? "\(result.failedClasses.count) of \(result.perClass.count)" : NumberText.none
    let top5Drop: Markup =
      result.relativeDrop?.top5.map {
        "<small>Top-5 \(NumberText.hundredths($0, decimals: 1))</small>" as Markup
      } ?? ""
    let cached: Markup = result.training?.cached == true ? "<small>from the cache</small>" : ""
    let key: Markup = result.key == result.label ? "" : "<br><code>\(breakable: result.key)</code>"
    return """
      <tr><th scope="row">\(breakable: result.label)<small>\(result.kind.title)\(key)</small></th>\
      <td class="number">\(accuracy(result.top1))</td><td class="number">\(accuracy(result.top5))</td>\
      <td class="number">\(NumberText.hundredths(result.relativeDrop?.top1, decimals: 1))\(top5Drop)</td>\
      <td class="number">\(failed)</td><td class="number">\(NumberText.fixed(result.brier, decimals: 4))</td>\
      <td class="number">\(NumberText.hundredths(result.expectedCalibrationError, decimals: 2))</td>\
      <td class="number">\(NumberText.grouped(result.training?.trainingImages))\(cached)</td>\
      <td class="number">\(NumberText.grouped(result.training?.steps))</td></tr>

      """
  }

  /// The value, its interval, and what the seeds say.
  private func accuracy(_ entry: AccuracyScore?) -> Markup {
    guard let entry else { return "\(NumberText.none)" }
    let seeds: Markup
    if entry.perSeed.count > 1 {
      let values = entry.perSeed.map { NumberText.hundredths($0, decimals: 2) }.joined(separator: ", ")
      let interval = NumberText.range(entry.seedInterval, decimals: 2)
      seeds = "<small>\(entry.perSeed.count) seeds: \(interval)</small><small class=\"seeds\">\(values)</small>"
    } else {
      seeds = ""
    }
    return """
      <strong>\(NumberText.hundredths(entry.value, decimals: 2))</strong>\
      <small>\(NumberText.range(entry.interval, decimals: 2))</small>\(seeds)
      """
  }
}
