package import Datasets
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
    /// One for each seed.
    package fileprivate(set) var trainings: [TrainingJob] = []

    init(
      name: String, kind: Kind, fractionAdded: Double? = nil, size: Int? = nil, samples: Samples
    ) {
      self.name = name
      self.kind = kind
      self.fractionAdded = fractionAdded
      self.size = size
      self.samples = samples
    }

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

  /// - Throws: `UsageError` when the model is not known or needs larger images.
  init(_ data: StudyData, entries: [Entry], notes: [String], _ experiment: Experiment) throws {
    test = data.test
    self.notes = notes
    let realCounts = (data.realTrain ?? data.test).classCounts
    let steps = Self.steps(of: entries, experiment)
    self.entries = try zip(entries, steps).map { entry, steps in
      var entry = entry
      entry.trainings = try entry.trainings(experiment, steps: steps, realCounts: realCounts)
      return entry
    }
    if let steps = steps.min(), steps < Self.fewSteps {
      self.notes.append(
        "Only \(steps.counted("step is", "steps are")) taken; --preset auto takes "
          + "\(Int(PresetChoice.leastSteps).grouped) or more, in at most \(Int(PresetChoice.mostEpochs)) epochs.")
    }
  }
}

extension Study {
  /// - Throws: `UsageError` where the images do not allow what the plan asks for.
  init(_ plan: RunPlan, _ data: StudyData) throws {
    self =
      switch plan.request.command {
      case .train: try .cas(data, plan.experiment)
      case .nas: try .nas(data, Augmenting(plan.request), plan.experiment)
      case .curve: try .curve(data, sizes: plan.request.sizes ?? [], plan.experiment)
      }
  }

  /// Below this even easy classes are not learnt to their end.
  private static let fewSteps = 500

  /// The steps of each entry's trainings: one number for all, or epochs over each set. The one number is the
  /// recipe's epochs over the smallest training set, and over the largest one where a set comes in several sizes.
  static func steps(of entries: [Entry], _ experiment: Experiment) -> [Int] {
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
  package var jobs: [TrainingJob] { entries.flatMap(\.trainings) }
}
