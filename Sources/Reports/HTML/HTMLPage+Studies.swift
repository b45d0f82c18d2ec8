internal import Metrics

extension HTMLPage {
  /// Accuracy against the value that a sweep varies, such as truncation. The sizes of a curve, which all lie at the value of
  /// their set, have a section of their own.
  var sweepSection: Markup {
    let swept = report.mainResults.filter { $0.axis != nil && $0.top1 != nil && $0.size == nil }
    guard swept.count > 1, let axis = swept[0].axis else { return "" }
    let ordered = swept.sorted { ($0.axis?.value ?? 0) < ($1.axis?.value ?? 0) }
    let isAugmented = ordered.contains { $0.kind == .nas }
    let content = isAugmented ? augmentedSweep(ordered, axis) : plainSweep(ordered, axis)
    return content.text.isEmpty
      ? ""
      : """
      <section aria-labelledby="sweep">
      <h2 id="sweep">Accuracy against \(axis.name)</h2>
      \(content)</section>

      """
  }

  /// Both accuracies of sets that differ by the axis alone, and the real images'.
  private func plainSweep(_ ordered: [ResultEntry], _ axis: AxisEntry) -> Markup {
    let lines = [
      line("Top-1", ordered, \.top1) { $0.interval },
      line("Top-5", ordered, \.top5) { $0.interval },
      // Sets of other counts per class have baselines of their own.
      line("real images", ordered, { report.baseline(of: $0)?.top1 }) { _ in nil },
    ]
    let summary = "Accuracy against \(axis.title); the best Top-1 is at \(best(ordered))."
    return """
      <p class="note">\(summary)</p>
      \(LineChart(
        description: summary, labels: LineChart.Labels(x: axis.name.printable, y: "accuracy on real images"),
        series: lines.filter { !$0.points.isEmpty }).markup)\(sweptMetrics(ordered, axis))
      """
  }

