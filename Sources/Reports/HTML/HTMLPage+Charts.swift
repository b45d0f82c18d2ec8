internal import Metrics

extension HTMLPage {
  /// Pictures of one result: its classes beside the baseline's, its confusions, and how well it knows what it knows.
  func chartSection(of result: ResultEntry) -> Markup {
    let parts = [scatter(of: result), confusion(of: result), reliability(of: result)].filter { !$0.text.isEmpty }
    return parts.isEmpty ? "" : "<div class=\"charts\">\n\(parts)</div>\n"
  }

  private func scatter(of result: ResultEntry) -> Markup {
    let points = result.perClass.compactMap { entry -> ScatterChart.Point? in
      guard let x = entry.baselineTop1, let y = entry.top1 else { return nil }
      return ScatterChart.Point(name: entry.name, x: x, y: y, isWorse: entry.isSignificantlyWorse)
    }
    guard points.count > 1 else { return "" }
    let worse = points.count(where: \.isWorse)
    let chart = ScatterChart(
      description: "Top-1 accuracy of each class: with real images across, with \(result.label) up. \(worse) of "
        + "\(points.count) classes are significantly worse.",
      xTitle: "trained on real images", yTitle: "trained on \(result.name.printable.truncated(to: 24))", points: points)
    return figure(
      "Classes against the baseline.", "Below the diagonal, samples teach less than real images; red is significant.",
      chart.markup)
  }

  private func confusion(of result: ResultEntry) -> Markup {
    guard let matrix = details.confusions[result.key], matrix.classNames.count > 1 else { return "" }
    guard matrix.classNames.count > ConfusionChart.mostClasses else {
      return figure(
        "Confusion matrix.",
        "Each row is a true class: the share of its test images predicted as each class, in percent.",
        ConfusionChart(result: result.key, matrix).markup)
    }
    return confusionTables(ConfusionGroups(matrix), matrix.classNames, result)
  }

  private func confusionTables(_ groups: ConfusionGroups, _ classNames: [String], _ result: ResultEntry) -> Markup {
    guard !groups.pairs.isEmpty else { return "" }
    let seeds = max(1, result.top1?.perSeed.count ?? 1)
    let pairs = groups.pairs.map { pair -> Markup in
      """
      <tr><th scope="row">\(classNames[pair.label])</th><td>\(classNames[pair.predicted])</td>\
      <td class="number">\(NumberText.grouped(pair.count))</td>\
      <td class="number">\(NumberText.hundredths(pair.share, decimals: 1))</td></tr>

      """
    }
    let blocks = groups.groups.map { group -> Markup in
      let names = group.members.map { classNames[$0] }.joined(separator: ", ")
      return """
        <tr><th scope="row" class="members">\(names)</th><td class="number">\(NumberText.grouped(group.inside))</td>\
        <td class="number">\(NumberText.grouped(group.wrong))</td></tr>

        """
    }
    let grouped: Markup =
      blocks.isEmpty
      ? ""
      : """
      <div class="scroll" role="group" aria-label="Groups of confused classes" tabindex="0">
      <table>
      <caption><span>Groups of classes that are taken for one another: mistakes within the group, and all mistakes of its \
      images.</span></caption>
      <thead><tr><th scope="col">Classes</th><th scope="col" class="number">Within</th>\
      <th scope="col" class="number">All</th></tr></thead>
      <tbody>
      \(blocks)</tbody>
      </table>
      </div>

      """
    return """
      <div class="panel wide">
      <h3>What is taken for what</h3>
      <div class="scroll" role="group" aria-label="Worst confusions" tabindex="0">
      <table class="sortable">
      <caption><span>The most frequent mistakes over \(NumberText.count(seeds, "seed", "seeds")), with their share of the \
      true class in percent. All are in <code>confusion.csv</code>.</span></caption>
      <thead><tr><th scope="col">True class</th><th scope="col">Predicted</th><th scope="col" class="number">Images</th>\
      <th scope="col" class="number">Share</th></tr></thead>
      <tbody>
      \(pairs)</tbody>
      </table>
      </div>
      \(grouped)</div>

      """
  }

  private func reliability(of result: ResultEntry) -> Markup {
    guard let bins = details.reliability[result.key], bins.contains(where: { $0.images > 0 }) else { return "" }
    let error = NumberText.percent(result.expectedCalibrationError, decimals: 2)
    return figure(
      "Calibration.",
      """
      How often predictions are right against their confidence; the tick on each bar is the mean confidence. \
      Expected calibration error \(error).
      """,
      ReliabilityChart(
        description: "Reliability diagram of \(result.label); the expected calibration error is \(error)", bins: bins
      ).markup)
  }

  /// Loss and training accuracy of every training, epoch by epoch.
  var trainingSection: Markup {
    let curves = details.training.filter { $0.epochs.count > 1 }
    guard !curves.isEmpty else { return "" }
    let severalSeeds = Set(curves.map(\.seed)).count > 1
    // More lines than this cannot be told apart: the first seed of each set stands for the others.
    let first = curves.filter { curve in !curves.contains { $0.name == curve.name && $0.seed < curve.seed } }
    let shown = Array((curves.count <= LineChart.kinds ? curves : first).prefix(2 * LineChart.kinds))
    func chart(
      _ title: String, _ format: AxisFormat, _ value: @escaping ((epoch: Int, loss: Double, top1: Double)) -> Double
    )
      -> Markup
    {
      LineChart(
        description: "\(title) of each epoch: "
          + shown.map { "\($0.name) ends at \(format.text(value($0.epochs[$0.epochs.count - 1]), among: [0.001]))" }
          .joined(separator: ", "),
        labels: LineChart.Labels(x: "epoch", y: title, yFormat: format),
        series: shown.map { curve in
          LineChart.Series(
            name: curve.name + (severalSeeds && curves.count <= LineChart.kinds ? ", seed \(curve.seed)" : ""),
            points: curve.epochs.map { LineChart.Point(x: Double($0.epoch), y: value($0)) })
        }, marks: .none
      ).markup
    }
    let left = curves.count - shown.count
    let note = left > 0 ? " The other \(left == 1 ? "training is" : "\(left) trainings are") in log.jsonl." : ""
    return """
      <section aria-labelledby="training">
      <h2 id="training">Training</h2>
      <div class="charts">
      \(figure("Loss.", "The mean training loss of each epoch.\(note)", chart("training loss", .number, \.loss)))\
      \(figure("Training accuracy.", "Of the augmented images, before each step.", chart("training Top-1", .percent, \.top1)))</div>
      </section>

      """
  }
}
