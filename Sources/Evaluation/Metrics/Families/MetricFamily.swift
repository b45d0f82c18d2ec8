internal import Metrics

/// A metric of `cas metrics`, or several that come of one computation. Each is declared in a file of its own beside this
/// one; `all` is the list of them.
package struct MetricFamily: Sendable {
  /// As it is asked for.
  package let name: String
  /// One line for people.
  package let summary: String
  /// Other names of it, those of its numbers among them.
  var aliases: [String] = []
  /// Whether it needs a classifier's output instead of features.
  var needsProbabilities = false
  /// Whether reference statistics (mean and covariance) are enough for the real side.
  var acceptsStatistics = false
  /// Whether the real side may be the generator's training images alone.
  var acceptsTraining = false
  /// Whether it is computed where nothing was asked for.
  var isStandard = true
  /// Whether `--per-class` repeats it for every class.
  var isRepeatedPerClass = false
  /// - Throws: `MetricError` where it is not defined for the sets, and what reading throws.
  let compute: @Sendable (SetMetrics) throws -> Found

  /// What came of it.
  struct Found {
    var entries: [MetricEntry] = []
    var curves: [MetricCurve] = []
    var prd: PrecisionRecallCurve?
    var suspects: [Memorisation.Suspect] = []
  }
}

extension MetricFamily {
  /// In the order in which they are listed and computed.
  package static let all: [MetricFamily] = [
    .fid, .fidInfinity, .kid, .kidSubsets, .precisionRecall, .densityCoverage, .prd, .memorisation, .information,
    .inceptionScore, .inceptionScoreInfinity,
  ]

  /// Those that are computed where nothing was asked for.
  static let standard = all.filter(\.isStandard)

  /// The one of this name, or that has it among its other names.
  static func named(_ name: String) -> MetricFamily? { all.first { $0.name == name || $0.aliases.contains(name) } }
}

extension MetricFamily: Equatable {
  package static func == (one: MetricFamily, other: MetricFamily) -> Bool { one.name == other.name }
}
