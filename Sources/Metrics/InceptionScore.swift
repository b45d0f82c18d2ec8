internal import Foundation
package import Kernels
package import Randomness

/// The Inception Score of Salimans et al. 2016 (arXiv:1606.03498): the exponential of the mean divergence of p(y|x) from
/// p(y), averaged over equal splits of the images.
///
/// Drawback: it is hard to compare. It depends on the classifier's weights, on the number of images and of
/// splits, and on their order, for which the images are shuffled first. S(G) is the same without splits and exponential.
package struct InceptionScore: Sendable, Equatable {
  package let value: Double
  /// Over splits, with their number as divisor, as torch-fidelity prints it.
  package let deviation: Double
  /// Of each split.
  package let scores: [Double]

  /// 95 %, Student's over splits; nil for one split.
  package var interval: Interval? { Interval.student(scores) }
}

extension InceptionScore {
  /// - Parameters:
  ///   - splits: image i goes to the split i · splits / N, so that no image is left out.
  ///   - shuffle: draws the order of the images; nil takes them as they stand.
  /// - Throws: `MetricError`, and what reading the probabilities throws.
  package init(_ classifier: ClassProbabilities, splits: Int, shuffle: RandomStream?, pool: ThreadPool) throws {
    precondition(splits > 0, "there is at least one split")
    let count = classifier.count
    guard count >= splits else {
      throw MetricError.tooFew(metric: "an Inception Score of \(splits) splits", rows: count, needed: splits)
    }
    var stream = shuffle
    let order = stream?.permutation(of: count) ?? Array(0..<count)
    scores = try (0..<splits).map { split in
      let rows = Array(order[split * count / splits..<(split + 1) * count / splits]).sorted()
      return exp(try Self.information(classifier.selecting(rows), pool))
    }
    let mean = scores.reduce(0, +) / Double(splits)
    value = mean
    deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(splits)).squareRoot()
  }

  /// H(y) − H(y|x) in nats.
  static func information(_ classifier: ClassProbabilities, _ pool: ThreadPool) throws -> Double {
    let (sums, conditional) = try classifier.sums(pool)
    let n = Double(classifier.count)
    return max(0, entropy(sums, total: n) - conditional / n)
  }

  /// IS∞: the limit of the score in one split for infinitely many images.
  ///
  /// - Throws: `MetricError`, and what reading the probabilities throws.
  package static func extrapolated(
    _ classifier: ClassProbabilities, stream: RandomStream, pool: ThreadPool
  ) throws -> Extrapolation {
    let sizes = try Extrapolation.sizes(upTo: classifier.count, metric: "IS∞")
    let values = try sizes.enumerated().map { point, size in
      let rows = Extrapolation.subset(size, below: classifier.count, stream: stream.split(point))
      return exp(try information(classifier.selecting(rows), pool))
    }
    return Extrapolation(sizes: sizes, values: values)
  }
}
