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
    /// The entry that this one is compared with; nil for a baseline, or where there is none.
    package var baseline: String?
    package var samples: Samples

    /// The name in file names and in the log, unique among the entries.
    package var label: String {
      guard let fractionAdded, kind == .nas else { return name }
      return "\(name)+\(fractionAdded)"
    }

    /// Classes without a training image.
    package var untrained: Set<Int> {
      Set(samples.classCounts.enumerated().filter { $0.element == 0 }.map(\.offset))
    }
  }

  package let test: Samples
  package let entries: [Entry]
  /// What the user should know about how the sets were drawn.
  package let notes: [String]
}

extension Study {
  /// The Classification Accuracy Score (Ravuri and Vinyals 2019): each synthetic set alone, and the real training
  /// images in the same numbers per class as the baseline.
  ///
  /// Sets with other counts get a baseline of their own, so that a drop measures the samples and not their number.
  package static func cas(_ data: StudyData, _ experiment: Experiment) throws -> Study {
    var notes: [String] = []
    var entries: [Entry] = []
    var baselines: [(counts: [Int], entry: Entry)] = []
    for set in data.synthetic {
      let samples = try limited(set.samples, experiment, name: set.name, notes: &notes)
      var entry = Entry(name: set.name, kind: .cas, samples: samples)
      if let real = data.realTrain, experiment.baseline != .none {
        let drawn =
          experiment.baseline == .matched
          ? try matched(real, to: samples.classCounts, name: set.name, notes: &notes)
          : try limited(real, experiment, name: "the real training set", notes: &notes)
        let counts = drawn.classCounts
        if let known = baselines.first(where: { $0.counts == counts }) {
          entry.baseline = known.entry.name
        } else {
          // Names of synthetic sets hold no plus sign, so that these cannot clash with one.
          let name = baselines.isEmpty ? "baseline" : "baseline+\(baselines.count + 1)"
          baselines.append((counts, Entry(name: name, kind: .baseline, samples: drawn)))
          entry.baseline = name
        }
      }
      entries.append(entry)
    }
    return Study(test: data.test, entries: entries + baselines.map(\.entry), notes: data.notes + unique(notes))
  }

  /// The Naive Augmentation Score (Ravuri and Vinyals 2019, section 4.4): the whole real training set, and with each
  /// fraction of its size of synthetic images added to it, class by class.
  package static func nas(_ data: StudyData, fractions: [Double], _ experiment: Experiment) throws -> Study {
    guard let whole = data.realTrain else {
      throw UsageError.message(
        "NAS adds samples to the real training set, and there is none. Name it with --real-train.")
    }
    var notes: [String] = []
    let real = try limited(whole, experiment, name: "the real training set", notes: &notes)
    var entries: [Entry] = []
    for set in data.synthetic {
      for fraction in fractions where fraction > 0 {
        let wanted = real.classCounts.map { Int((Double($0) * fraction).rounded()) }
        let added = try matched(set.samples, to: wanted, name: set.name, notes: &notes)
        entries.append(
          Entry(
            name: set.name, kind: .nas, fractionAdded: fraction, baseline: "baseline",
            samples: real.concatenating(added)))
      }
    }
    entries.append(Entry(name: "baseline", kind: .baseline, fractionAdded: 0, samples: real))
    return Study(test: data.test, entries: entries, notes: data.notes + unique(notes))
  }

  /// At most `perClass` images of each class.
  private static func limited(
    _ samples: Samples, _ experiment: Experiment, name: String, notes: inout [String]
  ) throws -> Samples {
    guard let limit = experiment.perClass else { return samples }
    return try matched(samples, to: samples.classCounts.map { _ in limit }, name: name, notes: &notes)
  }

  /// As many images of each class as wanted, or all there are, which is noted.
  private static func matched(
    _ samples: Samples, to wanted: [Int], name: String, notes: inout [String]
  ) throws -> Samples {
    let present = samples.classCounts
    let short = zip(present, wanted).filter { $0 < $1 }
    if !short.isEmpty {
      notes.append(
        "\(short.count) of \(present.count) classes have fewer images than \(name) asks for "
          + "(\(present.reduce(0, +)) images instead of \(wanted.reduce(0, +))).")
    }
    return try samples.drawing(perClass: zip(present, wanted).map { min($0, $1) })
  }

  private static func unique(_ notes: [String]) -> [String] {
    notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

// MARK: - Trainings

extension Study {
  /// The steps of each entry's trainings: one number for all, or epochs over each set.
  package func steps(_ experiment: Experiment) -> [Int] {
    if let steps = experiment.steps { return entries.map { _ in steps } }
    let epochs = entries.map { entry in
      guard entry.samples.count > 0 else { return 1 }
      let order = EpochOrder(count: entry.samples.count, batchSize: experiment.training.batchSize, seed: 0)
      return max(1, Int((experiment.training.epochs * Double(order.stepsPerEpoch)).rounded()))
    }
    guard experiment.budget == .steps, let least = epochs.min() else { return epochs }
    return entries.map { _ in least }
  }

  /// Every training of the study, in the order of the entries and, within one, of the seeds.
  ///
  /// - Throws: `UsageError` when the model is not known or needs larger images.
  package func jobs(_ experiment: Experiment) throws -> [TrainingJob] {
    guard let architecture = Architecture(name: experiment.model) else {
      throw UsageError.unknownModel(
        experiment.model, nearest: Spelling.nearest(to: experiment.model, in: Architecture.names))
    }
    let setting = try NormalizationSetting(experiment.normalization)
    return try zip(entries, steps(experiment)).flatMap { entry, steps in
      let normalization =
        switch setting {
        case .training: Normalization.computed(from: entry.samples)
        case .given(let normalization): normalization.fitted(toChannels: test.shape.channels)
        }
      return try experiment.seedRange.map { seed in
        let fingerprint = Fingerprint(
          architecture: architecture.name, recipe: experiment.training, steps: steps, seed: seed,
          normalization: normalization, data: entry.samples.summary.hash, kernels: experiment.kernels)
        return TrainingJob(
          name: entry.label, seed: seed, steps: steps, architecture: architecture, recipe: experiment.training,
          samples: entry.samples, normalization: normalization, fingerprint: try fingerprint.digest())
      }
    }
  }
}
