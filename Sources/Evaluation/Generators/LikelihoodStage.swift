internal import Datasets
internal import Foundation
internal import Generators
internal import Kernels
internal import Metrics
internal import Reports

/// Log-likelihoods of images, in nats.
struct LikelihoodValues: Sendable {
  /// The class of each image.
  let labels: [Int]
  /// The classes that were asked about: all, or none but each image's own.
  let hasAllClasses: Bool
  /// With all classes `labels.count` x C numbers, else one for each image.
  let values: [Double]
  let classes: Int

  /// ln p(x | y) of each image under its own class.
  var own: [Double] { hasAllClasses ? labels.indices.map { values[$0 * classes + labels[$0]] } : values }
}

/// Asks a model about images, with progress.
struct LikelihoodStage: Sendable {
  let model: any LikelihoodModel
  let context: RunContext

  init(_ model: any LikelihoodModel, _ context: RunContext) {
    self.model = model
    self.context = context
  }

  /// The likelihoods of a set whose classes are those of the model.
  func values(_ samples: Samples, title: String, all: Bool) throws -> LikelihoodValues {
    try values(
      LevelImages(space: model.space, bytes: try samples.pixels), labels: samples.labels.map { Int($0) }, title: title,
      all: all)
  }

  func values(_ images: LevelImages, labels: [Int], title: String, all: Bool) throws -> LikelihoodValues {
    let classes = Array(model.classNames.indices)
    let progress = StageProgress(context.events, title: title, unit: "steps")
    let pool = context.machine.processor.pool
    return try progress.whole {
      if all {
        let values = try model.logLikelihoods(images, classes: classes, pool: pool, progress: progress.advance)
        return LikelihoodValues(labels: labels, hasAllClasses: true, values: values, classes: classes.count)
      }
      var values = [Double](repeating: 0, count: labels.count)
      for label in classes {
        let own = labels.indices.filter { labels[$0] == label }
        guard !own.isEmpty else { continue }
        let found = try model.logLikelihoods(
          images.selecting(own), classes: [label], pool: pool, progress: { _, _, _ in })
        for (place, image) in own.enumerated() { values[image] = found[place] }
        try progress.advance(label + 1, classes.count, "")
      }
      return LikelihoodValues(labels: labels, hasAllClasses: false, values: values, classes: classes.count)
    }
  }

  /// Accuracy of Bayes' rule and bits per dimension on the test images.
  func inference(_ test: Samples) throws -> ExactInferenceEntry {
    let values = try values(test, title: "Exact inference", all: true)
    let predictions = Predictions(
      logLikelihoods: values.values, priors: model.identity.classCounts.map(Double.init), labels: test.labels)
    return ExactInferenceEntry(
      likelihood: entry(values), scores: ScoreCard(seeds: [predictions], classNames: model.classNames))
  }

  func entry(_ values: LikelihoodValues) -> LikelihoodEntry {
    let space = model.space
    let own = values.own
    let priors = model.identity.classCounts.map { Double($0) }
    let total = priors.reduce(0, +)
    let marginal: [Double]? =
      values.hasAllClasses
      ? own.indices.map { image in
        let joint = (0..<values.classes).map { values.values[image * values.classes + $0] + log(priors[$0] / total) }
        let largest = joint.max() ?? -.infinity
        return largest > -.infinity ? largest + log(joint.reduce(0) { $0 + exp($1 - largest) }) : largest
      } : nil
    return LikelihoodEntry(
      images: own.count, logLikelihood: ImageMean(own),
      bitsPerDimension: ImageMean(own.map { space.bitsPerDimension(nats: $0) }),
      marginalBitsPerDimension: marginal.flatMap { ImageMean($0.map { space.bitsPerDimension(nats: $0) }) })
  }
}
