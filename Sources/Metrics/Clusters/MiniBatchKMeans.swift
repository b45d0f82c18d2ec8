internal import Foundation
internal import Kernels
internal import Randomness

/// Clusters by mini-batch k-means (Sculley 2010, "Web-scale k-means clustering"): each step moves the centres towards the
/// means of a random batch, in smaller steps the more points a centre has had.
///
/// The start is the best of ten greedy k-means++ drawings (Arthur and Vassilvitskii 2007) on a random sample; the end is
/// when the batches' smoothed inertia has not fallen for ten steps, as scikit-learn has it. A pure function of the points
/// and the stream. Drawbacks: it may miss the optimum, and clusters that lose all points stay empty.
struct MiniBatchKMeans: Sendable {
  /// clusters x columns numbers.
  let centers: [Double]
  let clusters: Int
  private let columns: Int

  static let batch = 1024
  private static let sample = 2048
  private static let starts = 10
  private static let largestStep = 1000
  private static let patience = 10

  init(centers: [Double], clusters: Int, columns: Int) {
    self.centers = centers
    self.clusters = clusters
    self.columns = columns
  }

  /// The best of ten starts on a sample, and the memory that it was found in.
  static func start(
    _ points: any FeatureSource, clusters: Int, stream: RandomStream
  ) throws -> (centers: [Double], block: ClusterBlock) {
    precondition(clusters > 0 && points.rows > 0, "clusters have points")
    let chosen = Extrapolation.subset(min(Self.sample, points.rows), below: points.rows, stream: stream.split(0))
    let sample = SelectedFeatures(points, rows: chosen)
    let block = ClusterBlock(capacity: min(Self.sample, points.rows), columns: points.columns, clusters: clusters)
    try block.load(sample, 0..<sample.rows)
    var best: (centers: [Double], inertia: Double)?
    for start in 0..<Self.starts {
      let seeds = Self.seeds(block, clusters: clusters, stream: stream.split(1).split(start))
      let inertia = block.assign(seeds)
      if best.map({ inertia < $0.inertia }) ?? true { best = (seeds, inertia) }
    }
    return (best?.centers ?? [], block)
  }

  init(_ points: any FeatureSource, clusters: Int, stream: RandomStream) throws {
    let begun = try Self.start(points, clusters: clusters, stream: stream)
    let block = begun.block
    var centers = begun.centers
    var counts = [Double](repeating: 0, count: clusters)
    var draws = stream.split(2)
    let size = min(Self.batch, points.rows)
    let share = min(1, 2 * Double(size) / Double(points.rows + 1))
    var smoothed: Double?
    var lowest = Double.infinity
    var waiting = 0
    for _ in 0..<Self.largestStep {
      let rows = (0..<size).map { _ in draws.nextInteger(below: points.rows) }.sorted()
      try block.load(SelectedFeatures(points, rows: rows), 0..<size)
      let inertia = block.assign(centers) / Double(size)
      block.move(&centers, counts: &counts)
      let average = smoothed.map { $0 * (1 - share) + inertia * share } ?? inertia
      smoothed = average
      waiting = average < lowest ? 0 : waiting + 1
      lowest = min(lowest, average)
      if waiting >= Self.patience { break }
    }
    self.init(centers: centers, clusters: clusters, columns: points.columns)
  }

  /// The nearest centre of each point; the lower index if two are equally near.
  func assignments(_ points: any FeatureSource) throws -> [Int] {
    let block = ClusterBlock(capacity: min(Self.batch, points.rows), columns: columns, clusters: clusters)
    var result: [Int] = []
    result.reserveCapacity(points.rows)
    for rows in ranges(of: points.rows, step: Self.batch) {
      try block.load(points, rows)
      _ = block.assign(centers)
      result.append(contentsOf: block.nearest[..<rows.count])
    }
    return result
  }

