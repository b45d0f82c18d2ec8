package import Kernels

/// The squared maximum mean discrepancy between two sets of features under the kernel (x·y / D + 1)³, unbiased: the KID
/// of Bińkowski et al. 2018 (arXiv:1801.01401) over all pairs of images, and its variance.
///
/// Unlike FID it has no bias, so it can be compared between sets of any size, and may come out below 0.
/// Drawback: its time grows with the square of the number of images.
package struct KernelDistance: Sendable, Equatable {
  package let value: Double
  /// Nil for fewer than four images on both sides or three on one of unequal sides, or if the estimate is below 0.
  package let variance: Double?
  /// The jackknife's, which the interval is made of: it is too large rather than too small, by up to two for sets of one
  /// distribution. Nil for fewer than three images on a side.
  package let jackknifeVariance: Double?

  /// The 95 % interval by the normal distribution. Of 100 images it holds the true value in 95 to 99 % of cases; one of
  /// the unbiased variance would in 86 to 94 %, because that is often too small and sometimes below 0.
  package var interval: Interval? {
    jackknifeVariance.flatMap { Interval.normal(value, standardError: $0.squareRoot()) }
  }
}

extension KernelDistance {
  /// - Throws: `MetricError`, and what reading the features throws.
  package init(_ first: any FeatureSource, _ second: any FeatureSource, pool: ThreadPool) throws {
    try FrechetDistance.checkColumns(first.columns, second.columns)
    for side in [first, second] where side.rows < 2 {
      throw MetricError.tooFew(metric: "KID", rows: side.rows, needed: 2)
    }
    let own = try KernelSums(of: first, pool: pool)
    let other = try KernelSums(of: second, pool: pool)
    let cross = try KernelSums(of: first, with: second, pool: pool)
    let (m, n) = (Double(first.rows), Double(second.rows))
    value = own.total / (m * (m - 1)) + other.total / (n * (n - 1)) - 2 * cross.total / (m * n)
    let jackknife = Self.jackknifeVariance(own, other, cross)
    jackknifeVariance = jackknife.flatMap { $0.isFinite ? $0 : nil }
    let estimate = first.rows == second.rows ? Self.unbiasedVariance(own, other, cross) : jackknife
    variance = estimate.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    guard value.isFinite else { throw try Self.failure(of: [first, second], pool: pool) }
  }

  /// The error for an estimate that is not finite: the first such feature.
  static func failure(of sets: [any FeatureSource], pool: ThreadPool) throws -> MetricError {
    for features in sets { _ = try FeatureInspection(features, pool: pool) }
    preconditionFailure("the kernel of finite features is finite")
  }

  /// The variance of the estimate for sets of equal size, itself unbiased (Sutherland et al. 2017, arXiv:1611.04488,
  /// equations 5 to 8), in the form of the authors' code.
  private static func unbiasedVariance(_ x: KernelSums, _ y: KernelSums, _ xy: KernelSums) -> Double? {
    let m = Double(x.rowSums.count)
    guard m > 3 else { return nil }
    func squared(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let (m1, m2) = (m - 1, m - 2)
    let within = x.total * x.total + y.total * y.total
    let mixed = dot(x.rowSums, xy.rowSums) + dot(y.rowSums, xy.columnSums)
    let both = (x.total + y.total) * xy.total
    let crossSquared = xy.total * xy.total
    let pairs = m * m1
    let constant = within / (pairs * pairs) + 2 * crossSquared / (m * m * m * m)
    let rows = squared(x.rowSums) - x.squares + squared(y.rowSums) - y.squares
    let crossRows = squared(xy.rowSums) + squared(xy.columnSums) - 2 * xy.squares
    let first =
      rows / (pairs * m2) - constant + crossRows / (m * pairs) - 2 * mixed / (m * pairs) + 2 * both / (m * m * pairs)
    let second =
      (x.squares + y.squares) / pairs - constant + 2 * xy.squares / (m * m) - 4 * mixed / (m * pairs)
      + 4 * both / (m * m * pairs)
    return 4 * m2 / pairs * first + 2 / pairs * second
  }

  /// The jackknife variance over both sets, from the estimates without each image.
  private static func jackknifeVariance(_ x: KernelSums, _ y: KernelSums, _ xy: KernelSums) -> Double? {
    func without(_ own: KernelSums, _ other: KernelSums, _ crossSums: [Double]) -> [Double] {
      let (m, n) = (Double(own.rowSums.count), Double(other.rowSums.count))
      guard m > 2 else { return [] }
      let rest = other.total / (n * (n - 1))
      return zip(own.rowSums, crossSums).map { sum, cross in
        (own.total - 2 * sum) / ((m - 1) * (m - 2)) + rest - 2 * (xy.total - cross) / ((m - 1) * n)
      }
    }
    return Jackknife.variance([without(x, y, xy.rowSums), without(y, x, xy.columnSums)])
  }
}

/// Sums of a kernel over all pairs of two sets, or of different images of one set, computed a block at a time.
struct KernelSums {
  /// For each image of the first set, over the second.
  private(set) var rowSums: [Double]
  private(set) var columnSums: [Double]
  /// Of the kernel's squares.
  private(set) var squares = 0.0

