extension HTMLPage {
  /// The metrics beside the score, and whether they say the same.
  var metricsSection: Markup {
    let measured = report.mainResults.filter { $0.metrics?.isEmpty == false }
    guard !measured.isEmpty else { return "" }
    let section = MetricsSection(
      rows: measured.map {
        MetricsSection.Row(
          label: $0.label, top1: $0.top1?.value, metrics: $0.metrics ?? [], prd: $0.prd,
          curves: $0.curves ?? [])
      },
      note: """
        Of the samples against the real test images, by the features of a network trained on \
        \(hasRealTraining ? "the real training images" : "these test images, which it knows better than others").
        """)
    return """
      <section aria-labelledby="metrics">
      <h2 id="metrics">Metrics beside the score</h2>
      \(section.table)\(report.correlations.map(MetricsSection.correlations) ?? "")\(section.charts)</section>

      """
  }

  /// Whether there are real training images, which the network of the features then learns from: also those that a run
  /// without a baseline leaves out of its data, because no classifier learns from them.
  private var hasRealTraining: Bool {
    let real = report.data.real
    // A test set that is one of two splits lies beside a training set.
    return real.train != nil || real.test.split != nil
      || report.config.leaves.contains { $0.path == "inputs.realTrain" && $0.text != "null" }
  }
}
