import Kernels

/// The images of one class as numbers, and what a Gaussian is fitted to.
struct Moments {
  let count: Int
  /// D numbers, in levels.
  let mean: [Double]
  /// D x D numbers with the divisor `count`: the maximum likelihood covariance.
  let covariance: [Double]
}

extension Moments {
  /// Of these rows of `order` levels.
  init(_ images: LevelImages) {
    let (count, order) = (images.count, images.space.dimensions)
    // Sums of levels are exact in integers.
    var sums = [Int](repeating: 0, count: order)
    images.levels.withUnsafeBufferPointer { levels in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<count { for column in 0..<order { sums[column] &+= Int(levels[row * order + column]) } }
      }
    }
    let mean = sums.map { Double($0) / Double(count) }
    var products = [Double](repeating: 0, count: order * order)
    let step = 512
    let block = DoubleBlock(min(step, count) * order)
    products.withUnsafeMutableBufferPointer { products in
      guard let target = products.baseAddress else { return }
      for range in ranges(of: count, step: step) {
        images.copy(range, minus: mean, into: block.base)
        multiply(
          DoubleMatrix(block.base, stride: order, isTransposed: true), DoubleMatrix(block.base, stride: order),
          m: order, n: order, k: range.count, alpha: 1 / Double(count), beta: 1, into: target, stride: order)
      }
    }
    (self.count, self.mean, self.covariance) = (count, mean, products)
  }

  /// Those of both sets together (Chan, Golub, LeVeque 1979, equation 2.1).
  func merged(with other: Moments) -> Moments {
    let (a, b) = (Double(count), Double(other.count))
    let total = a + b
    let shift = zip(mean, other.mean).map { $1 - $0 }
    var covariance = self.covariance
    let order = mean.count
    for row in 0..<order {
      let across = a * b / (total * total) * shift[row]
      for column in 0..<order {
        let at = row * order + column
        covariance[at] = (a * covariance[at] + b * other.covariance[at]) / total + across * shift[column]
      }
    }
    return Moments(
      count: count + other.count, mean: zip(mean, other.mean).map { (a * $0 + b * $1) / total }, covariance: covariance)
  }

  /// The mean variance of a dimension.
  var meanVariance: Double {
    mean.indices.reduce(0) { $0 + covariance[$1 * mean.count + $1] } / Double(mean.count)
  }
}

extension LevelImages {
  /// Copies images as numbers less `mean`, row after row.
  func copy(_ range: Range<Int>, minus mean: [Double], into target: UnsafeMutablePointer<Double>) {
    let order = space.dimensions
    levels.withUnsafeBufferPointer { levels in
      mean.withUnsafeBufferPointer { mean in
        for row in 0..<range.count {
          let (line, start) = (target + row * order, (range.lowerBound + row) * order)
          for column in 0..<order { line[column] = Double(levels[start + column]) - mean[column] }
        }
      }
    }
  }
}
