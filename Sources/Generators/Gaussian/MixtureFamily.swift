import Foundation
import Kernels
import Randomness

/// A mixture of probabilistic principal component analysers for each class (Tipping and Bishop 1999, "Mixtures of
/// probabilistic principal component analyzers", Neural Computation 11(2)), fitted by EM from a k-means start.
///
/// EM maximises the density of the levels. It stops where an iteration gains less than 10⁻⁵ nats per dimension, or after
/// `mostIterations`. A component that loses all of its images keeps the weight 0.
package struct MixtureFamily: GeneratorFamily {
  package static let name = "mixture"

  package let components: Int
  package let rank: Int

  package var capacity: [String: Int] { ["components": components, "rank": rank] }

  package init(components: Int, rank: Int) {
    self.components = components
    self.rank = rank
  }

  package static let mostComponents = 1000

  package func fit(_ data: LabelledImages, _ context: FitContext) throws -> GaussianModel {
    let identity = context.identity(of: self, data)
    try GaussianModel.check(identity.space)
    try GaussianModel.check(rank: rank, identity.space)
    let allowed = 1...Self.mostComponents
    guard allowed.contains(components) else {
      throw GeneratorError.capacity(
        option: "--components", value: components, allowed: allowed, reason: "the Gaussians of each class")
    }
    let done = SharedCount()
    let fitted = try context.pool.mapThrowing(data.classNames.count) { label in
      let images = data.images.selecting(data.indices(of: label))
      guard images.count >= 2 * components else {
        throw GeneratorError.tooFewImages(
          className: data.classNames[label], images: images.count, needed: 2 * components)
      }
      let stream = RandomStream(seed: context.seed, purpose: "mixture").split(label)
      let start = MixtureStart(images, components: components, rank: rank, stream: stream)
      var fit = MixtureFit(images, start)
      fit.run()
      try done.advance { try context.progress($0, data.classNames.count, "") }
      return fit.components
    }
    return GaussianModel(identity, components: fitted)
  }
}
