extension HTMLPage {
  /// The metrics beside the score, and whether they say the same.
  var metricsSection: Markup {
    let measured = report.mainResults.filter { $0.metrics?.isEmpty == false }
    guard !measured.isEmpty else { return "" }
    let section = MetricsSection(
      rows: measured.map {
        MetricsSection.Row(label: $0.label, top1: $0.top1?.value, metrics: $0.metrics ?? [], prd: $0.prd)
      },
      note: """
        Of the samples against the real test images, by the features of a network trained on the real training images.
        """)
    return """
      <section aria-labelledby="metrics">
      <h2 id="metrics">Metrics beside the score</h2>
      \(section.table)\(report.correlations.map(MetricsSection.correlations) ?? "")\(section.charts)</section>

      """
  }
}
