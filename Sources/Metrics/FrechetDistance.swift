internal import Foundation
package import Kernels
internal import Synchronization

/// A Gaussian with a root of its covariance: a matrix A of `rank` rows with AᵀA = Σ.
package struct GaussianRoot: Sendable {
  package let count: Int?
  package let mean: [Double]
  /// Rows of A.
  package let rank: Int
  /// rank x columns numbers.
  let root: [Double]
  /// The trace of Σ.
  package let trace: Double

  package var columns: Int { mean.count }

  /// Eigenvalues below this fraction of the largest are rounding errors of a singular covariance.
  private static func threshold(_ columns: Int) -> Double { Double(columns) * 0x1p-52 }

  /// √Λ Vᵀ of the covariance V Λ Vᵀ, without directions of zero variance.
  ///
  /// - Throws: `MetricError.noConvergence`.
  package init(_ statistics: FeatureStatistics) throws {
    let columns = statistics.columns
    var vectors = statistics.covariance
    let values = try vectors.withUnsafeMutableBufferPointer { matrix -> [Double] in
      guard let base = matrix.baseAddress else { return [] }
      guard let values = symmetricEigenvalues(base, order: columns, vectors: true) else {
        throw MetricError.noConvergence
      }
      return values
    }
    let least = Self.threshold(columns) * (values.last ?? 0)
    let kept = values.indices.filter { values[$0] > least && values[$0] > 0 }
    var root: [Double] = []
    root.reserveCapacity(kept.count * columns)
    for index in kept {
      let length = values[index].squareRoot()
      for column in 0..<columns { root.append(length * vectors[index * columns + column]) }
    }
    self.init(count: statistics.count, mean: statistics.mean, rank: kept.count, root: root)
  }

  private init(count: Int?, mean: [Double], rank: Int, root: [Double]) {
    self.count = count
    self.mean = mean
    self.rank = rank
    self.root = root
    trace = root.reduce(0) { $0 + $1 * $1 }
  }

  /// The root for features. With fewer images than features it is the centred images themselves, which loses no digits;
  /// otherwise that of the covariance.
  ///
  /// - Throws: `MetricError`.
  package init(_ features: any FeatureSource, pool: ThreadPool) throws {
    let (rows, columns) = (features.rows, features.columns)
    guard rows > 1 else { throw MetricError.tooFew(metric: "a covariance", rows: rows, needed: 2) }
    if rows > columns {
      try self.init(FeatureStatistics(features, pool: pool))
      return
    }
    var mean = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for (column, value) in try features.row(row).enumerated() {
        guard value.isFinite else { throw MetricError.notFinite(row: row, column: column) }
        mean[column] += value
      }
    }
    for column in 0..<columns { mean[column] /= Double(rows) }
    let scale = 1 / Double(rows - 1).squareRoot()
    let root = try [Double](unsafeUninitializedCapacity: rows * columns) { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      try features.copy(0..<rows, into: base)
      mean.withUnsafeBufferPointer { subtract($0, from: base, rows: rows) }
      for index in 0..<rows * columns { base[index] *= scale }
      filled = rows * columns
    }
    self.init(count: rows, mean: mean, rank: rows, root: root)
  }
}

extension GaussianRoot {
  /// The roots of several covariances, in parallel.
  ///
  /// - Throws: `MetricError.noConvergence`.
  package static func roots(_ statistics: [FeatureStatistics], pool: ThreadPool) throws -> [GaussianRoot] {
    let slots = Mutex([GaussianRoot?](repeating: nil, count: statistics.count))
    try pool.runThrowing(chunks: statistics.count) { chunk, _ in
      let root = try GaussianRoot(statistics[chunk])
      slots.withLock { $0[chunk] = root }
    }
    return slots.withLock { $0.compactMap(\.self) }
  }
}

/// The Fréchet (2-Wasserstein) distance between Gaussians with the means and covariances of two sets of features,
/// squared: the FID of Heusel et al. 2017 (arXiv:1706.08500) for Inception's features.
///
/// ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^{1/2}), where the trace of the root is the sum of the singular values of A₁A₂ᵀ for
/// any roots AᵢᵀAᵢ = Σᵢ: no complex numbers, no lost digits for a singular covariance, and never below 0 by more
/// than rounding, which is clipped. Drawbacks: it is biased upwards, by about a constant divided by the number of images,
/// and it only sees Gaussians.
package enum FrechetDistance {
  /// - Throws: `MetricError`.
  package static func value(_ first: GaussianRoot, _ second: GaussianRoot) throws -> Double {
    try checkColumns(first.columns, second.columns)
    let (m, n) = (first.rank, second.rank)
    var overlap = [Double](repeating: 0, count: m * n)
    let values = try overlap.withUnsafeMutableBufferPointer { matrix -> [Double] in
      guard let base = matrix.baseAddress else { return [] }
      first.root.withUnsafeBufferPointer { a in
        second.root.withUnsafeBufferPointer { b in
          guard let a = a.baseAddress, let b = b.baseAddress else { return }
          multiply(
            DoubleMatrix(a, stride: first.columns), DoubleMatrix(b, stride: first.columns, isTransposed: true), m: m,
            n: n, k: first.columns, into: base, stride: n)
        }
      }
      guard let values = singularValues(base, rows: m, columns: n) else { throw MetricError.noConvergence }
      return values
    }
    return assembled(first.mean, second.mean, traces: first.trace + second.trace, root: values.reduce(0, +))
  }

  /// Of two sets of features.
  /// - Throws: `MetricError`, and what reading the features throws.
  package static func value(
    _ first: any FeatureSource, _ second: any FeatureSource, pool: ThreadPool
  ) throws -> Double {
    try checkColumns(first.columns, second.columns)
    return try value(GaussianRoot(first, pool: pool), GaussianRoot(second, pool: pool))
  }

  /// The distance by the eigenvalues of A Σ Aᵀ, which takes a third of the time but loses half of the digits for a singular
  /// covariance: good enough for the variance of an estimate.
  static func approximate(_ reference: GaussianRoot, _ statistics: FeatureStatistics) throws -> Double {
    let (r, n) = (reference.rank, reference.columns)
    let half = DoubleScratch(r * n)
    let square = DoubleScratch(r * r)
    reference.root.withUnsafeBufferPointer { a in
      statistics.covariance.withUnsafeBufferPointer { covariance in
        guard let a = a.baseAddress, let covariance = covariance.baseAddress else { return }
        multiply(
          DoubleMatrix(a, stride: n), DoubleMatrix(covariance, stride: n), m: r, n: n, k: n, into: half.base, stride: n)
        multiply(
          DoubleMatrix(half.base, stride: n), DoubleMatrix(a, stride: n, isTransposed: true), m: r, n: r, k: n,
          into: square.base, stride: r)
      }
    }
    guard let values = symmetricEigenvalues(square.base, order: r, vectors: false) else {
      throw MetricError.noConvergence
    }
    let root = values.reduce(0) { $0 + max($1, 0).squareRoot() }
    let trace = (0..<n).reduce(0) { $0 + statistics.covariance[$1 * n + $1] }
    return assembled(reference.mean, statistics.mean, traces: reference.trace + trace, root: root)
  }

  private static func assembled(_ first: [Double], _ second: [Double], traces: Double, root: Double) -> Double {
    let distance = zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return max(0, distance + traces - 2 * root)
  }

  static func checkColumns(_ first: Int, _ second: Int) throws {
    guard first == second else { throw MetricError.columnsDiffer(first, second) }
  }
}
