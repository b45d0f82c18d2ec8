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
  /// - Throws: `UsageError.message` with the nearest right word.
  package func families() throws -> [MetricFamily]? {
    guard let metrics else { return nil }
    let named = try metrics.filter { $0 != Self.all }.map { name in
      if let family = MetricFamily(rawValue: name) ?? Self.aliases[name] { return family }
      let known = MetricFamily.allCases.map(\.rawValue)
      let nearest =
        name.isEmpty ? nil : Spelling.nearest(to: name, in: known + Self.aliases.keys).map { " Did you mean \($0)?" }
      throw UsageError.message(
        "There is no metric \(name.isEmpty ? "without a name" : name).\(nearest ?? "") The metrics are \(known.joined(separator: ", "))."
      )
    }.reduce(into: [MetricFamily]()) { if !$0.contains($1) { $0.append($1) } }
    return metrics.contains(Self.all) ? MetricFamily.allCases : named
  }

  private static let aliases: [String: MetricFamily] = [
    "precision": .precisionRecall, "recall": .precisionRecall, "density": .densityCoverage,
    "coverage": .densityCoverage,
    "memorization": .memorisation, "authenticity": .memorisation,
  ]

  /// - Throws: `UsageError.message` for a setting out of its range.
  package func check() throws {
    func require(_ condition: Bool, _ text: String) throws { if !condition { throw UsageError.message(text) } }
    try require((1...10_000).contains(splits), "--splits takes 1 to 10,000.")
    try require((1...1000).contains(neighbours), "--neighbours takes 1 to 1,000.")
    try require((1...100_000).contains(kidSubsets), "--kid-subsets takes 1 to 100,000.")
    try require((2...100_000).contains(kidSubsetSize), "--kid-subset-size takes 2 to 100,000.")
    try require(Manifold.Tie(rawValue: tie) != nil, "--tie takes inclusive or exclusive.")
    _ = try families()
  }
}
