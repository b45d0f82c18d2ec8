package import Datasets
internal import Images
internal import Kernels

/// Describes the images of one data set and writes the numbers to a file (`cas features`).
package struct FeatureRun: Sendable {
  package var images: String
  package var split: Split
  package var features: FeatureNetwork
  /// The file of weights; nil trains the own network on `training`.
  package var weights: String?
  package var training: String?
  package var seed: UInt64 = 0
  package var input: Int?
  package var resize: String?
  package var output: String

  package init(images: String, split: Split, features: FeatureNetwork, output: String) {
    self.images = images
    self.split = split
    self.features = features
    self.output = output
  }

  /// What was written.
  package struct Summary: Sendable, Equatable {
    package let images: Int
    package let columns: Int
    package let classes: Int?
    package let weightsHash: String
  }
}

extension FeatureRun {
  /// - Throws: `Interrupted`, `UsageError`, `CheckpointError`, `DataError`, `ImageError` or `FileError`.
  package func run(
    machine: Machine, baselines: BaselineCache?, cache: FeatureCache?, events: StudyRunner.Events
  ) throws -> Summary {
    let samples = try load(images, split, machine, events)
    let extractor: FeatureExtractor
    if let weights {
      extractor = try FeatureExtractor.pretrained(features, weights: weights)
    } else if features == .own {
      guard let training else {
        throw UsageError.message(
          "The own network is trained on real images: name them with --real, or pass a model that cas trained as --weights."
        )
      }
      let real = try load(training, .train, machine, events)
      let (experiment, reason) = try OwnNetwork.experiment(for: real, seed: seed)
      events.note("features: \(reason)")
      extractor = try OwnNetwork.trained(
        on: real, experiment, machine: machine, cache: baselines, events: events)
    } else {
      throw UsageError.message("--features \(features.rawValue) needs the file of its weights: pass --weights FILE.")
    }
    var extraction = FeatureExtraction(extractor, machine: machine, cache: cache)
    extraction.events = events
    let result = try extraction.run(samples, title: samples.summary.path)
    try write(result, samples)
    return Summary(
      images: samples.count, columns: extractor.columns, classes: extractor.classes,
      weightsHash: extractor.weightsHash)
  }

  private func load(
    _ path: String, _ split: Split, _ machine: Machine, _ events: StudyRunner.Events
  ) throws -> Samples {
    let dataset = try Dataset.open(path)
    let listing = try dataset.list(split)
    events.began("Reading \(path)", listing.entries.count, "images", 0)
    var isWhole = false
    defer { events.ended(isWhole) }
    var options = LoadOptions(input: input, resize: resize.flatMap(ResizeMode.init(rawValue:)))
    options.storage = .memoryUpTo(AvailableMemory.bytes / 2)
    let samples = try dataset.load(
      listing, classes: ClassAssignment(own: listing), options: options,
      pool: machine.processor.pool, progress: { done, _ in events.advanced(done, "") })
    isWhole = true
    return samples
  }

  private func write(_ result: ImageFeatures, _ samples: Samples) throws {
    let rows = result.features.rows
    var arrays = [
      (name: "features", array: NPYArray(result.features.values, shape: [rows, result.features.columns])),
      (name: "labels", array: NPYArray(samples.labels, shape: [rows])),
    ]
    if let logits = result.logits {
      arrays.append((name: "logits", array: NPYArray(logits.values, shape: [rows, logits.columns])))
    }
    try NPZ.write(arrays, to: output)
  }
}
