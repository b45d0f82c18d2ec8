package import Kernels
package import Randomness

extension FrechetDistance {
  /// The distance to the other side's Gaussian without each of twenty seeded parts of a set.
  ///
  /// - Throws: `MetricError`, and what reading the features throws.
  package static func withoutParts(
    of features: any FeatureSource, statistics: FeatureStatistics, to other: GaussianRoot, stream: RandomStream,
    pool: ThreadPool
  ) throws -> [Double] {
    let groups = min(Jackknife.groups, features.rows / 2)
    guard groups > 1 else { return [] }
    let division = Jackknife.division(of: features.rows, groups: groups, stream: stream)
    var result = [Double](repeating: .nan, count: groups)
    try result.withUnsafeMutableBufferPointer { result in
      nonisolated(unsafe) let result = result
      try pool.runThrowing(chunks: groups) { group, _ in
        let rows = division.indices.filter { division[$0] == group }
        let part = try FeatureStatistics(SelectedFeatures(features, rows: rows), on: .caller)
        if let rest = statistics.removing(part) { result[group] = try approximate(other, rest) }
      }
    }
    return result
  }
}

/// A score that depends on the number of images N as a + b / N, and its limit a for infinitely many images.
///
/// Chong and Forsyth 2020, "Effectively Unbiased FID and Inception Score and where to find them" (arXiv:1911.07023).
/// Unlike their code, every subset is drawn independently from a seeded stream, and the fit reports its R².
package struct Extrapolation: Sendable, Equatable {
  package let sizes: [Int]
  package let values: [Double]
  /// Of the values over 1 / size.
  package let fit: LinearFit

  package static let points = 15
  /// The smallest subset, if there are enough images.
  package static let leastSize = 5000

  /// Fifteen sizes from 5,000, or from half of the images if that is less, to all of them.
  ///
  /// - Throws: `MetricError.tooFew`.
  package static func sizes(upTo count: Int, metric: String) throws -> [Int] {
    let least = min(leastSize, count / 2)
    guard least >= 2, count - least >= points - 1 else {
      throw MetricError.tooFew(metric: metric, rows: count, needed: 2 * points - 3)
    }
    return (0..<points).map { least + Int(Double(count - least) * Double($0) / Double(points - 1)) }
  }

  /// Of two different sizes at least.
  package init(sizes: [Int], values: [Double]) {
    guard let fit = LinearFit(sizes.map { 1 / Double($0) }, values) else {
      preconditionFailure("a line needs two different sizes")
    }
    self.sizes = sizes
    self.values = values
    self.fit = fit
  }

  /// The ratio of the limit's variance over images to the variance of the value over all N images.
  ///
  /// To first order each value is a mean over its subset, and the limit is their sum with weights w that add up to 1; an
  /// image that is in the subset of n with probability n / N then counts for Σ w N / n of those that it is in. What this
  /// leaves out: what the images outside of a mean do to each other.
  package var inflation: Double {
    let x = sizes.map { 1 / Double($0) }
    let mean = x.reduce(0, +) / Double(x.count)
    let spread = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let whole = Double(sizes.max() ?? 1)
    return zip(sizes, x).reduce(1) { sum, point in
      let weight = 1 / Double(x.count) - mean * (point.1 - mean) / spread
      return sum + weight * weight * (whole / Double(point.0) - 1)
    }
  }

  /// `count` different numbers below `bound`, ascending.
  static func subset(_ count: Int, below bound: Int, stream: RandomStream) -> [Int] {
    var stream = stream
    var chosen = Array(0..<bound)
    for place in 0..<count { chosen.swapAt(place, place + stream.nextInteger(below: bound - place)) }
    return chosen[..<count].sorted()
  }
}

extension FrechetDistance {
  /// FID∞: the limit of the distance of a set to `other` for infinitely many images of the set.
  ///
  /// - Throws: `MetricError`, and what reading the features throws.
  package static func extrapolated(
    _ features: any FeatureSource, to other: GaussianRoot, stream: RandomStream, pool: ThreadPool
  ) throws -> Extrapolation {
    try checkColumns(features.columns, other.columns)
    let sizes = try Extrapolation.sizes(upTo: features.rows, metric: "FID∞")
    var values = [Double](repeating: .nan, count: sizes.count)
    try values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      // The large ones first, so that no thread ends with a large one alone.
      try pool.runThrowing(chunks: sizes.count) { chunk, _ in
        let point = sizes.count - 1 - chunk
        let rows = Extrapolation.subset(sizes[point], below: features.rows, stream: stream.split(point))
        let statistics = try FeatureStatistics(SelectedFeatures(features, rows: rows), on: .caller)
        values[point] = try approximate(other, statistics)
      }
    }
    return Extrapolation(sizes: sizes, values: values)
  }
}
