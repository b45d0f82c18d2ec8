internal import Foundation
internal import Kernels
internal import Metrics
internal import Randomness
package import Reports

/// Demonstrations of what metrics do and do not see (`cas metrics --demonstrate`).
package struct MetricsDemonstration {
  package enum Name: String, Sendable, CaseIterable {
    case splits
    case sampleSize = "sample-size"
    case oneDimensional = "one-dimensional"
    case modes
    case gaussianity

    /// One line for people.
    package var summary: String {
      switch self {
      case .splits: "the Inception Score against the number of splits, of shuffled and of sorted samples"
      case .sampleSize:
        "FID, KID, the Inception Score and S(G) against the number of samples: the bias of FID and of the Inception Score"
      case .oneDimensional: "generators of numbers that score higher than the real numbers"
      case .modes: "PRD of the first half of the classes against the first 1, 2, … classes"
      case .gaussianity: "tests of normality of features on random directions, with a Q-Q plot"
      }
    }
  }

  private let seed: UInt64
  let pool: ThreadPool
  let events: RunEvents

  package init(seed: UInt64, machine: Machine, events: RunEvents) {
    self.seed = seed
    pool = machine.processor.pool
    self.events = events
  }

  /// Runs `body` and adds the file of a user's set to its errors.
  func naming<Value>(_ set: FeatureSet?, _ body: () throws -> Value) throws -> Value {
    try set.map { try FeatureSetError.naming($0, body) } ?? body()
  }

  func stream(_ purpose: StaticString) -> RandomStream { RandomStream(seed: seed, purpose: purpose) }

  /// - Parameter sets: the user's; nil for built-in ones, if the demonstration has them.
  /// - Throws: `UsageError` if it has none, `FeatureSetError`, and what reading throws.
  package func run(_ name: Name, _ sets: MetricsStudy.Sets?) throws -> DemonstrationDocument {
    // Before parts are drawn, which change the row numbers.
    for set in sets.map({ [$0.real] + $0.synthetic }) ?? [] {
      guard let features = set.features else { continue }
      _ = try FeatureSetError.naming(set) { try FeatureInspection(features, pool: pool) }
    }
    switch name {
    case .splits: return try splits(sets)
    case .sampleSize: return try sampleSize(sets)
    case .oneDimensional: return oneDimensional()
    case .modes: return try modes(sets)
    case .gaussianity: return try gaussianity(sets)
    }
  }
}

extension MetricsDemonstration {
  private func oneDimensional() -> DemonstrationDocument {
    var document = DemonstrationDocument(
      Name.oneDimensional.rawValue,
      title: "Inception Scores of generators of numbers, judged by a perfect classifier", rowTitle: "Generator",
      columns: [.init("variance 2", decimals: 3), .init("deviation 2", decimals: 3)])
    let examples = [OneDimensionalExample(variance: 2), OneDimensionalExample(variance: 4)]
    for (title, generators) in [
      ("the real distribution", [.real, .real]),
      ("uniform from −100 to 100", [.uniform(-100...100), .uniform(-100...100)]),
      ("normal, variance 20", [.normal(variance: 20), .normal(variance: 20)]),
      ("normal, deviation 20", [.normal(variance: 400), .normal(variance: 400)]),
      ("plus and minus infinity", [.infinities, .infinities]),
    ] as [(String, [OneDimensionalExample.Generator])] {
      document.rows.append(.init(title, zip(examples, generators).map { $0.inceptionScore($1) }))
    }
    document.notes = [
      "Real numbers are an equal mix of N(−1, 2) and N(1, 2); the paper does not say whether 2 is the variance or the "
        + "deviation, so both are shown. The highest score possible is 2: every generator here beats the real "
        + "distribution, and the farther it is from it the more."
    ]
    return document
  }

  private func splits(_ sets: MetricsStudy.Sets?) throws -> DemonstrationDocument {
    let given = sets?.synthetic.first
    if let given, given.probabilities == nil {
      throw UsageError.nothingToSplit(given.path)
    }
    let classifier = given?.probabilities ?? Self.certainAnswers(perClass: 500, classes: 10)
    var document = DemonstrationDocument(
      Name.splits.rawValue,
      title: "Inception Score of \(given?.name ?? "ten certain classes, sorted") against the number of splits",
      rowTitle: "Splits",
      columns: [
        .init("in their order", decimals: 4, isDrawn: true), .init("shuffled", decimals: 4, isDrawn: true),
        .init("deviation", decimals: 4),
      ])
    for splits in [1, 2, 5, 10, 20, 50, 100, 200] where splits * 10 <= classifier.count {
      let (ordered, shuffled) = try naming(given) {
        (
          try InceptionScore(classifier, splits: splits, shuffle: nil, pool: pool),
          try InceptionScore(classifier, splits: splits, shuffle: stream("splits"), pool: pool)
        )
      }
      document.rows.append(.init(String(splits), [ordered.value, shuffled.value, shuffled.deviation]))
    }
    let score = try naming(given) { try InformationScore(classifier, pool: pool) }
    document.notes = [
      String(
        format:
          "More splits lower the score, because each has fewer samples; sorted samples ruin it. S(G) has no splits: "
          + "%.4f nats, which is the logarithm of the score in one split.", score.value)
    ]
    return document
  }

  /// The output of a classifier that is certain of every image, class by class.
  private static func certainAnswers(perClass: Int, classes: Int) -> ClassProbabilities {
    let rows = perClass * classes
    let values = (0..<rows * classes).map { $0 % classes == $0 / classes / perClass ? Float(1) : 0 }
    return ClassProbabilities(FeatureMatrix(rows: rows, columns: classes, values: values), kind: .probabilities)
  }

  private func gaussianity(_ sets: MetricsStudy.Sets?) throws -> DemonstrationDocument {
    guard let set = sets?.synthetic.first ?? sets?.real, let features = set.features else {
      throw UsageError.nothingToTest
    }
    let found = try FeatureSetError.naming(set) { try Gaussianity(features, stream: stream("gaussianity"), pool: pool) }
    var document = DemonstrationDocument(
      Name.gaussianity.rawValue,
      title: "Normality of the features of \(set.name): Q-Q plot of the worst of \(found.projections.count) directions",
      rowTitle: "normal quantile", columns: [.init("observed", decimals: 3, isDrawn: true)])
    document.hasDiagonal = true
    document.rows = found.quantiles.map { .init(String(format: "%.3f", $0.normal), [$0.observed]) }
    let p = found.projections.map(\.pValue)
    document.notes = [
      String(
        format:
          "%d of %d random directions differ from a normal distribution at p < 0.05 (D'Agostino and Pearson, n = %d); "
          + "median p %.3g, median |skewness| %.3f, median |excess kurtosis| %.3f.", found.rejected, p.count,
        found.count,
        median(p), median(found.projections.map { abs($0.skewness) }),
        median(found.projections.map { abs($0.excessKurtosis) })),
      "With many images every small deviation is significant; look at the sizes.",
    ]
    return document
  }
}
