package import Metrics

/// What `cas metrics` was asked to compute, apart from the sets.
package struct MetricsRequest: Codable, Equatable, Sendable {
  /// Names of `MetricFamily`; nil for those that the sets allow among the usual ones.
  package var metrics: [String]?
  /// Of everything that is drawn: splits, subsets, clusterings, parts.
  package var seed: UInt64 = 0
  /// Splits of the Inception Score.
  package var splits = 10
  /// The neighbour that a ball reaches to.
  package var neighbours = 5
  /// Whether a point at the very radius lies in the ball: `inclusive` or `exclusive`.
  package var tie = Manifold.Tie.inclusive.rawValue
  package var kidSubsets = 100
  package var kidSubsetSize = 1000
  package var perClass = false
  /// Whether intervals that cost much time are computed (FID's).
  package var intervals = true

  package init() {}
}

extension MetricsRequest {
  /// The names of a list that commas separate.
  package static func names(_ list: String) -> [String] {
    list.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
  }

  static let all = "all"

  /// The families that were asked for; nil where that was left open.
  ///
  /// - Throws: `UsageError` with the nearest right word.
  package func families() throws -> [MetricFamily]? {
    guard let metrics else { return nil }
    let named = try metrics.filter { $0 != Self.all }.map { name in
      if let family = MetricFamily(rawValue: name) ?? Self.aliases[name] { return family }
      let known = MetricFamily.allCases.map(\.rawValue)
      throw UsageError.unknownMetric(
        name, nearest: name.isEmpty ? nil : Spelling.nearest(to: name, in: known + Self.aliases.keys), known: known)
    }.reduce(into: [MetricFamily]()) { if !$0.contains($1) { $0.append($1) } }
    return metrics.contains(Self.all) ? MetricFamily.allCases : named
  }

  private static let aliases: [String: MetricFamily] = [
    "precision": .precisionRecall, "recall": .precisionRecall, "density": .densityCoverage,
    "coverage": .densityCoverage,
    "memorization": .memorisation, "authenticity": .memorisation,
  ]

  /// - Throws: `UsageError` for a setting out of its range.
  package func check() throws {
    func require(_ option: String, _ value: Int, _ range: ClosedRange<Int>) throws {
      guard range.contains(value) else { throw UsageError.outOfRange(option, range) }
    }
    try require("--splits", splits, 1...10_000)
    try require("--neighbours", neighbours, 1...1000)
    try require("--kid-subsets", kidSubsets, 1...100_000)
    try require("--kid-subset-size", kidSubsetSize, 2...100_000)
    guard Manifold.Tie(rawValue: tie) != nil else { throw UsageError.wrongTie }
    _ = try families()
  }
}
