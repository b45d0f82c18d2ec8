internal import Foundation

/// Pairs of precision and recall of one discrete distribution with respect to another (PRD): Sajjadi et al. 2018,
/// "Assessing Generative Models via Precision and Recall" (arXiv:1806.00035), algorithm 1.
package struct PrecisionRecallCurve: Codable, Sendable, Equatable {
  /// α at each angle, of the evaluated distribution.
  package var precision: [Double]
  /// β = α / λ, of the reference.
  package var recall: [Double]
  /// For each cluster, real images and samples; of several clusterings those of the first.
  package var clusters: [[Int]] = []

  /// The angles stop so far from 0 and from 90°, as in the authors' code: there λ is 10⁻¹⁰ and 10¹⁰.
  private static let margin = 1e-10

  package init(precision: [Double], recall: [Double], clusters: [[Int]] = []) {
    self.precision = precision
    self.recall = recall
    self.clusters = clusters
  }

  /// - Parameters:
  ///   - evaluated: the probabilities of the generator's samples over the clusters.
  ///   - reference: those of the real images.
  package init(evaluated: [Double], reference: [Double], angles: Int = 1001) {
    precondition(evaluated.count == reference.count && angles > 2, "both distributions are over the same clusters")
    let slopes = (0..<angles).map { index in
      tan(Self.margin + (.pi / 2 - 2 * Self.margin) * Double(index) / Double(angles - 1))
    }
    let alpha = slopes.map { slope in zip(evaluated, reference).reduce(0) { $0 + min(slope * $1.1, $1.0) } }
    precision = alpha.map { min(max($0, 0), 1) }
    recall = zip(alpha, slopes).map { min(max($0 / $1, 0), 1) }
  }

  /// The mean of curves, angle by angle.
  package static func mean(_ curves: [PrecisionRecallCurve]) -> PrecisionRecallCurve {
    let n = Double(curves.count)
    func average(_ values: (PrecisionRecallCurve) -> [Double]) -> [Double] {
      (curves.first.map(values) ?? []).indices.map { index in curves.reduce(0) { $0 + values($1)[index] } / n }
    }
    return PrecisionRecallCurve(precision: average(\.precision), recall: average(\.recall))
  }

  /// The largest F_β over the curve: recall counts β times as much as precision.
  package func largestScore(beta: Double) -> Double {
    let squared = beta * beta
    return zip(precision, recall).reduce(0) { best, pair in
      max(best, (1 + squared) * pair.0 * pair.1 / (squared * pair.0 + pair.1 + 1e-10))
    }
  }
}
