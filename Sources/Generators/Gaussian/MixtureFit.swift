import Foundation
import Kernels

/// EM for a mixture of probabilistic principal component analysers, on the images of one class.
///
/// An iteration is the two-stage one of Tipping and Bishop 1999 (mixtures, appendix C): weights and means by the
/// responsibilities R, then W and σ² by one EM step whose hidden variables are the latent ones, with the same R. Both
/// raise the expected likelihood, so the likelihood never falls. No D x D matrix is made: the products with the
/// covariance S are those of the images with the latent means.
package struct MixtureFit {
  /// One component. The mean is in levels less that of the images.
  private struct Part {
    var weight: Double
    var mean: [Double]
    /// D x q.
    var loadings: [Double]
    var variance: Double
  }

  private let points: CenteredImages
  private let rank: Int
  private var parts: [Part]
  /// The mean log density of an image in nats, of the parameters before each iteration.
  package private(set) var history: [Double] = []

  static let mostIterations = 60
  private static let leastGain = 1e-5

  package init(_ images: LevelImages, _ start: MixtureStart) {
    points = CenteredImages(images)
    rank = start.rank
    let order = points.order
    parts = start.weights.indices.map { index in
      // Half of the variance along the random directions, half of it around them.
      let scale = (start.variances[index] / (2 * Double(start.rank))).squareRoot()
      return Part(
        weight: start.weights[index], mean: Array(start.centers[index * order..<(index + 1) * order]),
        loadings: start.loadings.map { $0 * scale }, variance: start.variances[index] / 2)
    }
  }

  mutating func run() {
    for _ in 0..<Self.mostIterations {
      iterate()
      guard history.count > 1 else { continue }
      let gain = history[history.count - 1] - history[history.count - 2]
      if gain < Self.leastGain * Double(points.order) { break }
    }
  }

  /// The components in single precision, with means in levels.
  var components: [GaussianComponent] {
    let total = parts.reduce(0) { $0 + $1.weight }
    return parts.map { part in
      GaussianComponent(
        weight: Float(part.weight / total), mean: zip(part.mean, points.mean).map { Float($0 + $1) },
        covariance: .loadings(part.loadings.map { Float($0) }, rank: rank, variance: Float(part.variance)))
    }
  }
}

extension MixtureFit {
  /// One iteration of EM.
  package mutating func iterate() {
    let (responsibilities, mean) = expected()
    history.append(mean)
    for index in parts.indices { maximize(index, responsibilities[index]) }
  }

  /// The responsibilities of each component for the images, and the mean log density.
  private func expected() -> (responsibilities: [[Double]], mean: Double) {
    let densities = parts.map { $0.weight > 0 ? logDensities($0) : [] }
    let used = densities.filter { !$0.isEmpty }
    let totals = (0..<points.count).map { row in used.reduce(-Double.infinity) { logSum($0, $1[row]) } }
    let responsibilities = densities.map { zip($0, totals).map { exp($0 - $1) } }
    return (responsibilities, totals.reduce(0, +) / Double(points.count))
  }

  /// ln(weight p(x)) for every image, by the latent means: |x − μ|² − tᵀ M⁻¹ t with t = Wᵀ (x − μ) and M = Wᵀ W + σ² I
  /// (Tipping and Bishop 1999, equation 6 with Woodbury's identity).
  private func logDensities(_ part: Part) -> [Double] {
    let (order, count) = (points.order, points.count)
    var factor = latentMatrix(part)
    guard factor.withUnsafeMutableBufferPointer({ $0.baseAddress.map { factorCholesky($0, order: rank) } ?? false })
    else {
      return [Double](repeating: -.infinity, count: count)
    }
    var latent = projections(part)
    latent.withUnsafeMutableBufferPointer { latent in
      factor.withUnsafeBufferPointer { factor in
        guard let values = latent.baseAddress, let lower = factor.baseAddress else { return }
        solveTriangular(lower, order: rank, .factor, rows: count, values)
      }
    }
    let determinant = (0..<rank).reduce(0) { $0 + 2 * log(factor[$1 * rank + $1]) }
    let constant =
      log(part.weight)
      - 0.5 * (Double(order) * log(2 * Double.pi) + Double(order - rank) * log(part.variance) + determinant)
    let distances = squaredDistances(to: part.mean)
    return (0..<count).map { row in
      var explained = 0.0
      for column in row * rank..<(row + 1) * rank { explained += latent[column] * latent[column] }
      return constant - 0.5 * (distances[row] - explained) / part.variance
    }
  }

  /// M = Wᵀ W + σ² I.
  private func latentMatrix(_ part: Part) -> [Double] {
    var matrix = product(part.loadings, part.loadings, rows: points.order)
    for index in 0..<rank { matrix[index * rank + index] += part.variance }
    return matrix
  }

