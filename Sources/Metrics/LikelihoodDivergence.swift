internal import Foundation

/// The Kullback-Leibler divergence KL(p‖q) of a density q from p, estimated on images drawn from p: the mean of
/// log p(x) − log q(x).
///
/// Betzalel et al. 2022 (arXiv:2206.10935) take the images of a data set of known likelihood for KL(data‖model), and the
/// model's samples for the reverse, KL(model‖data) (RKL). Each is unbiased on its own images; neither can be had from the
/// other's by weights without a large variance. Where log q is only a lower bound (a variational model), KL is an upper
/// bound.
package struct LikelihoodDivergence: Codable, Sendable, Equatable {
  /// Nats an image; infinite where q gives an image no chance. May be below 0 by chance, as the divergence itself never is.
  package let value: Double
  /// Of the estimate, by the jackknife over images, in nats²: (n − 1) / n · Σ (x̄₋ᵢ − x̄)², which for a mean is s² / n.
  /// Nil for one image, and for an infinite value.
  package let variance: Double?
  /// The images.
  package let count: Int

  /// 95 %, by Student's distribution; nil without a variance.
  package var interval: Interval? {
    variance.map { variance in
      let half = studentQuantile(confidence: 0.95, degrees: count - 1) * variance.squareRoot()
      return Interval(low: value - half, high: value + half)
    }
  }

  /// - Parameters:
  ///   - own: log p of each image, in nats.
  ///   - other: log q of the same images, in nats.
  /// - Throws: `MetricError.tooFew` without an image; `MetricError.notFinite` with the row, and the column 0 for `own` and 1
  ///   for `other`. Only `other` may be −∞.
  package init(own: [Double], other: [Double]) throws {
    precondition(own.count == other.count, "both likelihoods are of the same images")
    guard !own.isEmpty else { throw MetricError.tooFew(metric: "a divergence", rows: 0, needed: 1) }
    for (row, (p, q)) in zip(own, other).enumerated() {
      guard p.isFinite else { throw MetricError.notFinite(row: row, column: 0) }
      guard q.isFinite || q == -.infinity else { throw MetricError.notFinite(row: row, column: 1) }
    }
    let ratios = zip(own, other).map { $0 - $1 }
    let n = Double(ratios.count)
    let sum = ratios.reduce(0, +)
    value = sum / n
    count = ratios.count
    // Leaving image i out moves the mean by (x̄ − xᵢ) / (n − 1).
    guard ratios.count > 1, sum.isFinite else {
      variance = nil
      return
    }
    let mean = value
    variance = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) / n
  }

  /// Nats an image as bits per dimension, of which an image has `dimensions` (pixels times channels, or tokens).
  package static func bitsPerDimension(_ nats: Double, dimensions: Int) -> Double {
    nats / log(2) / Double(dimensions)
  }
}
