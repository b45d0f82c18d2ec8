import Foundation
import Kernels
package import Randomness

/// The start of EM: the clusters of k-means, each with the same small random loadings and the variance that is left in it.
package struct MixtureStart {
  /// K x D numbers, in levels less the mean of the images.
  let centers: [Double]
  let weights: [Double]
  /// The mean squared distance of the images to their centre, over D, for each component.
  let variances: [Double]
  /// D x rank numbers with variance 1.
  let loadings: [Double]
  let rank: Int

  private static let iterations = 20

  package init(_ images: LevelImages, components: Int, rank: Int, stream: RandomStream) {
    let (count, order) = (images.count, images.space.dimensions)
    let points = CenteredImages(images)
    var clusters = Clusters(count: components, points: points, stream: stream.split(0))
    for _ in 0..<Self.iterations where clusters.assign(points) { clusters.move(points) }
    var draws = stream.split(1)
    (centers, self.rank) = (clusters.centers, rank)
    weights = clusters.sizes.map { Double($0) / Double(count) }
    let all = points.squares.reduce(0, +) / Double(count * order)
    variances = zip(clusters.inertias, clusters.sizes).map { inertia, size in
      max(size > 1 ? inertia / Double(size * order) : all, GaussianFamily.withinLevel)
    }
    loadings = (0..<order * rank).map { _ in Double(draws.nextNormal()) }
  }
}

/// The images of one class as numbers less their mean.
final class CenteredImages {
  let count: Int
  let order: Int
  let mean: [Double]
  /// `count` rows of D numbers.
  let block: DoubleBlock
  /// The squared length of each row.
  let squares: [Double]

  init(_ images: LevelImages) {
    (count, order) = (images.count, images.space.dimensions)
    var sums = [Int](repeating: 0, count: order)
    for row in 0..<count { for (column, level) in images[row].enumerated() { sums[column] += Int(level) } }
    mean = sums.map { [count] in Double($0) / Double(count) }
    block = DoubleBlock(count * order)
    images.copy(0..<count, minus: mean, into: block.base)
    squares = (0..<count).map { [block, order] row in
      var sum = 0.0
      let line = block.base + row * order
      for column in 0..<order { sum += line[column] * line[column] }
      return sum
    }
  }
}

/// k-means with a k-means++ start (Arthur and Vassilvitskii 2007), on all points.
private struct Clusters {
  private(set) var centers: [Double]
  private(set) var sizes: [Int]
  /// The sum of squared distances to each centre.
  private(set) var inertias: [Double]
  private var nearest: [Int]
  private let count: Int

  init(count: Int, points: CenteredImages, stream: RandomStream) {
    var stream = stream
    let order = points.order
    func row(_ index: Int) -> [Double] {
      Array(UnsafeBufferPointer(start: points.block.base + index * order, count: order))
    }
    centers = row(stream.nextInteger(below: points.count))
    self.count = count
    sizes = [Int](repeating: 0, count: count)
    inertias = [Double](repeating: 0, count: count)
    nearest = [Int](repeating: -1, count: points.count)
    var distances = [Double](repeating: .infinity, count: points.count)
    for chosen in 1..<max(count, 1) {
      let found = Self.distances(points, Array(centers[(chosen - 1) * order..<chosen * order]), 1)
      for index in distances.indices { distances[index] = min(distances[index], max(0, found[index])) }
      var rest = stream.nextPreciseUniform() * distances.reduce(0, +)
      let next = distances.firstIndex {
        rest -= $0
        return rest < 0
      }
      centers += row(next ?? points.count - 1)
    }
  }

  /// The squared distance of every point to every centre.
  private static func distances(_ points: CenteredImages, _ centers: [Double], _ count: Int) -> [Double] {
    let order = points.order
    var result = [Double](repeating: 0, count: points.count * count)
    let lengths = (0..<count).map { centers[$0 * order..<($0 + 1) * order].reduce(0) { $0 + $1 * $1 } }
    result.withUnsafeMutableBufferPointer { result in
      centers.withUnsafeBufferPointer { centers in
        guard let target = result.baseAddress, let base = centers.baseAddress else { return }
        multiply(
          DoubleMatrix(points.block.base, stride: order), DoubleMatrix(base, stride: order, isTransposed: true),
          m: points.count, n: count, k: order, alpha: -2, into: target, stride: count)
      }
      for row in 0..<points.count {
        for center in 0..<count { result[row * count + center] += points.squares[row] + lengths[center] }
      }
    }
    return result
  }

  /// Gives each point to its nearest centre; whether one has changed.
  mutating func assign(_ points: CenteredImages) -> Bool {
    let found = Self.distances(points, centers, count)
    var hasChanged = false
    sizes = [Int](repeating: 0, count: count)
    inertias = [Double](repeating: 0, count: count)
    for row in 0..<points.count {
      var best = 0
      for center in 1..<max(count, 1) where found[row * count + center] < found[row * count + best] { best = center }
      if nearest[row] != best { hasChanged = true }
      nearest[row] = best
      sizes[best] += 1
      inertias[best] += max(0, found[row * count + best])
    }
    return hasChanged
  }

  /// Moves each centre to the mean of its points; one without points stays.
  mutating func move(_ points: CenteredImages) {
    let (count, order) = (self.count, points.order)
    var shares = [Double](repeating: 0, count: points.count * count)
    for row in 0..<points.count { shares[row * count + nearest[row]] = 1 / Double(sizes[nearest[row]]) }
    var moved = [Double](repeating: 0, count: count * order)
    moved.withUnsafeMutableBufferPointer { moved in
      shares.withUnsafeBufferPointer { shares in
        guard let target = moved.baseAddress, let base = shares.baseAddress else { return }
        multiply(
          DoubleMatrix(base, stride: count, isTransposed: true), DoubleMatrix(points.block.base, stride: order),
          m: count, n: order, k: points.count, into: target, stride: order)
      }
    }
    for center in 0..<count where sizes[center] > 0 {
      centers.replaceSubrange(center * order..<(center + 1) * order, with: moved[center * order..<(center + 1) * order])
    }
  }
}
