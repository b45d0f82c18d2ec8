package import Images
package import Metrics

/// What the page shows beyond report.json, from the other files of a run's folder.
package struct ReportDetails: Sendable {
  /// One training, epoch by epoch.
  package struct TrainingCurve: Sendable {
    package var name: String
    package var seed: UInt64
    /// The mean loss and the share of (augmented) training images that were right, of each epoch.
    package var epochs: [(epoch: Int, loss: Double, top1: Double)]

    package init(name: String, seed: UInt64, epochs: [(epoch: Int, loss: Double, top1: Double)]) {
      self.name = name
      self.seed = seed
      self.epochs = epochs
    }
  }

  /// By the key of their results, summed over seeds.
  package var confusions: [String: ConfusionMatrix]
  package var reliability: [String: [CalibrationBin]]
  package var training: [TrainingCurve]
  /// The worst classes first.
  package var galleries: [FailureGallery<Image>]

  package init(
    confusions: [String: ConfusionMatrix] = [:], reliability: [String: [CalibrationBin]] = [:],
    training: [TrainingCurve] = [], galleries: [FailureGallery<Image>] = []
  ) {
    self.confusions = confusions
    self.reliability = reliability
    self.training = training
    self.galleries = galleries
  }
}
