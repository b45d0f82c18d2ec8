import Foundation
import Kernels
import Randomness

/// One Gaussian over the levels of images, by its mean and the Cholesky factor L of its covariance.
///
/// The factor is the distribution pixel by pixel: x_i given the earlier ones is normal, with standard deviation L_ii and a
/// mean that is linear in them. As a distribution of *levels* each conditional gives a level the mass of its interval of
/// width 1, the outer intervals being open, while the earlier pixels stay the quantised ones. So its masses sum to one
/// over all images, and both likelihood and sampling are exact. As a *density* it is the Gaussian itself, of the image plus
/// noise in [−1/2, 1/2) of a level.
package final class GaussianFactor: Sendable {
  package let space: ImageSpace
  /// In levels.
  package let mean: [Double]
  /// D x D numbers in rows; zero above the diagonal.
  package let lower: [Double]
  private let deviations: [Double]

  /// Images that share a product; a part is filled up, so that a row has the same bits whatever the number of images is.
  static let rows = 64
  /// Columns of the factor that a product of the sampling takes.
  private static let band = 32

  /// Nil where the covariance (D x D numbers, whose lower triangle counts) is not positive definite.
  package init?(space: ImageSpace, mean: [Double], covariance: [Double]) {
    let order = space.dimensions
    precondition(mean.count == order && covariance.count == order * order, "a Gaussian of another space")
    var lower = covariance
    let isPositive = lower.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress, factorCholesky(base, order: order) else { return false }
      for row in 0..<order { (base + row * order + row + 1).update(repeating: 0, count: order - row - 1) }
      return true
    }
    guard isPositive else { return nil }
    self.space = space
    self.mean = mean
    self.lower = lower
    deviations = (0..<order).map { lower[$0 * order + $0] }
  }

  /// From the factor itself, whose diagonal is positive.
  init(space: ImageSpace, mean: [Double], lower: [Double]) {
    self.space = space
    self.mean = mean
    self.lower = lower
    let order = space.dimensions
    deviations = (0..<order).map { lower[$0 * order + $0] }
  }

  /// ln Π L_ii.
  var logDeterminant: Double { deviations.reduce(0) { $0 + log($1) } }
}

extension GaussianFactor {
  /// Memory for the numbers of `rows` images.
  static func scratch(_ space: ImageSpace) -> DoubleBlock { DoubleBlock(2 * rows * space.dimensions) }

  /// The log-likelihoods in nats of at most `rows` images from `first` on.
  ///
  /// - Parameter noise: for densities, the place of each image within its levels, in −1/2..<1/2; D numbers an image.
  func logLikelihoods(
    _ images: LevelImages, _ range: Range<Int>, noise: UnsafePointer<Double>?, _ scratch: DoubleBlock,
    into results: UnsafeMutablePointer<Double>
  ) {
    let order = space.dimensions
    let base = scratch.base
    images.levels.withUnsafeBufferPointer { levels in
      mean.withUnsafeBufferPointer { mean in
        for row in 0..<Self.rows {
          let line = base + row * order
          guard row < range.count else {
            line.update(repeating: 0, count: order)
            continue
          }
          let start = (range.lowerBound + row) * order
          for column in 0..<order { line[column] = Double(levels[start + column]) - mean[column] }
          if let noise { for column in 0..<order { line[column] += noise[row * order + column] } }
        }
      }
      lower.withUnsafeBufferPointer { lower in
        guard let factor = lower.baseAddress else { return }
        solveTriangular(factor, order: order, .factor, rows: Self.rows, base)
      }
      if noise == nil {
        masses(
          UnsafeBufferPointer(rebasing: levels[range.lowerBound * order..<range.upperBound * order]), base, results)
      } else {
        densities(base, rows: range.count, results)
      }
    }
  }

  private func masses(
    _ levels: UnsafeBufferPointer<UInt8>, _ z: UnsafePointer<Double>, _ results: UnsafeMutablePointer<Double>
  ) {
    let order = space.dimensions
    let halves = deviations.map { 0.5 / $0 }
    halves.withUnsafeBufferPointer { halves in
      for row in 0..<levels.count / order {
        var sum = 0.0
        for column in 0..<order {
          let at = row * order + column
          sum += NormalMass.log(level: levels[at], of: space.levels, z: z[at], half: halves[column])
        }
        results[row] = sum
      }
    }
  }

  private func densities(_ z: UnsafePointer<Double>, rows: Int, _ results: UnsafeMutablePointer<Double>) {
    let order = space.dimensions
    let constant = -logDeterminant - 0.5 * Double(order) * log(2 * Double.pi)
    for row in 0..<rows {
      var squares = 0.0
      for column in 0..<order { squares += z[row * order + column] * z[row * order + column] }
      results[row] = constant - 0.5 * squares
    }
  }
}

extension GaussianFactor {
  /// Draws an image for each of at most `rows` streams. With `isDiscrete` each next pixel is drawn given the levels of the
  /// earlier ones, else given their numbers before rounding: then a sample is one of the Gaussian, rounded.
  func sample(
    _ streams: inout [RandomStream], isDiscrete: Bool, _ scratch: DoubleBlock, into levels: UnsafeMutablePointer<UInt8>
  ) {
    let order = space.dimensions
    let (z, means) = (scratch.base, scratch.base + Self.rows * order)
    z.update(repeating: 0, count: Self.rows * order)
    let highest = Double(space.levels - 1)
    lower.withUnsafeBufferPointer { lower in
      guard let factor = lower.baseAddress else { return }
      for start in stride(from: 0, to: order, by: Self.band) {
        let band = min(Self.band, order - start)
        // What the pixels before this band add to the means of those in it.
        if start > 0 {
          multiply(
            DoubleMatrix(z, stride: order), DoubleMatrix(factor + start * order, stride: order, isTransposed: true),
            m: Self.rows, n: band, k: start, into: means, stride: band)
        } else {
          means.update(repeating: 0, count: Self.rows * band)
        }
        for column in 0..<band {
          let pixel = start + column
          let line = factor + pixel * order + start
          let deviation = deviations[pixel]
          for row in streams.indices {
            let earlier = z + row * order + start
            var centre = mean[pixel] + means[row * band + column]
            for before in 0..<column { centre += line[before] * earlier[before] }
            let value = centre + deviation * streams[row].nextPreciseNormal()
            let level = min(max(value.rounded(), 0), highest)
            levels[row * order + pixel] = UInt8(level)
            earlier[column] = ((isDiscrete ? level : value) - centre) / deviation
          }
        }
      }
    }
  }
}

/// Doubles of working memory.
final class DoubleBlock {
  let base: UnsafeMutablePointer<Double>

  init(_ count: Int) {
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { base.deallocate() }
}
