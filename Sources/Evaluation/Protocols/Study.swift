package import Datasets
internal import Networks
package import Training

/// A run laid out before anything is trained: the test set and every training set with its name and role.
package struct Study: Sendable {
  package enum Kind: String, Sendable { case cas, baseline, nas }

  /// One training set; its classifiers differ by their seeds only.
  package struct Entry: Sendable {
    /// The name in the report.
    package var name: String
    package var kind: Kind
    /// Synthetic images added, as a share of the real training images; nil outside of NAS.
    package var fractionAdded: Double?
    /// Images of the training set, where a study has several sizes of one set.
    package var size: Int?
    /// How the images are changed in training, where a study compares several ways.
    package var augmentation: MixedAugmentation?
    /// The last images of the samples, where every batch has a fixed number of them.
    package var supplement: BatchSampler.Supplement?
    /// The entry that this one is compared with; nil for a baseline, or where there is none.
    package var baseline: String?
    package var samples: Samples

    /// The name in file names and in the log, unique among the entries.
    package var label: String {
      guard kind != .baseline else { return name }
      return name + (fractionAdded.map { "+\($0)" } ?? "") + (augmentation.map { "+\($0.rawValue)" } ?? "")
        + (size.map { "@\($0)" } ?? "")
    }

    /// Classes without a training image.
    package var untrained: Set<Int> {
      Set(samples.classCounts.enumerated().filter { $0.element == 0 }.map(\.offset))
    }
  }

  package let test: Samples
  package let entries: [Entry]
  /// What the user should know about how the sets were drawn and how long they are trained on.
  package private(set) var notes: [String]
  /// The number of real images of each class: of the training set, or of the test set without one.
  package let realCounts: [Int]

  init(_ data: StudyData, entries: [Entry], notes: [String], _ experiment: Experiment) {
    test = data.test
    self.entries = entries
    self.notes = notes
    realCounts = (data.realTrain ?? data.test).classCounts
    if let steps = steps(experiment).min(), steps < Self.fewSteps {
      self.notes.append(
        "Only \(steps.counted("step is", "steps are")) taken; --preset auto takes "
          + "\(Int(PresetChoice.leastSteps).grouped) or more, in at most \(Int(PresetChoice.mostEpochs)) epochs.")
    }
  }

  /// Training on some images alone, of which those of the test are the same.
  init(_ name: String, on samples: Samples) {
    test = samples
    entries = [Entry(name: name, kind: .baseline, samples: samples)]
    notes = []
    realCounts = samples.classCounts
  }
}

extension Study {
  /// Below this even easy classes are not learnt to their end.
  private static let fewSteps = 500

  /// The steps of each entry's trainings: one number for all, or epochs over each set. The one number is the
  /// recipe's epochs over the smallest training set, and over the largest one where a set comes in several sizes.
  package func steps(_ experiment: Experiment) -> [Int] {
    if let steps = experiment.steps { return entries.map { _ in steps } }
    let epochs = entries.map { entry in
      guard entry.samples.count > 0 else { return 1 }
      let order = BatchSampler(
        count: entry.samples.count, batchSize: experiment.training.batchSize, seed: 0, supplement: entry.supplement)
      return max(1, Int((experiment.training.epochs * Double(order.stepsPerEpoch)).rounded()))
    }
    // A curve's smallest sets are so small that their epochs would teach the larger ones nothing.
    let isCurve = entries.contains { $0.size != nil }
    guard experiment.budget == .steps, let common = isCurve ? epochs.max() : epochs.min() else { return epochs }
    return entries.map { _ in common }
  }

  /// Every training of the study, in the order of the entries and, within one, of the seeds.
  ///
  /// - Throws: `UsageError` when the model is not known or needs larger images.
  package func jobs(_ experiment: Experiment) throws -> [TrainingJob] {
    guard let architecture = Architecture(name: experiment.model) else {
      throw UsageError.unknownModel(
        experiment.model, nearest: Spelling.nearest(to: experiment.model, in: Architecture.names))
    }
    try architecture.check(test.shape)
    let setting = try NormalizationSetting(experiment.normalization)
    return try zip(entries, steps(experiment)).flatMap { entry, steps in
      let normalization =
        switch setting {
        case .training: Normalization.computed(from: entry.samples)
        case .given(let normalization): normalization.fitted(toChannels: test.shape.channels)
        }
      var recipe = experiment.training
      if let augmentation = entry.augmentation {
        recipe.augmentation = augmentation.applied(to: recipe.augmentation)
      }
      let weighting = entry.supplement == nil ? weighting(of: entry, experiment) : nil
      let originals = recipe.augmentation.randomResizedCrop == nil ? nil : entry.samples.originalsHash
      return try experiment.seedRange.map { seed in
        let fingerprint = Fingerprint(
          architecture: architecture.name, recipe: recipe, steps: steps, seed: seed, normalization: normalization,
          data: entry.samples.summary.hash, supplement: entry.supplement, weighting: weighting?.perEpoch,
          originals: originals, decoding: originals.map { _ in experiment.decode },
          kernels: experiment.kernels)
        return TrainingJob(
          name: entry.label, seed: seed, steps: steps, architecture: architecture, recipe: recipe,
          samples: entry.samples, normalization: normalization, fingerprint: try fingerprint.digest(),
          supplement: entry.supplement, weighting: weighting)
      }
    }
  }

  private func weighting(of entry: Entry, _ experiment: Experiment) -> BatchSampler.Weighting? {
    let shares: [Double]
    switch experiment.weighting {
    case .none: return nil
    case .balanced: shares = entry.samples.classNames.map { _ in 1 }
    case .real: shares = realCounts.map(Double.init)
    }
    return BatchSampler.Weighting(labels: entry.samples.labels, shares: shares)
  }
}
