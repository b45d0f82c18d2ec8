internal import Metrics

/// The options of `cas metrics`, without the sets.
package struct MetricsRequest: Codable, Equatable, Sendable {
  /// Names of `MetricFamily`; nil for the default ones that the sets allow.
  package var metrics: [String]?
  /// The seed of all random draws: splits, subsets, clusterings, parts.
  package var seed: UInt64 = 0
  /// The number of splits of the Inception Score.
  package var splits = 10
  /// k of the k-th neighbour that a ball reaches to.
  package var neighbours = 5
  /// Whether a point exactly at the radius is inside the ball: `inclusive` or `exclusive`.
  package var tie = Manifold.Tie.inclusive.rawValue
  package var kidSubsets = 100
  package var kidSubsetSize = 1000
  /// How PRD clusters: `minibatch` or `full`.
  package var clusters = ClusteredPrecisionRecall.Settings.Method.minibatch.rawValue
  package var prdClusters = 20
  package var prdRuns = 10
  package var perClass = false
  /// Whether slow intervals are computed (FID's).
  package var intervals = true

  package init() {}
}

extension MetricsRequest {
  /// The names in a comma-separated list.
  package static func names(_ list: String) -> [String] {
    list.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
  }

  static let all = "all"

  /// The requested families; nil for the default.
  ///
  /// - Throws: `UsageError` with the nearest right word.
  package func families() throws -> [MetricFamily]? {
    guard let metrics else { return nil }
    let named = try metrics.filter { $0 != Self.all }.map { name in
      if let family = MetricFamily.named(name) { return family }
      let known = MetricFamily.all.map(\.name)
      let words = known + MetricFamily.all.flatMap(\.aliases)
      throw UsageError.unknownMetric(
        name, nearest: name.isEmpty ? nil : Spelling.nearest(to: name, in: words), known: known)
    }.reduce(into: [MetricFamily]()) { if !$0.contains($1) { $0.append($1) } }
    return metrics.contains(Self.all) ? MetricFamily.all : named
  }

  /// - Throws: `UsageError` for a setting out of its range.
  package func check() throws {
    func require(_ option: String, _ value: Int, _ range: ClosedRange<Int>) throws {
      guard range.contains(value) else { throw UsageError.outOfRange(option, range) }
    }
    try require("--splits", splits, 1...10_000)
    try require("--neighbours", neighbours, 1...1000)
    try require("--kid-subsets", kidSubsets, 1...100_000)
    try require("--kid-subset-size", kidSubsetSize, 2...100_000)
    try require("--prd-clusters", prdClusters, 2...1000)
    try require("--prd-runs", prdRuns, 1...1000)
    guard ClusteredPrecisionRecall.Settings.Method(rawValue: clusters) != nil else { throw UsageError.wrongClusters }
    guard Manifold.Tie(rawValue: tie) != nil else { throw UsageError.wrongTie }
    _ = try families()
  }
}
