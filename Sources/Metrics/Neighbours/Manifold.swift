package import Kernels

/// Which samples lie in the manifold of the real images, and which real images in that of the samples. A set's manifold
/// is the union of the balls around its images that reach to their k-th nearest neighbour.
///
/// Precision and recall: Kynkäänniemi et al. 2019 (arXiv:1904.06991); density and coverage: Naeem et al. 2020
/// (arXiv:2002.09797). Drawback: they depend on k and on the number of images, and outliers make
/// large balls.
package struct Manifold: Sendable, Equatable {
  /// Which points are inside a ball.
  package enum Tie: String, Sendable, CaseIterable {
    /// At most the radius away, as in the code of Kynkäänniemi et al. and torch-fidelity.
    case inclusive
    /// Less than the radius away, as in the code of Naeem et al. (prdc). If images are repeated k times and more,
    /// balls have no points.
    case exclusive
  }

  package let k: Int
  package let realCount: Int
  package let syntheticCount: Int
  /// For each sample, the number of real balls that it lies in.
  package let ballsAroundSample: [Int]
  /// Real images in whose ball at least one sample lies.
  package let coveredReal: Int
  /// Real images that lie in the ball of at least one sample.
  package let recalledReal: Int

  /// The fraction of samples in a real ball.
  package var precision: Double { Double(ballsAroundSample.count { $0 > 0 }) / Double(syntheticCount) }
  /// The fraction of real images in a sample's ball.
  package var recall: Double { Double(recalledReal) / Double(realCount) }
  /// The mean number of real balls around a sample, divided by k. May exceed 1.
  package var density: Double { Double(ballsAroundSample.reduce(0, +)) / Double(k) / Double(syntheticCount) }
  /// The fraction of real images with a sample in their ball.
  package var coverage: Double { Double(coveredReal) / Double(realCount) }

  /// The interval of the mean over samples with fixed balls; nil if the number is the same for all samples.
  package var densityInterval: Interval? {
    guard syntheticCount > 1 else { return nil }
    let n = Double(syntheticCount)
    let variance = ballsAroundSample.reduce(0.0) { sum, balls in
      let distance = Double(balls) / Double(k) - density
      return sum + distance * distance
    }
    guard variance > 0 else { return nil }
    return Interval.normal(density, standardError: (variance / (n - 1) / n).squareRoot())?.clamped(from: 0)
  }
}

extension Manifold {
  private static let block = 512

  /// - Throws: `MetricError`, and what reading the features throws.
  package init(
    real: any FeatureSource, synthetic: any FeatureSource, k: Int, tie: Tie = .inclusive, pool: ThreadPool
  ) throws {
    try FrechetDistance.checkColumns(real.columns, synthetic.columns)
    let radii = try NearestNeighbours(within: real, k: k, pool: pool).squaredRadii
    try self.init(real: real, radii: radii, synthetic: synthetic, k: k, tie: tie, pool: pool)
  }

  /// The same with known squared radii of the real balls.
  /// - Throws: as above.
  package init(
    real: any FeatureSource, radii: [Double], synthetic: any FeatureSource, k: Int, tie: Tie = .inclusive,
    pool: ThreadPool
  ) throws {
    try FrechetDistance.checkColumns(real.columns, synthetic.columns)
    let own = try NearestNeighbours(within: synthetic, k: k, pool: pool).squaredRadii
    let center = try screeningCenter([real, synthetic])
    let tolerance = ScreenedRows.tolerance(real.columns)
    let (samples, images) = (ranges(of: synthetic.rows, step: Self.block), ranges(of: real.rows, step: Self.block))
    var balls = [Int](repeating: 0, count: synthetic.rows)
    let block = min(Self.block, max(real.rows, synthetic.rows))
    let tiles = (0..<pool.threads).map { _ in DistanceTile(columns: real.columns, block: block) }
    let flags = (0..<pool.threads).map { _ in RealFlags(count: real.rows) }
    let limits = [try Self.limits(real, radii, center), try Self.limits(synthetic, own, center)]
    let reach = Self.largestLength(limits)
    for (set, scratch) in limits.enumerated() {
      // Distances that screening may overestimate must pass.
      for row in 0..<(set == 0 ? real.rows : synthetic.rows) { scratch.values.base[row] += 2 * tolerance * reach }
    }
    try balls.withUnsafeMutableBufferPointer { balls in
      nonisolated(unsafe) let balls = balls
      try pool.runThrowing(chunks: samples.count) { chunk, worker in
        let (tile, flag) = (tiles[worker], flags[worker])
        let exact = ExactDistances(real, synthetic)
        let rows = samples[chunk]
        try tile.loadFirst(synthetic, rows, center: center)
        for block in images {
          try tile.compare(rows, real, block, center: center)
          var failure: (any Error)?
          tile.forEach(rows, block, limits: limits[1].values.base, otherLimits: limits[0].values.base) {
            sample, image, screened in
            let slack = tolerance * tile.lengths(sample - rows.lowerBound, image - block.lowerBound)
            func lies(within squaredRadius: Double) throws -> Bool {
              if Double(screened) + Double(slack) < squaredRadius { return true }
              if Double(screened) - Double(slack) > squaredRadius { return false }
              let distance = try exact.squared(image, sample)
              return tie == .inclusive ? distance <= squaredRadius : distance < squaredRadius
            }
            do {
              if try lies(within: radii[image]) {
                balls[sample] += 1
                flag.covered[image] = true
              }
              if try !flag.recalled[image] && lies(within: own[sample]) { flag.recalled[image] = true }
            } catch { failure = error }
          }
          if let failure { throw failure }
        }
      }
    }
    self.k = k
    realCount = real.rows
    syntheticCount = synthetic.rows
    ballsAroundSample = balls
    coveredReal = (0..<real.rows).count { row in flags.contains { $0.covered[row] } }
    recalledReal = (0..<real.rows).count { row in flags.contains { $0.recalled[row] } }
  }

  /// Squared radii in single precision, and the largest squared length of a centred row.
  private static func limits(
    _ source: any FeatureSource, _ radii: [Double], _ center: [Double]
  ) throws -> (values: FloatScratch, longest: Float) {
    let values = FloatScratch(radii.count)
    for (row, radius) in radii.enumerated() { values.base[row] = Float(radius).nextUp }
    let rows = ScreenedRows(capacity: 64, columns: source.columns)
    var longest: Float = 0
    for portion in ranges(of: source.rows, step: 64) {
      try rows.load(source, portion, center: center)
      for place in 0..<portion.count { longest = max(longest, rows.lengths.base[place]) }
    }
    return (values, longest)
  }

  private static func largestLength(_ limits: [(values: FloatScratch, longest: Float)]) -> Float {
    limits.map(\.longest).max() ?? 0
  }
}

/// One thread's findings about real images.
private final class RealFlags {
  let covered: UnsafeMutableBufferPointer<Bool>
  let recalled: UnsafeMutableBufferPointer<Bool>

  init(count: Int) {
    covered = .allocate(capacity: count)
    recalled = .allocate(capacity: count)
    covered.initialize(repeating: false)
    recalled.initialize(repeating: false)
  }

  deinit {
    covered.deallocate()
    recalled.deallocate()
  }
}
