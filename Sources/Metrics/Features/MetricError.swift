/// Why a metric has no value for these features.
package enum MetricError: Error, Equatable, Sendable {
  /// A feature that is no finite number, at a row and a column.
  case notFinite(row: Int, column: Int)
  /// A row whose distances do not fit into single precision.
  case tooLarge(row: Int)
  /// More features than a covariance is computed of.
  case tooManyFeatures(Int)
  /// Fewer rows than the metric is defined for.
  case tooFew(metric: String, rows: Int, needed: Int)
  /// The two sides have another number of features.
  case columnsDiffer(Int, Int)
  /// Probabilities or logits that are none, at a row.
  case notProbabilities(row: Int, sum: Double)
  /// A negative number where a probability should be, at a row.
  case negative(row: Int, value: Double)
  /// LAPACK's iteration did not end.
  case noConvergence
}

extension MetricError {
  /// Whether it is about how much there is, so that other metrics of the same features may be defined.
  package var isOfSize: Bool {
    switch self {
    case .tooFew, .tooManyFeatures, .noConvergence: true
    case .notFinite, .tooLarge, .columnsDiffer, .notProbabilities, .negative: false
    }
  }
}

extension MetricError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFinite(let row, let column):
      "the feature in row \(row), column \(column) is not a finite number of single precision"
    case .tooLarge(let row): "the features in row \(row) are too large (above 10^18)"
    case .tooManyFeatures(let columns):
      "a covariance of \(columns) features is too large; \(FeatureStatistics.largestColumns) are the most"
    case .tooFew(let metric, let rows, let needed):
      "\(metric) needs at least \(needed) rows, and there \(rows == 1 ? "is 1" : "are \(rows)")"
    case .columnsDiffer(let first, let second):
      "one side has \(first) features an image and the other \(second); both must come from the same extractor"
    case .notProbabilities(let row, let sum):
      sum.isFinite
        ? "row \(row) holds no probabilities: they add up to \(sum)"
        : "row \(row) holds a probability or logit that is not a finite number"
    case .negative(let row, let value): "row \(row) holds no probabilities: one of them is \(value)"
    case .noConvergence: "the decomposition of the covariance did not converge"
    }
  }
}