  /// Greedy k-means++: each next centre is the best of 2 + ln k points drawn by their squared distance to the others.
  private static func seeds(_ block: ClusterBlock, clusters: Int, stream: RandomStream) -> [Double] {
    var stream = stream
    let trials = 2 + Int(log(Double(clusters)))
    var centers = block.point(stream.nextInteger(below: block.count))
    var distances = block.distances(to: centers)
    for _ in 1..<clusters {
      var best: (center: [Double], distances: [Double], sum: Double)?
      let total = distances.reduce(0, +)
      for _ in 0..<trials {
        var rest = Double(stream.nextUniform()) * total
        var chosen = block.count - 1
        for (index, distance) in distances.enumerated() {
          rest -= distance
          if rest < 0 {
            chosen = index
            break
          }
        }
        let center = block.point(chosen)
        let nearer = zip(distances, block.distances(to: center)).map(min)
        let sum = nearer.reduce(0, +)
        if best.map({ sum < $0.sum }) ?? true { best = (center, nearer, sum) }
      }
      guard let best else { break }
      centers += best.center
      distances = best.distances
    }
    return centers
  }
}

/// A few points in memory with their nearest centres.
final class ClusterBlock {
  private let values: DoubleScratch
  private let products: DoubleScratch
  private let columns: Int
  private let clusters: Int
  private(set) var count = 0
  private var lengths: [Double] = []
  private(set) var nearest: [Int]

  init(capacity: Int, columns: Int, clusters: Int) {
    values = DoubleScratch(capacity * columns)
    products = DoubleScratch(capacity * clusters)
    nearest = [Int](repeating: 0, count: capacity)
    self.columns = columns
    self.clusters = clusters
  }

  func load(_ points: any FeatureSource, _ rows: Range<Int>) throws {
    try points.copy(rows, into: values.base)
    count = rows.count
    lengths = (0..<count).map { row in dot(values.base + row * columns, values.base + row * columns) }
  }

  func point(_ index: Int) -> [Double] {
    Array(UnsafeBufferPointer(start: values.base + index * columns, count: columns))
  }

  /// The squared distance of every point to one centre.
  func distances(to center: [Double]) -> [Double] {
    center.withUnsafeBufferPointer { center in
      guard let base = center.baseAddress else { return [] }
      return (0..<count).map { squaredDistance(values.base + $0 * columns, base, count: columns) }
    }
  }

  /// Finds the nearest centre of each point, by |c|² − 2 x·c; returns the sum of squared distances.
  func assign(_ centers: [Double]) -> Double {
    centers.withUnsafeBufferPointer { centers in
      guard let base = centers.baseAddress else { return 0 }
      multiply(
        DoubleMatrix(values.base, stride: columns), DoubleMatrix(base, stride: columns, isTransposed: true), m: count,
        n: clusters, k: columns, into: products.base, stride: clusters)
      let own = (0..<clusters).map { dot(base + $0 * columns, base + $0 * columns) }
      var inertia = 0.0
      for row in 0..<count {
        var best = (index: 0, value: Double.infinity)
        for cluster in 0..<clusters {
          let value = own[cluster] - 2 * products.base[row * clusters + cluster]
          if value < best.value { best = (cluster, value) }
        }
        nearest[row] = best.index
        inertia += max(0, lengths[row] + best.value)
      }
      return inertia
    }
  }

  /// Adds the points of each cluster, and their number.
  func add(to sums: inout [Double], counts: inout [Double]) {
    for row in 0..<count {
      counts[nearest[row]] += 1
      for column in 0..<columns { sums[nearest[row] * columns + column] += values.base[row * columns + column] }
    }
  }

  /// Moves each centre to the mean of all points that it has been given, those of this block included.
  func move(_ centers: inout [Double], counts: inout [Double]) {
    for row in 0..<count {
      let cluster = nearest[row]
      counts[cluster] += 1
      let rate = 1 / counts[cluster]
      for column in 0..<columns {
        let at = cluster * columns + column
        centers[at] += rate * (values.base[row * columns + column] - centers[at])
      }
    }
  }

  private func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for column in 0..<columns { sum += a[column] * b[column] }
    return sum
  }
}
