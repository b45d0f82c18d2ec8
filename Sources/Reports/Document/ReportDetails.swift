/// What the page shows beyond report.json, from the other files of a run's folder.
package struct ReportDetails: Sendable, Equatable {
  /// One training, epoch by epoch.
  package struct TrainingCurve: Sendable, Equatable {
    package var name: String
    package var seed: UInt64
    /// The mean loss and the share of (augmented) training images that were right, of each epoch.
    package var epochs: [(epoch: Int, loss: Double, top1: Double)]

    package init(name: String, seed: UInt64, epochs: [(epoch: Int, loss: Double, top1: Double)]) {
      self.name = name
      self.seed = seed
      self.epochs = epochs
    }

    package static func == (first: Self, second: Self) -> Bool {
      first.name == second.name && first.seed == second.seed
        && first.epochs.elementsEqual(second.epochs) { $0 == $1 }
    }
  }

  /// By the key of their results.
  package var confusions: [ConfusionTable]
  package var reliability: [String: [ReliabilityBin]]
  package var training: [TrainingCurve]
  /// The worst classes first.
  package var galleries: [FailureGallery]

  package init(
    confusions: [ConfusionTable] = [], reliability: [String: [ReliabilityBin]] = [:],
    training: [TrainingCurve] = [], galleries: [FailureGallery] = []
  ) {
    self.confusions = confusions
    self.reliability = reliability
    self.training = training
    self.galleries = galleries
  }
}