  /// Top-1 of sets whose samples were added to the real images: a line for each fraction in a chart for each way of changing
  /// the images, because what differs by more than the axis is no sweep.
  private func augmentedSweep(_ ordered: [ResultEntry], _ axis: AxisEntry) -> Markup {
    let ways = report.mainResults.map(\.augmentation).reduce(into: [String?]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let charts = ways.map { way in
      (way: way, groups: fractions(of: ordered.filter { $0.augmentation == way }))
    }.filter { !$0.groups.isEmpty }
    guard !charts.isEmpty else { return "" }
    let lines = charts.map { chart -> [LineChart.Series] in
      let longest = chart.groups.map(\.results).max { $0.count < $1.count } ?? []
      let real = line("real images alone", longest, { report.baseline(of: $0)?.top1 }) { _ in nil }
      return (chart.groups.map { line($0.name, $0.results, \.top1) { $0.seedInterval ?? $0.interval } } + [real])
        .filter { !$0.points.isEmpty }
    }
    let bests = charts.map { chart in
      "Top-1 is best \(Verdict.listed(chart.groups.map { "at \(best($0.results)) with \($0.name)" }))."
    }
    let pictures = charts.indices.map { place -> Markup in
      let way = charts[place].way
      let chart = LineChart(
        description: "Top-1 against \(axis.title)\(way.map { " with \($0.printable)" } ?? ""); \(bests[place])",
        labels: LineChart.Labels(x: axis.name.printable, y: "Top-1 on real images"), series: lines[place],
        size: charts.count > 1 ? .medium : .wide, alongside: lines.flatMap { $0 }
      ).markup
      return way.map { figure($0.printable, "\(bests[place])", chart) } ?? chart
    }
    let isWhole = charts.flatMap(\.groups).reduce(0) { $0 + $1.results.count } == ordered.count
    let summary =
      "Top-1 against \(axis.title), a line for each share of samples that is added to the real images; bands are 95 % "
      + "intervals over seeds, or over test images where there is one seed."
      + (charts[0].way == nil ? " \(bests[0])" : "")
      + (isWhole ? "" : " Shares with one value alone are in the table below.")
    return """
      <p class="note">\(summary)</p>
      <div class="charts spaced">
      \(pictures)</div>

      """
  }

  /// Results of the same fraction, named as the table names it, where they have several values of the axis.
  private func fractions(of results: [ResultEntry]) -> [(name: String, results: [ResultEntry])] {
    Set(results.compactMap(\.fractionAdded)).sorted().map { fraction in
      (
        name: "+ \(NumberText.percent(fraction, decimals: 0))", results: results.filter { $0.fractionAdded == fraction }
      )
    }.filter { Set($0.results.compactMap { $0.axis?.value }).count > 1 }
  }

  /// The value of the axis at which Top-1 is best, of results that nothing else sets apart.
  private func best(_ results: [ResultEntry]) -> String {
    NumberText.plain(results.max { ($0.top1?.value ?? 0) < ($1.top1?.value ?? 0) }?.axis?.value)
  }

  /// An accuracy of results against their axis.
  private func line(
    _ name: String, _ results: [ResultEntry], _ accuracy: (ResultEntry) -> AccuracyScore?,
    interval: (AccuracyScore) -> Interval?
  ) -> LineChart.Series {
    LineChart.Series(
      name: name,
      points: results.compactMap { result in
        guard let value = result.axis?.value, let entry = accuracy(result) else { return nil }
        return LineChart.Point(x: value, y: entry.value, interval: interval(entry))
      })
  }

  /// The metrics of a sweep against the same axis, each on a scale of its own.
  private func sweptMetrics(_ ordered: [ResultEntry], _ axis: AxisEntry) -> Markup {
    let charts = report.metricNames.compactMap { name -> Markup? in
      let points = ordered.compactMap { result -> LineChart.Point? in
        guard let x = result.axis?.value, let entry = result.metrics?.first(where: { $0.name == name }),
          let y = entry.value
        else { return nil }
        return LineChart.Point(x: x, y: y, interval: entry.interval)
      }
      guard points.count > 1 else { return nil }
      let better = ordered.lazy.flatMap { $0.metrics ?? [] }.first { $0.name == name }?.arrow ?? ""
      let chart = LineChart(
        description: "\(name) against \(axis.name.printable)",
        labels: LineChart.Labels(x: axis.name.printable, y: "", yFormat: .number),
        series: [LineChart.Series(name: name, points: points)],
        size: .small)
      return figure(name + better, "", chart.markup)
    }
    guard !charts.isEmpty else { return "" }
    return """
      <p class="note">↓ lower is better, ↑ higher is better.</p>
      <div class="charts">
      \(charts)</div>

      """
  }

  /// What adding samples to the real images does: lines over the fraction that was added, and a table with a column for
  /// each way of changing the images.
  var augmentationSection: Markup {
    let results = report.results.filter { $0.kind == .nas || $0.kind == .baseline }
    guard results.contains(where: { $0.kind == .nas }) else { return "" }
    let ways = results.map(\.augmentation).reduce(into: [String?]()) { if !$0.contains($1) { $0.append($1) } }
    let names = results.filter { $0.kind == .nas }.map(\.name).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let rows = ([nil] + names.map { Optional($0) }).flatMap { name -> [Markup] in
      guard let name else {
        return [augmentationRow("real images alone", results.filter { $0.kind == .baseline }, ways)]
      }
      let fractions = Set(results.filter { $0.name == name }.compactMap(\.fractionAdded)).sorted()
      return fractions.map { fraction in
        augmentationRow(
          "+ \(NumberText.percent(fraction, decimals: 0)) \(name.printable)",
          results.filter { $0.name == name && $0.fractionAdded == fraction }, ways)
      }
    }
    let heads = ways.map { way -> Markup in
      "<th scope=\"col\" class=\"number\">\(way.map { $0.printable } ?? "Top-1")</th><th scope=\"col\" class=\"number\">Gain</th>"
    }
    return """
      <section aria-labelledby="added">
      <h2 id="added">What added samples do</h2>
      \(augmentationCharts(results, names, ways))<div class="scroll" role="group" aria-labelledby="added" tabindex="0">
      <table>
      <caption><span>Top-1 in percent\(ways.count > 1 ? " for each way of changing the images" : ""), and the gain over the \
      real images alone\(ways.count > 1 ? " in the same way" : "") in points, with its 95 % interval over \
      \(report.resampled). Bold gains are significant (p\u{A0}<\u{A0}0.05 over test images and, with several, over seeds; Holm over the table). Bands in the picture are \
      95 % intervals over seeds, or over test images where there is one seed.</span></caption>
      <thead><tr><th scope="col">Training images</th>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      </section>

      """
  }

  /// A line for each set over the fraction that was added; a chart for each way of changing the images, because lines of
  /// several ways would lie over one another.
  private func augmentationCharts(_ results: [ResultEntry], _ names: [String], _ ways: [String?]) -> Markup {
    let shown = names.prefix(2 * LineChart.kinds)
    let charts = ways.map { way in
      (
        way: way,
        lines: shown.compactMap { name -> LineChart.Series? in
          let points = results.filter { $0.augmentation == way && ($0.name == name || $0.kind == .baseline) }
            .sorted { ($0.fractionAdded ?? 0) < ($1.fractionAdded ?? 0) }
          let drawn = points.compactMap { result in
            result.top1.map {
              // An interval over two seeds hides what it is around.
              LineChart.Point(
                x: result.fractionAdded ?? 0, y: $0.value,
                interval: report.hasTwoSeeds ? $0.interval : $0.seedInterval ?? $0.interval)
            }
          }
          let parts = points.flatMap { result in
            (report.hasTwoSeeds ? result.top1?.perSeed ?? [] : []).map {
              LineChart.Point(x: result.fractionAdded ?? 0, y: $0)
            }
          }
          return drawn.count > 1 ? LineChart.Series(name: name, points: drawn, parts: parts) : nil
        }
      )
    }.filter { !$0.lines.isEmpty }
    let all = charts.flatMap(\.lines)
    let pictures = charts.map { way, lines -> Markup in
      let chart = LineChart(
        description:
          "Top-1 against the share of samples added to the real images\(way.map { " with \($0.printable)" } ?? ""), "
          + "for \(lines.map(\.name).joined(separator: ", ")); the numbers are in the table below",
        labels: LineChart.Labels(
          x: "samples added, as a share of the real images", y: "Top-1 on real images", xFormat: .percent),
        series: lines, size: charts.count > 1 ? .medium : .wide, alongside: all
      ).markup
      return way.map { figure($0.printable, "", chart) } ?? chart
    }
    let left = names.count - shown.count
    let rest: Markup =
      left > 0
      ? "<p class=\"note\">The other \(left == 1 ? "set is" : "\(left) sets are") in the table alone.</p>\n" : ""
    return pictures.isEmpty ? "" : "<div class=\"charts spaced\">\n\(pictures)</div>\n\(rest)"
  }

  private func augmentationRow(_ title: String, _ results: [ResultEntry], _ ways: [String?]) -> Markup {
    let cells = ways.map { way -> Markup in
      guard let result = results.first(where: { $0.augmentation == way }) else {
        return "<td class=\"number\">\(NumberText.none)</td><td></td>"
      }
      let points = NumberText.hundredths(result.difference?.value, decimals: 2, signed: true)
      let gain: Markup =
        result.difference.map { difference in
          let number: Markup =
            difference.isSignificant
            ? "<strong class=\"\(difference.value < 0 ? "worse" : "better")\">\(points)</strong>" : "\(points)"
          return "\(number)<small>\(NumberText.range(difference.interval, decimals: 2))</small>"
        } ?? ""
      return """
        <td class="number">\(NumberText.hundredths(result.top1?.value, decimals: 2))</td><td class="number">\(gain)</td>
        """
    }
    return "<tr><th scope=\"row\">\(breakable: title)</th>\(cells)</tr>\n"
  }
}
