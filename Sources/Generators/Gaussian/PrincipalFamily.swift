import Foundation
import Kernels

/// Probabilistic principal component analysis for each class: covariance W Wᵀ + σ² I with W of D x `rank` (Tipping and
/// Bishop 1999, "Probabilistic principal component analysis", J. R. Stat. Soc. B 61(3)).
///
/// W = U (Λ − σ² I)^{1/2} of the largest eigenvalues Λ of the sample covariance (equation 15, with R = I), and σ² is the
/// mean of the others (equation 8), at least 1/12, the variance of a uniform number within a level.
package struct PrincipalFamily: GeneratorFamily {
  package static let name = "ppca"

  package let rank: Int

  package var capacity: [String: Int] { ["rank": rank] }

  package init(rank: Int) { self.rank = rank }

  package func fit(_ data: LabelledImages, _ context: FitContext) throws -> GaussianModel {
    let identity = context.identity(of: self, data)
    try GaussianModel.check(identity.space)
    try GaussianModel.check(rank: rank, identity.space)
    let done = SharedCount()
    let components = try context.pool.mapThrowing(data.classNames.count) { label in
      let images = data.images.selecting(data.indices(of: label))
      guard images.count >= 2 else {
        throw GeneratorError.tooFewImages(className: data.classNames[label], images: images.count, needed: 2)
      }
      guard let component = fit(images) else {
        throw GeneratorError.degenerate(className: data.classNames[label])
      }
      try done.advance { try context.progress($0, data.classNames.count, "") }
      return [component]
    }
    return GaussianModel(identity, components: components)
  }

  /// Nil where LAPACK finds no eigenvalues.
  private func fit(_ images: LevelImages) -> GaussianComponent? {
    let moments = Moments(images)
    let order = moments.mean.count
    var vectors = moments.covariance
    let found = vectors.withUnsafeMutableBufferPointer { matrix in
      matrix.baseAddress.flatMap { symmetricEigenvalues($0, order: order, vectors: true) }
    }
    guard let values = found else { return nil }
    let rest = values[..<(order - rank)]
    let variance = max(rest.reduce(0, +) / Double(max(rest.count, 1)), GaussianFamily.withinLevel)
    // The values ascend: the first column of W belongs to the last of them.
    let scales = (0..<rank).map { max(values[order - 1 - $0] - variance, 0).squareRoot() }
    var loadings = [Float](repeating: 0, count: order * rank)
    for column in 0..<rank {
      let vector = (order - 1 - column) * order
      for row in 0..<order { loadings[row * rank + column] = Float(vectors[vector + row] * scales[column]) }
    }
    return GaussianComponent(
      weight: 1, mean: moments.mean.map { Float($0) },
      covariance: .loadings(loadings, rank: rank, variance: Float(variance)))
  }
}

extension GaussianModel {
  /// Throws `GeneratorError.capacity` for a rank that the images do not have.
  static func check(rank: Int, _ space: ImageSpace) throws {
    let allowed = 1...max(1, space.dimensions - 1)
    guard allowed.contains(rank) else {
      throw GeneratorError.capacity(
        option: "--rank", value: rank, allowed: allowed,
        reason: "fewer than the \(space.dimensions) numbers of an image")
    }
  }
}
