package import Datasets
package import Networks

/// One training: its network, images, recipe, number of steps and seed.
package struct TrainingJob: Sendable {
  /// The set's name, for messages and file names only: no random number depends on it.
  package let name: String
  package let seed: UInt64
  package let steps: Int
  package let architecture: Architecture
  package let recipe: Recipe
  package let samples: Samples
  package let normalization: Normalization
  /// Two trainings with equal fingerprints give equal weights on equal kernels.
  package let fingerprint: String
  /// The last images of the samples, if every batch has a fixed number of them.
  package let supplement: BatchSampler.Supplement?
  /// How often the images of each class are shown, if not once per epoch.
  package let weighting: BatchSampler.Weighting?

  package init(
    name: String, seed: UInt64, steps: Int, architecture: Architecture, recipe: Recipe, samples: Samples,
    normalization: Normalization, fingerprint: String, supplement: BatchSampler.Supplement? = nil,
    weighting: BatchSampler.Weighting? = nil
  ) {
    self.name = name
    self.seed = seed
    self.steps = steps
    self.architecture = architecture
    self.recipe = recipe
    self.samples = samples
    self.normalization = normalization
    self.fingerprint = fingerprint
    self.supplement = supplement
    self.weighting = weighting
  }

  package var plan: Plan {
    architecture.plan(
      input: samples.shape, classes: samples.classNames.count, zeroLastScale: recipe.zeroLastScale)
  }

  /// Which images each step sees.
  package var order: BatchSampler {
    BatchSampler(
      count: samples.count, batchSize: recipe.batchSize, seed: seed, supplement: supplement,
      weighting: weighting)
  }
}
