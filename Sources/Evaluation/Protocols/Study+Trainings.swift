internal import Datasets
internal import Networks
internal import Training

extension Study.Entry {
  /// The trainings on the entry's images, one for each seed.
  ///
  /// - Parameter realCounts: real images of each class: of the training set, or of the test set without one.
  /// - Throws: `UsageError` when the model is not known or needs larger images.
  func trainings(_ experiment: Experiment, steps: Int, realCounts: [Int]) throws -> [TrainingJob] {
    let architecture = try Architecture.named(experiment.model)
    try architecture.check(samples.shape)
    let normalization =
      switch try NormalizationSetting(experiment.normalization) {
      case .training: Normalization.computed(from: samples)
      case .given(let normalization): normalization.fitted(toChannels: samples.shape.channels)
      }
    var recipe = experiment.training
    if let augmentation { recipe.augmentation = augmentation.applied(to: recipe.augmentation) }
    let weighting = supplement == nil ? weighting(experiment, realCounts: realCounts) : nil
    let originals = recipe.augmentation.randomResizedCrop == nil ? nil : samples.originalsHash
    return try experiment.seedRange.map { seed in
      let fingerprint = Fingerprint(
        architecture: architecture.name, recipe: recipe, steps: steps, seed: seed, normalization: normalization,
        data: samples.summary.hash, supplement: supplement, weighting: weighting?.perEpoch, originals: originals,
        decoding: originals.map { _ in experiment.decode }, kernels: experiment.kernels)
      return TrainingJob(
        name: label, seed: seed, steps: steps, architecture: architecture, recipe: recipe, samples: samples,
        normalization: normalization, fingerprint: try fingerprint.digest(), supplement: supplement,
        weighting: weighting)
    }
  }

  private func weighting(_ experiment: Experiment, realCounts: [Int]) -> BatchSampler.Weighting? {
    let shares: [Double]
    switch experiment.weighting {
    case .none: return nil
    case .balanced: shares = samples.classNames.map { _ in 1 }
    case .real: shares = realCounts.map(Double.init)
    }
    return BatchSampler.Weighting(labels: samples.labels, shares: shares)
  }
}
