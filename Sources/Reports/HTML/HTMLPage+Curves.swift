import Foundation
internal import Metrics

extension HTMLPage {
  /// Accuracy against the number of images: a chart with a line for each set, and the same as a table.
  var curvesSection: Markup {
    guard let curves = report.curves, !curves.isEmpty else { return "" }
    let hasSeeds = curves.hasSeedIntervals
    let drawn =
      report.hasTwoSeeds
      ? "small marks in the picture are the two seeds"
      : "bands in the picture are those \(hasSeeds ? "over seeds" : "for test images")"
    return """
      <section aria-labelledby="curves">
      <h2 id="curves">Accuracy against the number of images</h2>
      \(chart(of: curves))
      <div class="scroll" role="group" aria-labelledby="curves" tabindex="0">
      <table>
      <caption><span>Top-1 in percent, with 95 % intervals for the number of test images\(hasSeeds ? " and over seeds" : ""); \
      \(drawn). Worth is the number of real images that \
      teach as much as one of the set, below it the 95 % interval. The limit is that of a power law, the thin \
      line of the picture, with its 95 % bootstrap interval over \(report.resampled), as if the law were exact; below them the \
      root mean square of what the points lie off it. \(steps)</span></caption>
      <thead><tr><th scope="col">Set</th><th scope="col" class="number">Images</th>\
      <th scope="col" class="number">Top-1</th><th scope="col" class="number">Worth</th>\
      <th scope="col" class="number">Limit</th></tr></thead>
      <tbody>
      \(curves.flatMap { curve in curve.points.map { row(of: $0, in: curve) } })</tbody>
      </table>
      </div>
      </section>

      """
  }

  /// How long the trainings were.
  private var steps: String {
    let steps = Set(report.results.compactMap { $0.training?.steps })
    guard let least = steps.min(), let most = steps.max() else { return "" }
    return least == most
      ? "All trainings took \(NumberText.count(most, "step", "steps"))."
      : "Trainings took \(NumberText.grouped(least)) to \(NumberText.grouped(most)) steps."
  }

  private func chart(of curves: [LearningCurve]) -> Markup {
    LineChart(
      description: "Top-1 against the number of training images: "
        + curves.compactMap { curve in
          curve.points.last.map { "\(curve.title) ends at \(NumberText.percent($0.top1, decimals: 1))" }
        }.joined(separator: ", "),
      labels: LineChart.Labels(x: "training images (log scale)", y: "Top-1 on real images"),
      series: curves.map { curve in
        LineChart.Series(
          name: curve.title,
          points: curve.points.map {
            // An interval over two seeds hides what it is around.
            LineChart.Point(x: Double($0.size), y: $0.top1, interval: report.hasTwoSeeds ? nil : $0.shownInterval)
          }, law: curve.law, parts: report.hasTwoSeeds ? seeds(of: curve) : [])
      }, xKind: .logarithmic, marksAtPoints: true
    ).markup
  }

  /// The accuracy of every seed at the sizes of a curve.
  private func seeds(of curve: LearningCurve) -> [LineChart.Point] {
    curve.points.flatMap { point -> [LineChart.Point] in
      let result = report.results.first {
        $0.size == point.size && ($0.kind == .baseline) == curve.isReal && (curve.isReal || $0.name == curve.name)
          && $0.top1?.value == point.top1
      }
      return (result?.top1?.perSeed ?? []).map { LineChart.Point(x: Double(point.size), y: $0) }
    }
  }

  private func row(of point: LearningCurve.Point, in curve: LearningCurve) -> Markup {
    let isLast = point == curve.points.last
    let limit: Markup =
      isLast
      ? curve.fit.map { fit in
        """
        \(NumberText.hundredths(fit.limit, decimals: 1))<small>\(NumberText.range(fit.interval, decimals: 1))</small>\
        \(fit.misfit == nil ? "" : "<small>off by \(NumberText.hundredths(fit.misfit, decimals: 2))</small>" as Markup)
        """
      } ?? "" : ""
    let worth: String =
      switch point.worth?.outside {
      case "below": "below the real curve"
      case "above": "above the real curve"
      default: point.worth == nil ? "" : NumberText.fixed(point.worth?.realImages, decimals: 2)
      }
    let range: Markup = point.worth?.realImages == nil ? "" : "<small>\(point.worth?.range ?? "")</small>"
    let seeds: Markup =
      point.seedInterval == nil ? "" : "<small>seeds: \(NumberText.range(point.seedInterval, decimals: 2))</small>"
    return """
      <tr><th scope="row">\(breakable: curve.title)</th><td class="number">\(NumberText.grouped(point.size))</td>\
      <td class="number">\(NumberText.hundredths(point.top1, decimals: 2))\
      <small>\(NumberText.range(point.interval, decimals: 2))</small>\(seeds)</td>\
      <td class="number">\(worth)\(range)</td><td class="number">\(limit)</td></tr>

      """
  }
}

extension LearningCurve {
  /// The fitted law over the measured sizes; empty without one.
  fileprivate var law: [LineChart.Point] {
    guard let fit, let first = points.first?.size, let last = points.last?.size, first < last else {
      return []
    }
    let ratio = Double(last) / Double(first)
    return (0...40).map { place in
      let size = Double(first) * pow(ratio, Double(place) / 40)
      return LineChart.Point(x: size, y: fit.law.value(at: size))
    }
  }
}
