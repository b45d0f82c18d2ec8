package import Kernels
package import Randomness

/// The KID as it is usually printed: the mean of unbiased estimates over random subsets of both sets, and their
/// deviation, which is no standard error of the mean because the subsets overlap.
package struct KernelDistanceSubsets: Sendable, Equatable {
  package let mean: Double
  /// With the number of subsets as divisor, as torch-fidelity prints it.
  package let deviation: Double
  package let subsets: Int
  /// Images of each side in a subset.
  package let size: Int

  private static let strip = 128

  /// - Parameter size: of a subset; what the smaller set has where that is less.
  /// - Throws: `MetricError`, and what reading the features throws.
  package init(
    _ first: any FeatureSource, _ second: any FeatureSource, subsets: Int = 100, size: Int = 1000,
    stream: RandomStream, pool: ThreadPool
  ) throws {
    precondition(subsets > 0 && size > 1, "subsets have at least two images")
    try FrechetDistance.checkColumns(first.columns, second.columns)
    let smaller = min(first.rows, second.rows)
    guard smaller > 1 else { throw MetricError.tooFew(metric: "KID", rows: smaller, needed: 2) }
    let size = min(size, smaller)
    let columns = first.columns
    let panels = (0..<pool.threads).map { _ in DoubleScratch(2 * size * columns) }
    let products = (0..<pool.threads).map { _ in DoubleScratch(Self.strip * size) }
    var estimates = [Double](repeating: 0, count: subsets)
    try estimates.withUnsafeMutableBufferPointer { estimates in
      nonisolated(unsafe) let estimates = estimates
      try pool.runThrowing(chunks: subsets) { chunk, worker in
        let part = stream.split(chunk)
        let panel = panels[worker].base
        for (place, side) in [first, second].enumerated() {
          let rows = Extrapolation.subset(size, below: side.rows, stream: part.split(place))
          try SelectedFeatures(side, rows: rows).copy(0..<size, into: panel + place * size * columns)
        }
        let gram = products[worker].base
        func sum(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, isOne: Bool) -> Double {
          Self.kernelSum(a, b, isOneSet: isOne, size: size, columns: columns, products: gram)
        }
        let (x, y) = (panel, panel + size * columns)
        let pairs = Double(size) * Double(size - 1)
        estimates[chunk] =
          (sum(x, x, isOne: true) + sum(y, y, isOne: true)) / pairs
          - 2 * sum(x, y, isOne: false) / (Double(size) * Double(size))
      }
    }
    guard estimates.allSatisfy(\.isFinite) else { throw MetricError.notFinite(row: 0, column: 0) }
    let mean = estimates.reduce(0, +) / Double(subsets)
    self.mean = mean
    deviation = (estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(subsets)).squareRoot()
    self.subsets = subsets
    self.size = size
  }

  /// The kernel's sum over all pairs, without an image's pair with itself where both are one set; then only pairs with a
  /// later image are computed, and counted twice.
  private static func kernelSum(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, isOneSet: Bool, size: Int, columns: Int,
    products: UnsafeMutablePointer<Double>
  ) -> Double {
    var total = 0.0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * size) { sums in
      guard let sums = sums.baseAddress else { return }
      func sum(_ rows: Range<Int>, _ across: Range<Int>, clearing: Bool) -> Double {
        guard !rows.isEmpty, !across.isEmpty else { return 0 }
        sums.initialize(repeating: 0, count: 2 * size)
        multiply(
          DoubleMatrix(a + rows.lowerBound * columns, stride: columns),
          DoubleMatrix(b + across.lowerBound * columns, stride: columns, isTransposed: true), m: rows.count,
          n: across.count, k: columns, into: products, stride: across.count)
        if clearing { for index in 0..<rows.count { products[index * across.count + index] = -Double(columns) } }
        _ = sumCubicKernel(
          products, rows: rows.count, columns: across.count, scale: 1 / Double(columns), rowSums: sums,
          columnSums: sums + size)
        return (0..<rows.count).reduce(0) { $0 + sums[$1] }
      }
      for rows in ranges(of: size, step: strip) {
        if isOneSet {
          total += sum(rows, rows, clearing: true) + 2 * sum(rows, rows.upperBound..<size, clearing: false)
        } else {
          total += sum(rows, 0..<size, clearing: false)
        }
      }
    }
    return total
  }
}
