internal import Datasets

extension Study {
  /// What a study of naive augmentation varies.
  package struct Augmenting: Sendable {
    /// Fractions of the real training set's size that are added in synthetic images.
    package var fractions: [Double]
    package var mixing: RunRequest.Mixing
    /// Ways of changing the images that are crossed with the fractions; empty for the recipe's own alone.
    package var augmentations: [MixedAugmentation]

    package init(
      fractions: [Double], mixing: RunRequest.Mixing = .concatenate, augmentations: [MixedAugmentation] = []
    ) {
      self.fractions = fractions
      self.mixing = mixing
      self.augmentations = augmentations
    }

    package init(_ request: RunRequest) {
      self.init(
        fractions: request.add ?? [], mixing: request.mixing ?? .concatenate,
        augmentations: request.augmentations ?? [])
    }
  }

  /// The Naive Augmentation Score (Ravuri and Vinyals 2019, section 4.4): the whole real training set, and with each
  /// fraction of its size of synthetic images added to it; the real set alone is what each is compared with.
  ///
  /// Concatenated, as many samples of each class are drawn as the fraction asks for. Mixed by the batch, each batch
  /// has the same share of samples, which come from the whole synthetic set. With several augmentations each has a
  /// real set alone of its own.
  package static func nas(_ data: StudyData, _ plan: Augmenting, _ experiment: Experiment) throws -> Study {
    guard let whole = data.realTrain else {
      throw UsageError.nasWithoutRealTraining
    }
    var notes: [String] = []
    let real = try limited(whole, experiment, name: "The real training set", notes: &notes)
    let ways: [MixedAugmentation?] = plan.augmentations.isEmpty ? [nil] : plan.augmentations
    var entries: [Entry] = []
    for set in data.synthetic {
      for fraction in plan.fractions where fraction > 0 {
        var entry: Entry
        switch plan.mixing {
        case .concatenate:
          let taken = plan.fractions + entries.filter { $0.name == set.name }.compactMap(\.fractionAdded)
          let added = try adding(fraction, of: set, to: real, otherThan: Set(taken))
          let total = real.count + added.samples.count
          guard added.samples.count > 0 else {
            notes.append(
              "\(set.name): for \(fraction) times the real images there is no image to add, and so no result.")
            continue
          }
          guard !entries.contains(where: { $0.name == set.name && $0.samples.count == total }) else {
            notes.append(
              "\(set.name): for \(fraction) times the real images there are only those of a smaller fraction, whose result counts."
            )
            continue
          }
          if let note = added.note { notes.append(note) }
          entry = Entry(
            name: set.name, kind: .nas, fractionAdded: added.fraction, samples: real.concatenating(added.samples))
        case .batch:
          let added = try limited(set.samples, experiment, name: set.name, notes: &notes)
          let batch = experiment.training.batchSize
          guard let parts = parts(of: batch, fraction, real: real.count), added.count > 0 else {
            throw UsageError.smallBatch(batch, fraction: fraction, set: set.name)
          }
          let supplement = BatchSampler.Supplement(count: added.count, perBatch: parts.samples)
          guard !entries.contains(where: { $0.name == set.name && $0.supplement == supplement }) else {
            notes.append(
              "\(set.name): for \(fraction) times the real images a batch holds the images of a smaller fraction, whose result "
                + "counts.")
            continue
          }
          let reached = Double(parts.samples) / Double(parts.real)
          // Whole images of a batch may be another fraction than was asked for.
          let isOther = abs(reached - fraction) > 0.05 * fraction
          let taken = plan.fractions + entries.filter { $0.name == set.name }.compactMap(\.fractionAdded)
          let stated = isOther ? rounded(reached, otherThan: Set(taken)) : fraction
          if isOther {
            notes.append(
              "\(set.name): for \(fraction) times the real images a batch holds \(parts.samples) samples and "
                + "\(parts.real.counted("real image", "real images")), \(stated) times as many.")
          }
          entry = Entry(name: set.name, kind: .nas, fractionAdded: stated, samples: real.concatenating(added))
          entry.supplement = supplement
        }
        for way in ways {
          entry.augmentation = way
          entry.baseline = baselineName(way)
          entries.append(entry)
        }
      }
    }
    guard !entries.isEmpty || !plan.fractions.contains(where: { $0 > 0 }) else {
      throw UsageError.nothingToAdd(realImages: real.count)
    }
    entries += ways.map { way in
      var entry = Entry(name: baselineName(way), kind: .baseline, fractionAdded: 0, samples: real)
      entry.augmentation = way
      return entry
    }
    // More images with as many epochs are more steps, which help by themselves.
    if experiment.steps == nil, experiment.budget == .epochs {
      notes.append(
        "All trainings pass over their own set equally often: where something was added, they take more steps, and a "
          + "gain may come from these.")
    }
    return try Study(data, entries: entries, notes: data.notes + unique(notes), experiment)
  }

  /// How many samples and real images make a batch that holds `fraction` samples for each real image; nil where one of
  /// the two is none. Where there are not so many real images, all of them are in every batch.
  private static func parts(of batch: Int, _ fraction: Double, real: Int) -> (samples: Int, real: Int)? {
    var samples = Int((Double(batch) * fraction / (1 + fraction)).rounded())
    if batch - samples > real { samples = Int((Double(real) * fraction).rounded()) }
    let own = min(batch - samples, real)
    return samples > 0 && own > 0 ? (samples, own) : nil
  }

  /// In tenths of a percent, rounded down, so that too few samples are a smaller fraction; finer where that is taken.
  private static func rounded(_ fraction: Double, otherThan taken: Set<Double>) -> Double {
    [1e3, 1e4, 1e5, 1e6].map { (fraction * $0).rounded(.down) / $0 }.first { $0 > 0 && !taken.contains($0) } ?? fraction
  }

  /// The samples of a set that a fraction of the real images asks for, class by class, or all there are; and which
  /// fraction these are, which is none of those that are taken by other parts of the set.
  private static func adding(
    _ fraction: Double, of set: StudyData.Named, to real: Samples, otherThan taken: Set<Double>
  ) throws -> (fraction: Double, samples: Samples, note: String?) {
    let wanted = real.classCounts.map { Int((Double($0) * fraction).rounded()) }
    let present = zip(set.samples.classCounts, wanted).map { min($0, $1) }
    let added = try set.samples.drawing(perClass: present)
    let missing = wanted.reduce(0, +) - added.count
    guard real.count > 0, added.count > 0 else { return (fraction, added, nil) }
    // Whole images of each class may be another fraction than was asked for, where there are few.
    let isOther = abs(Double(added.count) / Double(real.count) - fraction) >= 0.005
    guard missing > 0 || isOther else { return (fraction, added, nil) }
    let reached = rounded(Double(added.count) / Double(real.count), otherThan: taken)
    let count = added.count.counted("image is", "images are")
    let note =
      missing > 0
      ? "\(set.name) has too few images of some classes for \(fraction) times the real ones: \(count) added instead of "
        + "\((added.count + missing).grouped), \(reached) times as many as real ones."
      : "\(set.name): \(fraction) times the real images of each class, in whole images: \(count) added, \(reached) times as "
        + "many as real ones."
    return (reached, added, note)
  }

  private static func baselineName(_ way: MixedAugmentation?) -> String {
    way.map { "baseline+\($0.rawValue)" } ?? "baseline"
  }
}
