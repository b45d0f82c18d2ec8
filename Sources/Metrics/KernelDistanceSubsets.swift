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

  /// - Parameter size: of a subset; what the smaller set has if that is less.
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
    let products = (0..<pool.threads).map { _ in DoubleScratch(size * size) }
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
        let (x, y) = (UnsafePointer(panel), UnsafePointer(panel + size * columns))
        let within = [x, y].map { Self.kernelSum(within: $0, size: size, columns: columns, products: gram) }
        let cross = Self.kernelSum(x, y, size: size, columns: columns, products: gram)
        let images = Double(size)
        estimates[chunk] = (within[0] + within[1]) / (images * (images - 1)) - 2 * cross / (images * images)
      }
    }
    guard estimates.allSatisfy(\.isFinite) else { throw try KernelDistance.failure(of: [first, second], pool: pool) }
    let mean = estimates.reduce(0, +) / Double(subsets)
    self.mean = mean
    deviation = (estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(subsets)).squareRoot()
    self.subsets = subsets
    self.size = size
  }

  /// The kernel's sum over all pairs of the rows of two sets.
  private static func kernelSum(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, size: Int, columns: Int,
    products: UnsafeMutablePointer<Double>
  ) -> Double {
    multiply(
      DoubleMatrix(a, stride: columns), DoubleMatrix(b, stride: columns, isTransposed: true), m: size, n: size,
      k: columns, into: products, stride: size)
    return withRowSums(size) { sums in
      _ = sumCubicKernel(
        products, rows: size, columns: size, scale: 1 / Double(columns), rowSums: sums, columnSums: sums + size)
    }
  }

  /// The kernel's sum over all pairs of different rows of one set, each pair computed once and counted both ways.
  private static func kernelSum(
    within a: UnsafePointer<Double>, size: Int, columns: Int, products: UnsafeMutablePointer<Double>
  ) -> Double {
    upperInnerProducts(a, m: size, k: columns, into: products)
    return 2
      * withRowSums(size) { sums in
        for row in 0..<size - 1 {
          _ = sumCubicKernel(
            products + row * (size + 1) + 1, rows: 1, columns: size - row - 1, scale: 1 / Double(columns),
            rowSums: sums + row, columnSums: sums + size)
        }
      }
  }

  /// The sum of what `fill` adds to `size` sums of rows; as many of columns follow them.
  private static func withRowSums(_ size: Int, _ fill: (UnsafeMutablePointer<Double>) -> Void) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * size) { sums in
      guard let base = sums.baseAddress else { return 0 }
      base.initialize(repeating: 0, count: 2 * size)
      fill(base)
      return (0..<size).reduce(0) { $0 + base[$1] }
    }
  }
}
