internal import Foundation
package import Kernels
package import Randomness

/// How far features are from the Gaussian that a Fréchet distance assumes. They are projected on random directions, and
/// each projection is tested for normality.
///
/// Betzalel et al. 2022 (arXiv:2206.10935) test Inception's features in this way. The test is D'Agostino and Pearson's K², of
/// skewness and kurtosis together. Drawback: with thousands of images every real deviation is
/// significant, so look at the sizes of skewness and kurtosis, not at p alone.
package struct Gaussianity: Sendable, Equatable {
  package struct Projection: Sendable, Equatable {
    package let skewness: Double
    /// 0 for a normal distribution.
    package let excessKurtosis: Double
    package let pValue: Double
  }

  package let count: Int
  package let projections: [Projection]
  /// Of the projection with the lowest p-value: standardised values at equally spaced ranks, with the normal quantile of
  /// each.
  package let quantiles: [(normal: Double, observed: Double)]

  package var rejected: Int { projections.count { $0.pValue < 0.05 } }

  package static func == (a: Self, b: Self) -> Bool {
    a.count == b.count && a.projections == b.projections && a.quantiles.elementsEqual(b.quantiles) { $0 == $1 }
  }
}

extension Gaussianity {
  package static let smallestCount = 20

  /// - Throws: `MetricError`, and what reading the features throws.
  package init(_ features: any FeatureSource, directions: Int = 100, stream: RandomStream, pool: ThreadPool) throws {
    precondition(directions > 0, "there is at least one direction")
    let (rows, columns) = (features.rows, features.columns)
    guard rows >= Self.smallestCount else {
      throw MetricError.tooFew(metric: "a test of normality", rows: rows, needed: Self.smallestCount)
    }
    let center = try screeningCenter([features])
    var axes = [Double](repeating: 0, count: directions * columns)
    for direction in 0..<directions {
      var part = stream.split(direction)
      for column in 0..<columns { axes[direction * columns + column] = Double(part.nextNormal()) }
    }
    let portions = ranges(of: rows, step: 256)
    var values = [Double](repeating: 0, count: rows * directions)
    try values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      try pool.runThrowing(chunks: portions.count) { chunk, _ in
        let portion = portions[chunk]
        let block = DoubleScratch(portion.count * columns)
        try features.copy(portion, into: block.base)
        center.withUnsafeBufferPointer { subtract($0, from: block.base, rows: portion.count) }
        axes.withUnsafeBufferPointer { axes in
          guard let axes = axes.baseAddress, let target = values.baseAddress else { return }
          multiply(
            DoubleMatrix(block.base, stride: columns), DoubleMatrix(axes, stride: columns, isTransposed: true),
            m: portion.count, n: directions, k: columns, into: target + portion.lowerBound * directions,
            stride: directions)
        }
      }
    }
    let samples = (0..<directions).map { direction in (0..<rows).map { values[$0 * directions + direction] } }
    let tested = samples.map(Self.tested)
    let worst = tested.indices.min { (tested[$0].pValue, $0) < (tested[$1].pValue, $1) } ?? 0
    projections = tested
    count = rows
    quantiles = Self.quantiles(samples[worst])
  }

  /// D'Agostino and Pearson 1973 (Biometrika 60), with the transformations of D'Agostino 1970 for the skewness and of
  /// Anscombe and Glynn 1983 for the kurtosis; SciPy's `normaltest`. A constant sample has p = 0.
  package static func tested(_ values: [Double]) -> Projection {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    func moment(_ power: Int) -> Double {
      values.reduce(0) { sum, value in
        let distance = value - mean
        return sum + (power == 2 ? distance * distance : pow(distance, Double(power)))
      } / n
    }
    let variance = moment(2)
    guard variance > 0 else { return Projection(skewness: 0, excessKurtosis: 0, pValue: 0) }
    let skewness = moment(3) / pow(variance, 1.5)
    let kurtosis = moment(4) / (variance * variance)
    let statistic = pow(skewnessScore(skewness, n), 2) + pow(kurtosisScore(kurtosis, n), 2)
    return Projection(skewness: skewness, excessKurtosis: kurtosis - 3, pValue: exp(-statistic / 2))
  }

  private static func skewnessScore(_ skewness: Double, _ n: Double) -> Double {
    let y = skewness * ((n + 1) * (n + 3) / (6 * (n - 2))).squareRoot()
    let beta = 3 * (n * n + 27 * n - 70) * (n + 1) * (n + 3) / ((n - 2) * (n + 5) * (n + 7) * (n + 9))
    let w = -1 + (2 * (beta - 1)).squareRoot()
    let delta = 1 / (0.5 * log(w)).squareRoot()
    let alpha = (2 / (w - 1)).squareRoot()
    return delta * asinh(y / alpha)
  }

  private static func kurtosisScore(_ kurtosis: Double, _ n: Double) -> Double {
    let expected = 3 * (n - 1) / (n + 1)
    let variance = 24 * n * (n - 2) * (n - 3) / ((n + 1) * (n + 1) * (n + 3) * (n + 5))
    let x = (kurtosis - expected) / variance.squareRoot()
    let beta =
      6 * (n * n - 5 * n + 2) / ((n + 7) * (n + 9)) * (6 * (n + 3) * (n + 5) / (n * (n - 2) * (n - 3))).squareRoot()
    let a = 6 + 8 / beta * (2 / beta + (1 + 4 / (beta * beta)).squareRoot())
    let denominator = 1 + x * (2 / (a - 4)).squareRoot()
    let term = (denominator < 0 ? -1 : 1) * cbrt((1 - 2 / a) / abs(denominator))
    return (1 - 2 / (9 * a) - term) / (2 / (9 * a)).squareRoot()
  }

  private static func quantiles(_ values: [Double]) -> [(normal: Double, observed: Double)] {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
    guard deviation > 0 else { return [] }
    let sorted = values.sorted()
    let points = min(values.count, 99)
    return (0..<points).map { point in
      let rank = Int((Double(point) + 0.5) / Double(points) * n)
      return (
        NormalDistribution.quantile((Double(rank) + 0.5) / n), (sorted[min(rank, sorted.count - 1)] - mean) / deviation
      )
    }
  }
}
