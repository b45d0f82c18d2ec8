package import Datasets
import Foundation
internal import Networks
internal import Training

/// The default extractor: a classifier that is trained here, on the real images (Barratt and Sharma 2018, section 5, ask
/// for a network of the images' own domain). It needs no download.
package enum OwnNetwork {
  /// The settings: the preset that fits the images.
  ///
  /// - Throws: `UsageError`.
  package static func experiment(for samples: Samples, seed: UInt64) throws -> (experiment: Experiment, reason: String)
  {
    let shape = samples.shape
    let choice = try PresetChoice(
      PresetChoice.Facts(
        side: max(shape.height, shape.width), isGrey: shape.channels == 1,
        classes: samples.classCounts.count { $0 > 0 }, images: samples.count))
    var configuration = try Configuration()
    try configuration.overlay(yaml: try Preset.named(choice.preset).yaml, source: choice.preset)
    try configuration.overlay(yaml: choice.adjustments, source: choice.preset)
    var experiment = try configuration.experiment()
    experiment.precision = .fp32
    experiment.seed = seed
    return (experiment, choice.reason)
  }

  /// Trains the network, or takes it from the cache of baselines, where it lies like any other.
  ///
  /// - Throws: `Interrupted` (nothing of the training is kept), `TrainingError`, `UsageError`.
  package static func trained(
    on samples: Samples, _ experiment: Experiment, machine: Machine, cache: BaselineCache?,
    events: RunEvents
  ) throws -> FeatureExtractor {
    let job = try job(on: samples, experiment)
    let bytes: [UInt8]
    if let hit = cache?.lookup(job, kernels: machine.kernels) {
      bytes = hit.model
      events.note("features: the network was trained on these images before, and is taken from the cache.")
    } else {
      let trainer = try Trainer(job, on: machine.backend)
      events.began("Training \(experiment.model) for features, seed \(job.seed)", job.steps, "steps", 0)
      defer { events.ended(trainer.isFinished) }
      try trainer.run(
        Trainer.Monitor(
          stepped: { step, loss in events.advanced(step, "loss \(String(format: "%.3f", loss))") },
          shouldStop: { events.shouldStop() }))
      guard trainer.isFinished else { throw Interrupted() }
      let computation = Computation(build: ProgramIdentity.current, kernels: machine.kernels)
      bytes = try ModelFile.serialized(job, trainer.result, computedBy: [computation])
      cache?.store(job, kernels: machine.kernels, model: bytes, history: trainer.history)
    }
    let title = "the trained network"
    var file = try SafeTensors(bytes, path: title)
    // Its hash names the network in documents, and equal weights are one network, whichever build has computed them.
    file.metadata[Computation.key] = nil
    return try FeatureExtractor.own(file, bytes: try file.serialized(), path: title)
  }

  /// The network's training.
  static func job(on samples: Samples, _ experiment: Experiment) throws -> TrainingJob {
    guard let job = try Study("features", on: samples).jobs(experiment).first else {
      preconditionFailure("one entry and one seed are one job")
    }
    return job
  }
}
