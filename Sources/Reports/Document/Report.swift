package import Metrics

/// What one run computed: the content of `report.json`. The keys are described in `docs/report.md`.
package typealias Report = AttributedDocument<RunFindings, MachineDescription, DataSection>

/// The numbers of a run.
package struct RunFindings: Codable, Sendable, Equatable {
  /// Sentences about how the sets go together and were drawn; null in reports of earlier versions.
  @ExplicitNull package var warnings: [String]?
  package var results: [ResultEntry]
  /// Accuracy against the number of images, of each set and of the real images; null but for `cas curve`.
  @ExplicitNull package var curves: [LearningCurve]?
  /// Of Top-1 with each metric, over the sets of samples; null without `--metrics` or for fewer than four sets.
  @ExplicitNull package var correlations: [CorrelationEntry]?

  package init(results: [ResultEntry], curves: [LearningCurve]? = nil) {
    self.results = results
    self.curves = curves
    warnings = []
    correlations = nil
  }
}

extension Report {
  /// The results that answer the run's question: all but the baselines and GAN-tests, or these where there is nothing
  /// else.
  package var mainResults: [ResultEntry] {
    let others = findings.results.filter { $0.kind != .baseline && $0.kind != .ganTest }
    return others.isEmpty ? findings.results : others
  }

  /// The metrics of all results, in their order.
  package var metricNames: [String] {
    mainResults.flatMap { $0.metrics ?? [] }.map(\.name).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
  }

  /// The GAN-test of a result's set, where there is one.
  package func ganTest(of result: ResultEntry) -> ResultEntry? {
    findings.results.first { $0.kind == .ganTest && $0.name == result.name && result.kind == .cas }
  }

  /// The result that `result` is compared with.
  package func baseline(of result: ResultEntry) -> ResultEntry? {
    result.baseline.flatMap { name in findings.results.first { $0.name == name && $0.kind == .baseline } }
  }
}
