import Foundation
import Kernels
import Randomness

/// One Gaussian with full covariance for each class.
///
/// The sample covariance S of few images is too narrow in most directions, so it is shrunk towards the sphere of its mean
/// variance v (Ledoit and Wolf 2004, equation 6, whose weight is chosen here by likelihood): (1 − a) S + a v I + I/12,
/// where 1/12 is the variance of a uniform number within a level. The weight a of each class is the one of `weights` under
/// which a tenth of its images, left out of S, are most likely; S is then computed of all.
package struct GaussianFamily: GeneratorFamily {
  package static let name = "gaussian"

  package let capacity: [String: Int] = [:]

  package init() {}

  /// 10⁻⁵ to 0.3.
  static let weights = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3]
  /// The variance of a uniform number between two levels.
  static let withinLevel = 1.0 / 12

  private static let mostHeldOut = 500

  package func fit(_ data: LabelledImages, _ context: FitContext) throws -> GaussianModel {
    let identity = context.identity(of: self, data)
    try GaussianModel.check(identity.space)
    let done = SharedCount()
    let components = try context.pool.mapThrowing(data.classNames.count) { label in
      let images = data.images.selecting(data.indices(of: label))
      guard images.count >= 10 else {
        throw GeneratorError.tooFewImages(className: data.classNames[label], images: images.count, needed: 10)
      }
      let component = try Self.fit(images, identity, label)
      try done.advance { try context.progress($0, data.classNames.count, "") }
      return [component]
    }
    return GaussianModel(identity, components: components)
  }

  private static func fit(_ images: LevelImages, _ identity: ModelIdentity, _ label: Int) throws -> GaussianComponent {
    var stream = RandomStream(seed: identity.seed, purpose: "held out").split(label)
    let order = stream.permutation(of: images.count)
    let heldOut = min(mostHeldOut, max(1, images.count / 10))
    let held = images.selecting(Array(order[..<heldOut]))
    let kept = Moments(images.selecting(Array(order[heldOut...])))
    var best: (weight: Double, value: Double)?
    for weight in weights {
      guard let factor = factor(kept, weight, identity.space) else { continue }
      let value = factor.total(held, isDensity: identity.kind == .dequantized)
      if best.map({ value > $0.value }) ?? true { best = (weight, value) }
    }
    guard let best, let factor = factor(kept.merged(with: Moments(held)), best.weight, identity.space) else {
      throw GeneratorError.degenerate(className: identity.classNames[label])
    }
    return GaussianComponent(weight: 1, mean: factor.mean.map { Float($0) }, covariance: .factor(factor.packed))
  }

  private static func factor(_ moments: Moments, _ weight: Double, _ space: ImageSpace) -> GaussianFactor? {
    let order = space.dimensions
    let added = weight * moments.meanVariance + withinLevel
    var covariance = moments.covariance
    covariance.withUnsafeMutableBufferPointer { values in
      for at in values.indices { values[at] *= 1 - weight }
      for row in 0..<order { values[row * order + row] += added }
    }
    return GaussianFactor(space: space, mean: moments.mean, covariance: covariance)
  }
}

extension GaussianFactor {
  /// The log-likelihood of all images together; a density takes them in the middle of their levels.
  package func total(_ images: LevelImages, isDensity: Bool) -> Double {
    let scratch = Self.scratch(space)
    let noise = isDensity ? DoubleBlock(Self.rows * space.dimensions) : nil
    let results = DoubleBlock(Self.rows)
    var sum = 0.0
    for range in ranges(of: images.count, step: Self.rows) {
      logLikelihoods(images, range, noise: (noise?.base).map { UnsafePointer($0) }, scratch, into: results.base)
      for row in 0..<range.count { sum += results.base[row] }
    }
    return sum
  }

  /// The lower triangle of the factor, row by row.
  var packed: [Float] {
    let order = space.dimensions
    return (0..<order).flatMap { row in lower[row * order...row * order + row].map { Float($0) } }
  }
}
