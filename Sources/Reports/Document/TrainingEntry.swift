package import Metrics

/// How the classifiers of one result were trained.
package struct TrainingEntry: Codable, Sendable, Equatable {
  /// Passes over the training images of one training; a fraction where the steps were given.
  @ExplicitNull package var epochs: Double?
  /// Optimiser steps of one training.
  package var steps: Int
  /// The size of the training set, of which few steps, or a set's share of each batch, may not show every image.
  package var trainingImages: Int
  /// The same by class name.
  @ExplicitNull package var perClassImages: [String: Int]?
  /// Training time of all seeds together, evaluation left out.
  @ExplicitNull package var seconds: Double?
  @ExplicitNull package var imagesPerSecond: Double?
  /// The loss of the last epoch, the mean over seeds.
  @ExplicitNull package var finalLoss: Double?
  /// Whether the classifiers come from an earlier run with the same data, configuration, seeds and build.
  package var cached: Bool

  package init(
    epochs: Double?, steps: Int, trainingImages: Int, perClassImages: [String: Int]? = nil, seconds: Double?,
    imagesPerSecond: Double?, finalLoss: Double?, cached: Bool
  ) {
    self.epochs = epochs
    self.steps = steps
    self.trainingImages = trainingImages
    self.perClassImages = perClassImages
    self.seconds = seconds
    self.imagesPerSecond = imagesPerSecond
    self.finalLoss = finalLoss
    self.cached = cached
  }
}
