package import Datasets
internal import Images

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
  package func run(_ context: RunContext) throws -> Summary {
    // The files are looked at before the images, which take longer.
    let published = try weights.map { try FeatureExtractor.pretrained(features, weights: $0) }
    guard published != nil || features == .own else {
      throw UsageError.noWeights(features: features.rawValue)
    }
    guard published != nil || training != nil else {
      throw UsageError.noImagesForOwnNetwork
    }
    for path in [images, training].compactMap({ $0 }) { _ = try Dataset.open(path) }
    let samples = try load(images, split, context)
    let extractor = try published ?? ownNetwork(context)
    let result = try FeatureExtraction(extractor, context).run(samples, title: samples.summary.path)
    try FeatureFile.write(
      result.features, logits: result.logits, labels: samples.labels, classNames: samples.classNames, to: output)
    return Summary(
      images: samples.count, columns: extractor.columns, classes: extractor.classes,
      weightsHash: extractor.weightsHash)
  }

  private func ownNetwork(_ context: RunContext) throws -> FeatureExtractor {
    guard let training else { preconditionFailure("the own network has images to be trained on") }
    return try OwnNetwork(on: try load(training, .train, context), seed: seed).trained(context, for: "features:")
  }

  private func load(_ path: String, _ split: Split, _ context: RunContext) throws -> Samples {
    var reader = context.reader
    return try reader.load(
      ListedSet(path, title: path, try Dataset.open(path), split),
      LoadOptions(input: input, resize: resize.flatMap(ResizeMode.init(rawValue:))))
  }
}
