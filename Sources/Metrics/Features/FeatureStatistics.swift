package import Kernels

/// Mean and covariance of features, which is all of them that a Fréchet distance sees.
package struct FeatureStatistics: Sendable, Equatable {
  /// The number of images; nil if a file does not say it.
  package let count: Int?
  package let mean: [Double]
  /// columns x columns numbers, with the divisor count − 1, as NumPy's `cov`.
  package let covariance: [Double]

  package var columns: Int { mean.count }

  package init(count: Int?, mean: [Double], covariance: [Double]) {
    precondition(covariance.count == mean.count * mean.count, "a covariance is square")
    self.count = count
    self.mean = mean
    self.covariance = covariance
  }
}

extension FeatureStatistics {
  /// Their covariance takes 2 GB.
  package static let largestColumns = 16_384

  private static let rowStep = 1024
  private static let tile = 256

  /// Goes through the features twice: for the mean, and for the products of what is left when it is subtracted, so that
  /// a large mean costs no digits. Memory: one matrix of columns x columns, and a thousand rows.
  ///
  /// - Throws: `MetricError.tooFew` for fewer than two rows, `.tooManyFeatures`, `.notFinite` where a mean is none.
  package init(_ features: any FeatureSource, pool: ThreadPool) throws {
    try self.init(features, on: .pool(pool))
  }

  init(_ features: any FeatureSource, on workers: Workers) throws {
    let (rows, columns) = (features.rows, features.columns)
    guard rows > 1 else { throw MetricError.tooFew(metric: "a covariance", rows: rows, needed: 2) }
    guard columns <= Self.largestColumns else { throw MetricError.tooManyFeatures(columns) }
    let mean = try Self.mean(of: features, on: workers)
    var sums = [Double](repeating: 0, count: columns * columns)
    let block = DoubleScratch(min(rows, Self.rowStep) * columns)
    let bands = ranges(of: columns, step: Self.tile)
    let tiles = bands.indices.flatMap { i in (i..<bands.count).map { (bands[i], bands[$0]) } }
    try sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      for portion in ranges(of: rows, step: Self.rowStep) {
        let parts = ranges(of: portion.count, step: 64)
        try workers.run(chunks: parts.count) { chunk in
          let part = parts[chunk]
          let target = block.base + part.lowerBound * columns
          try features.copy(portion.lowerBound + part.lowerBound..<portion.lowerBound + part.upperBound, into: target)
          mean.withUnsafeBufferPointer { subtract($0, from: target, rows: part.count) }
        }
        try workers.run(chunks: tiles.count) { chunk in
          let (down, across) = tiles[chunk]
          multiply(
            DoubleMatrix(block.base + down.lowerBound, stride: columns, isTransposed: true),
            DoubleMatrix(block.base + across.lowerBound, stride: columns), m: down.count, n: across.count,
            k: portion.count, beta: 1, into: base + down.lowerBound * columns + across.lowerBound, stride: columns)
        }
      }
      let divisor = Double(rows - 1)
      for row in 0..<columns {
        for column in row..<columns {
          let value = base[row * columns + column] / divisor
          base[row * columns + column] = value
          base[column * columns + row] = value
        }
      }
    }
    self.init(count: rows, mean: mean, covariance: sums)
  }

  /// Sums of fixed portions of rows, added in their order.
  private static func mean(of features: any FeatureSource, on workers: Workers) throws -> [Double] {
    let columns = features.columns
    let portions = ranges(of: features.rows, step: 512)
    let sums = DoubleScratch(portions.count * columns)
    try workers.run(chunks: portions.count) { chunk in
      let rows = portions[chunk]
      let values = DoubleScratch(rows.count * columns)
      try features.copy(rows, into: values.base)
      let sum = sums.base + chunk * columns
      sum.initialize(repeating: 0, count: columns)
      for row in 0..<rows.count {
        let line = values.base + row * columns
        for column in 0..<columns { sum[column] += line[column] }
      }
    }
    var mean = [Double](repeating: 0, count: columns)
    for portion in portions.indices {
      for column in 0..<columns { mean[column] += sums.base[portion * columns + column] }
    }
    for column in 0..<columns {
      mean[column] /= Double(features.rows)
      guard mean[column].isFinite else { throw try firstNotFinite(features, column: column) }
    }
    return mean
  }

  private static func firstNotFinite(_ features: any FeatureSource, column: Int) throws -> MetricError {
    for row in 0..<features.rows {
      if let found = try features.row(row).firstIndex(where: { !$0.isFinite }) {
        return .notFinite(row: row, column: found)
      }
    }
    return .notFinite(row: features.rows - 1, column: column)
  }
}

extension FeatureStatistics {
  /// These statistics without the images of `part`, which must be among them: the sums of squares around the mean lose
  /// those of the part and of the distance between the means (Chan, Golub, LeVeque 1979, equation 2.1, solved for a
  /// part).
  func removing(_ part: FeatureStatistics) -> FeatureStatistics? {
    guard let all = count, let removed = part.count, all - removed > 1 else { return nil }
    let left = all - removed
    let rest = zip(mean, part.mean).map { (Double(all) * $0 - Double(removed) * $1) / Double(left) }
    let shift = zip(part.mean, rest).map { $0 - $1 }
    let weight = Double(removed) * Double(left) / Double(all)
    let columns = columns
    var result = covariance
    for row in 0..<columns {
      for column in 0..<columns {
        let at = row * columns + column
        let squares =
          Double(all - 1) * covariance[at] - Double(removed - 1) * part.covariance[at]
          - weight * shift[row] * shift[column]
        result[at] = squares / Double(left - 1)
      }
    }
    return FeatureStatistics(count: left, mean: rest, covariance: result)
  }
}

/// Subtracts `mean` from each of the rows.
func subtract(_ mean: UnsafeBufferPointer<Double>, from values: UnsafeMutablePointer<Double>, rows: Int) {
  guard let mean = mean.baseAddress.map({ ($0, mean.count) }) else { return }
  for row in 0..<rows {
    let line = values + row * mean.1
    for column in 0..<mean.1 { line[column] -= mean.0[column] }
  }
}