  var total: Double { rowSums.reduce(0, +) }

  private static let block = 512

  /// Over all pairs of different images of one set, each pair counted both ways.
  init(of features: any FeatureSource, pool: ThreadPool) throws {
    try self.init(features, nil, pool)
  }

  /// Over all pairs of an image of one set and one of another.
  init(of features: any FeatureSource, with others: any FeatureSource, pool: ThreadPool) throws {
    try self.init(features, others, pool)
  }

  private init(_ first: any FeatureSource, _ other: (any FeatureSource)?, _ pool: ThreadPool) throws {
    let second = other ?? first
    let columns = first.columns
    let step = Self.block
    rowSums = [Double](repeating: 0, count: first.rows)
    columnSums = [Double](repeating: 0, count: second.rows)
    let (down, across) = (ranges(of: first.rows, step: step), ranges(of: second.rows, step: step))
    let panel = DoubleScratch(min(first.rows, step) * columns)
    let others = (0..<pool.threads).map { _ in DoubleScratch(min(second.rows, step) * columns) }
    let products = (0..<pool.threads).map { _ in DoubleScratch(step * step) }
    for (place, rows) in down.enumerated() {
      let parts = ranges(of: rows.count, step: 64)
      try pool.runThrowing(chunks: parts.count) { chunk, _ in
        let part = parts[chunk]
        try first.copy(
          rows.lowerBound + part.lowerBound..<rows.lowerBound + part.upperBound,
          into: panel.base + part.lowerBound * columns)
      }
      // Within a set, only the blocks on and right of the diagonal.
      let blocks = Array(across[(other == nil ? place : 0)...])
      let sums = DoubleScratch(blocks.count * (2 * step + 1))
      try pool.runThrowing(chunks: blocks.count) { chunk, worker in
        let (block, target) = (blocks[chunk], sums.base + chunk * (2 * step + 1))
        target.initialize(repeating: 0, count: 2 * step + 1)
        let (values, gram) = (others[worker].base, products[worker].base)
        try second.copy(block, into: values)
        multiply(
          DoubleMatrix(panel.base, stride: columns), DoubleMatrix(values, stride: columns, isTransposed: true),
          m: rows.count, n: block.count, k: columns, into: gram, stride: block.count)
        if other == nil && chunk == 0 {
          // An image with itself: the product −D makes the kernel 0.
          for index in 0..<rows.count { gram[index * block.count + index] = -Double(columns) }
        }
        target[2 * step] = sumCubicKernel(
          gram, rows: rows.count, columns: block.count, scale: 1 / Double(columns), rowSums: target,
          columnSums: target + step)
      }
      for (chunk, block) in blocks.enumerated() {
        let source = sums.base + chunk * (2 * step + 1)
        let isMirrored = other == nil && chunk > 0
        for index in 0..<rows.count { rowSums[rows.lowerBound + index] += source[index] }
        for index in 0..<block.count {
          columnSums[block.lowerBound + index] += source[step + index]
          if isMirrored { rowSums[block.lowerBound + index] += source[step + index] }
        }
        squares += (isMirrored ? 2 : 1) * source[2 * step]
      }
    }
  }
}
