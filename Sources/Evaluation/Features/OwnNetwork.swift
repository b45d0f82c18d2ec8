package import Datasets
internal import Networks
internal import Training

/// The default extractor: a classifier that is trained here, on the real images (Barratt and Sharma 2018, section 5, ask
/// for a network of the images' own domain). It needs no download.
package struct OwnNetwork {
  private let samples: Samples
  package var experiment: Experiment
  /// Why it has these settings, for the user.
  let reason: String

  /// The settings are those of the preset that fits the images.
  ///
  /// - Throws: `UsageError`.
  package init(on samples: Samples, seed: UInt64) throws {
    let shape = samples.shape
    let choice = try PresetChoice(
      PresetChoice.Facts(
        side: max(shape.height, shape.width), isGrey: shape.channels == 1,
        classes: samples.classCounts.count { $0 > 0 }, images: samples.count))
    var configuration = try Configuration()
    try configuration.overlay(yaml: try Preset.named(choice.preset).yaml, source: choice.preset)
    try configuration.overlay(yaml: choice.adjustments, source: choice.preset)
    experiment = try configuration.experiment()
    experiment.precision = .fp32
    experiment.seed = seed
    reason = choice.reason
    self.samples = samples
  }

  /// Trains the network, or takes it from the cache of baselines, where it lies like any other.
  ///
  /// - Parameter purpose: what the user is told the settings' reason after.
  /// - Throws: `Interrupted` (nothing of the training is kept), `TrainingError`, `UsageError`.
  package func trained(_ context: RunContext, for purpose: String) throws -> FeatureExtractor {
    context.events.note("\(purpose) \(reason)")
    let job = try job()
    var driver = TrainingDriver(context)
    let trained = try driver.trained(
      TrainingDriver.Order(
        job: job, title: "Training \(experiment.model) for features, seed \(job.seed)",
        noteWhenCached: "features: the network was trained on these images before, and is taken from the cache."))
    let title = "the trained network"
    var file = try SafeTensors(trained.model, path: title)
    // Its hash names the network in documents, and equal weights are one network, whichever build has computed them.
    file.metadata[Computation.key] = nil
    return try FeatureExtractor.own(file, bytes: try file.serialized(), path: title)
  }

  /// The network's training.
  func job() throws -> TrainingJob {
    let entry = Study.Entry(name: "features", kind: .baseline, samples: samples)
    let steps = Study.steps(of: [entry], experiment)[0]
    return try entry.trainings(experiment, steps: steps, realCounts: samples.classCounts)[0]
  }
}