  /// aᵀ b for two matrices of `rows` x q.
  private func product(_ a: [Double], _ b: [Double], rows: Int) -> [Double] {
    var result = [Double](repeating: 0, count: rank * rank)
    result.withUnsafeMutableBufferPointer { result in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          guard let target = result.baseAddress, let left = a.baseAddress, let right = b.baseAddress else { return }
          multiply(
            DoubleMatrix(left, stride: rank, isTransposed: true), DoubleMatrix(right, stride: rank), m: rank, n: rank,
            k: rows, into: target, stride: rank)
        }
      }
    }
    return result
  }

  /// (x − μ) W for every image.
  private func projections(_ part: Part) -> [Double] {
    let (order, count) = (points.order, points.count)
    var result = [Double](repeating: 0, count: count * rank)
    result.withUnsafeMutableBufferPointer { result in
      part.loadings.withUnsafeBufferPointer { loadings in
        guard let target = result.baseAddress, let base = loadings.baseAddress else { return }
        multiply(
          DoubleMatrix(points.block.base, stride: order), DoubleMatrix(base, stride: rank), m: count, n: rank, k: order,
          into: target, stride: rank)
        for column in 0..<rank {
          var shift = 0.0
          for row in 0..<order { shift += part.mean[row] * base[row * rank + column] }
          for row in 0..<count { target[row * rank + column] -= shift }
        }
      }
    }
    return result
  }

  /// |x − μ|² for every image.
  private func squaredDistances(to mean: [Double]) -> [Double] {
    let (order, count) = (points.order, points.count)
    var result = [Double](repeating: 0, count: count)
    result.withUnsafeMutableBufferPointer { result in
      mean.withUnsafeBufferPointer { mean in
        guard let target = result.baseAddress, let base = mean.baseAddress else { return }
        multiply(
          DoubleMatrix(points.block.base, stride: order), DoubleMatrix(base, stride: 1), m: count, n: 1, k: order,
          alpha: -2, into: target, stride: 1)
      }
    }
    let length = mean.reduce(0) { $0 + $1 * $1 }
    return result.enumerated().map { max(0, $1 + points.squares[$0] + length) }
  }
}

extension MixtureFit {
  /// The new parameters of one component.
  private mutating func maximize(_ index: Int, _ responsibilities: [Double]) {
    let share = responsibilities.reduce(0, +)
    // Less than a thousandth of an image is nothing to fit to.
    guard share > 1e-3 else {
      parts[index].weight = 0
      return
    }
    var part = parts[index]
    part.weight = share / Double(points.count)
    part.mean = weightedSum(responsibilities.map { $0 / share }, columns: 1)
    // S W, whose weighted mean of x − μ is zero: the images times their weighted projections.
    let projections = projections(part)
    let weighted = projections.indices.map { projections[$0] * responsibilities[$0 / rank] / share }
    let scatter = weightedSum(weighted, columns: rank)
    let trace = zip(squaredDistances(to: part.mean), responsibilities).reduce(0) { $0 + $1.0 * $1.1 } / share
    guard let (loadings, explained) = loadings(part, scatter) else { return }
    part.variance = max((trace - explained) / Double(points.order), GaussianFamily.withinLevel)
    part.loadings = loadings
    parts[index] = part
  }

  /// W' = S W (σ² I + M⁻¹ Wᵀ S W)⁻¹ = S W (σ² M + Wᵀ S W)⁻¹ M, and the trace of S W M⁻¹ W'ᵀ (mixtures, equations C.14 and
  /// C.15); nil where the matrix is singular, which keeps the component as it is.
  private func loadings(_ part: Part, _ scatter: [Double]) -> (loadings: [Double], explained: Double)? {
    let order = points.order
    let latent = latentMatrix(part)
    var inner = product(part.loadings, scatter, rows: order)
    for row in 0..<rank {
      for column in 0...row {
        let symmetric = 0.5 * (inner[row * rank + column] + inner[column * rank + row])
        inner[row * rank + column] = symmetric + part.variance * latent[row * rank + column]
      }
    }
    guard let solved = solve(inner, scatter), let posterior = solve(latent, scatter) else { return nil }
    var result = [Double](repeating: 0, count: order * rank)
    result.withUnsafeMutableBufferPointer { result in
      solved.withUnsafeBufferPointer { solved in
        latent.withUnsafeBufferPointer { latent in
          guard let target = result.baseAddress, let left = solved.baseAddress, let right = latent.baseAddress else {
            return
          }
          multiply(
            DoubleMatrix(left, stride: rank), DoubleMatrix(right, stride: rank), m: order, n: rank, k: rank,
            into: target,
            stride: rank)
        }
      }
    }
    return (result, zip(posterior, result).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// b A⁻¹ for rows b and a symmetric positive definite A of q x q; nil where A is none.
  private func solve(_ matrix: [Double], _ rows: [Double]) -> [Double]? {
    var (factor, values) = (matrix, rows)
    return factor.withUnsafeMutableBufferPointer { factor in
      values.withUnsafeMutableBufferPointer { values in
        guard let lower = factor.baseAddress, let base = values.baseAddress, factorCholesky(lower, order: rank) else {
          return false
        }
        solveTriangular(lower, order: rank, .factor, rows: values.count / rank, base)
        solveTriangular(lower, order: rank, .transposed, rows: values.count / rank, base)
        return true
      }
    } ? values : nil
  }

  /// Xᵀ v for `columns` weights of each image: D x columns numbers.
  private func weightedSum(_ weights: [Double], columns: Int) -> [Double] {
    let order = points.order
    var result = [Double](repeating: 0, count: order * columns)
    result.withUnsafeMutableBufferPointer { result in
      weights.withUnsafeBufferPointer { weights in
        guard let target = result.baseAddress, let base = weights.baseAddress else { return }
        multiply(
          DoubleMatrix(points.block.base, stride: order, isTransposed: true), DoubleMatrix(base, stride: columns),
          m: order, n: columns, k: points.count, into: target, stride: columns)
      }
    }
    return result
  }
}
