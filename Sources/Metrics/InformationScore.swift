internal import Foundation
package import Kernels

/// S(G), the Inception Score as Barratt and Sharma 2018 (arXiv:1801.01973, section 4) repair it: the mutual information
/// of image and class, H(y) − H(y|x), over all images at once, without splits and without the exponential.
package struct InformationScore: Sendable, Equatable {
  /// Nats.
  package let value: Double
  /// H(y), the entropy of the mean probabilities: how evenly the classes are drawn. Nats.
  package let marginalEntropy: Double
  /// H(y|x), the mean entropy of a row: how uncertain the classifier is about an image. Nats.
  package let conditionalEntropy: Double
  /// The estimate without each image minus the estimate, for its jackknife bias and variance.
  package let bias: Double
  package let variance: Double
  package let count: Int

  /// 95 %, by the jackknife over images, in nats; not shifted by the bias. Nil if no image changes the estimate, which
  /// does not mean certainty.
  package var interval: Interval? {
    variance > Self.rounding ? Interval.normal(value, standardError: variance.squareRoot()) : nil
  }

  /// A variance that is only rounding.
  static let rounding = 1e-24

  package static func bits(_ nats: Double) -> Double { nats / log(2) }
}

extension InformationScore {
  /// - Throws: `MetricError`, and what reading the probabilities throws.
  package init(_ classifier: ClassProbabilities, pool: ThreadPool) throws {
    let count = classifier.count
    guard count > 0 else { throw MetricError.tooFew(metric: "S(G)", rows: 0, needed: 1) }
    let n = Double(count)
    let (sums, conditional) = try classifier.sums(pool)
    let marginal = entropy(sums, total: n)
    let conditionalMean = conditional / n
    // Both entropies have the same rounding; a difference below 0 is a rounding error.
    let score = max(0, marginal - conditionalMean)
    value = score
    marginalEntropy = marginal
    conditionalEntropy = conditionalMean
    self.count = count
    guard count > 1 else {
      (bias, variance) = (0, .nan)
      return
    }
    let classes = classifier.classes
    var without = [Double](repeating: 0, count: count)
    try without.withUnsafeMutableBufferPointer { without in
      nonisolated(unsafe) let without = without
      try classifier.forEachPortion(pool) { _, rows, p, h in
        for (place, row) in rows.enumerated() {
          var rest = 0.0
          for index in 0..<classes {
            let share = (sums[index] - p[place * classes + index]) / (n - 1)
            rest -= share > 0 ? share * log(share) : 0
          }
          without[row] = rest - (conditional - h[place]) / (n - 1)
        }
      }
    }
    let mean = without.reduce(0, +) / n
    bias = (n - 1) * (mean - score)
    variance = Jackknife.variance([without]) ?? .nan
  }
}
