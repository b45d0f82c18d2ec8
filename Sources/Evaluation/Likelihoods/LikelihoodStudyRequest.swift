internal import Foundation
internal import Metrics

/// What `cas study` is asked: which models, by which extractors and metrics.
package struct LikelihoodStudyRequest: Codable, Equatable, Sendable {
  /// An extractor of features.
  package struct Extractor: Codable, Equatable, Sendable {
    /// `pixels`, or a name of `FeatureNetwork`.
    package let name: String
    /// The file of its weights; nil for `own` and `pixels`.
    package let weights: String?

    package static let pixels = "pixels"
  }

  package var real: String
  package var realTrain: String?
  package var synthetic: [NamedPath]
  package var likelihoods: String
  package var unit = LikelihoodTable.Unit.nats
  /// Numbers of an image, to which bits per dimension refer; nil for its pixels times its channels.
  package var dimensions: Int?
  /// Empty for the default: `own` where there are two classes, and `pixels`.
  package var extractors: [Extractor] = []
  /// Names of metrics as `cas metrics` takes them.
  package var metrics: [String]
  /// Whether a classifier is trained on the samples of every point.
  package var score = false
  package var seed: UInt64 = 0
  package var allowMissingClasses = false

  package static let usualMetrics = [
    "fid", "fid-infinity", "kid", "prd", "precision-recall", "density-coverage", "s", "is", "is-infinity",
  ]

  package init(real: String, synthetic: [NamedPath], likelihoods: String) {
    self.real = real
    self.synthetic = synthetic
    self.likelihoods = likelihoods
    metrics = Self.usualMetrics
  }

  /// The values of `--features`: `own`, `pixels`, or NAME=FILE with the weights.
  ///
  /// - Throws: `UsageError`.
  package static func extractors(_ values: [String]) throws -> [Extractor] {
    let found = try values.map { value -> Extractor in
      let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts[0] != Extractor.pixels || parts.count > 1 else {
        return Extractor(name: Extractor.pixels, weights: nil)
      }
      let network = try FeatureNetwork(name: parts[0])
      guard parts.count > 1 || network == .own else { throw UsageError.noWeights(features: parts[0]) }
      return Extractor(name: parts[0], weights: parts.count > 1 ? NamedPath.absolute(parts[1]) : nil)
    }
    if let twice = found.indices.first(where: { index in found[..<index].contains { $0.name == found[index].name } }) {
      throw UsageError.repeatedExtractor(found[twice].name)
    }
    return found
  }

  /// The settings of the metrics: no slow intervals, and one split of the Inception Score, as its critics ask for.
  var metricsRequest: MetricsRequest {
    var request = MetricsRequest()
    request.metrics = metrics
    request.seed = seed
    request.splits = 1
    request.intervals = false
    return request
  }

  /// - Throws: `UsageError` for a metric that there is none of or that needs training images.
  package func check() throws {
    try metricsRequest.check()
    if try families().contains(.memorisation) {
      throw UsageError.metricOutsideStudy(MetricFamily.memorisation.name)
    }
  }

  func families() throws -> [MetricFamily] {
    let families = try metricsRequest.families() ?? []
    // Both come from the same balls and would be computed twice.
    return families.contains(.precisionRecall) ? families.filter { $0 != .densityCoverage } : families
  }
}
