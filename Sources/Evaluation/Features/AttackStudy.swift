internal import Datasets
internal import Foundation
package import Images
internal import Kernels
internal import Metrics
internal import Randomness
package import Reports

/// Shows that the Inception Score of a classifier can be had from noise (`cas attack`): noise, what the attack makes of it,
/// and real images side by side, with the scores that see through it.
package struct AttackStudy: Codable, Equatable, Sendable {
  package var real: String
  package var realTrain: String?
  /// A model that cas trained; nil trains one on the real images.
  package var weights: String?
  package var trainingSeed: UInt64 = 0
  package var attack = ScoreAttack()

  package init(real: String) { self.real = real }

  package struct Outcome: Sendable {
    package let document: AttackDocument
    /// The real images.
    package let data: DataSection.Real
    /// Noise above, then attacked, then real images; a column for each class.
    package let sheet: Image
  }
}

extension AttackStudy {
  /// Of the Inception Score that papers quote.
  private static let splits = 10

  /// - Throws: `Interrupted`, `UsageError`, `FeatureSetError`, and what reading images and weights throws.
  package func run(_ context: RunContext) throws -> Outcome {
    let given = try weights.map { try FeatureExtractor.pretrained(.own, weights: $0) }
    let data = try StudyData(ImageSelection(real: real, realTrain: realTrain), context.reader)
    let training = data.realTrain ?? data.test
    guard data.test.count >= Self.splits else {
      throw UsageError.fewImagesForSplits(real, images: data.test.count, splits: Self.splits)
    }
    let extractor = try given ?? OwnNetwork(on: training, seed: trainingSeed).trained(context, for: "classifier:")
    try extractor.check(training)
    let result = try attack.run(
      on: extractor, classNames: training.classNames, machine: context.machine, events: context.events)
    let extraction = FeatureExtraction(extractor, context)
    let known = try extraction.run(training, title: "the training images").features
    let count = attack.images
    var stream = RandomStream(seed: attack.seed, purpose: "real images beside an attack")
    let drawn = stream.permutation(of: data.test.count).prefix(count).sorted()
    let sets = [
      ("noise", result.noise), ("attacked", result.attacked), ("real test images", data.test.selecting(Array(drawn))),
    ]
    let rows = try sets.map { name, samples in
      let found = try extraction.run(samples, title: "the set \(name)")
      do { return try row(name, found, known, context.machine.processor.pool) } catch let error as MetricError {
        throw FeatureSetError(path: name, reason: error)
      }
    }
    return Outcome(
      document: AttackDocument(classes: training.classNames.count, results: rows), data: DataSection.Real(data),
      sheet: Image.sheet(try sets.flatMap { try Self.pictures($0.1) }, scale: max(1, 56 / training.shape.height)))
  }

  private func row(
    _ name: String, _ found: ImageFeatures, _ training: FeatureMatrix, _ pool: ThreadPool
  ) throws -> AttackDocument.Row {
    guard let logits = found.logits else { preconditionFailure("a classifier has logits") }
    let classifier = ClassProbabilities(logits, kind: .logits)
    let shuffle = RandomStream(seed: attack.seed, purpose: "splits of an attack")
    let information = try InformationScore(classifier, pool: pool)
    let memory = try Memorisation(synthetic: found.features, training: training, pool: pool)
    return AttackDocument.Row(
      name: name, images: logits.rows,
      inceptionScores: (
        try InceptionScore(classifier, splits: 1, shuffle: nil, pool: pool).value,
        try InceptionScore(classifier, splits: Self.splits, shuffle: shuffle, pool: pool).value
      ),
      entropies: (information.value, information.marginalEntropy, information.conditionalEntropy),
      authenticity: memory.authenticity, medianRatio: memory.medianRatio, copies: memory.copies)
  }

  /// One picture of each of the first classes, in a row; black where there is none.
  private static func pictures(_ samples: Samples) throws -> [[Image]] {
    let shape = samples.shape
    let blank = Image(
      width: shape.width, height: shape.height, channels: shape.channels,
      pixels: [UInt8](repeating: 0, count: shape.count))
    return [
      try samples.classNames.indices.prefix(16).map { label in
        try samples.labels.firstIndex { Int($0) == label }.map { try samples.image($0) } ?? blank
      }
    ]
  }
}
