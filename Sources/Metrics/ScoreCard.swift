/// An accuracy over seeds with its two uncertainties, which are never mixed.
package struct AccuracyScore: Sendable, Equatable {
  /// The mean over seeds, in 0...1.
  package let value: Double
  /// The 95 % Wilson interval at that mean with n = test images: another set of test images.
  package let interval: Interval
  package let perSeed: [Double]
  /// The 95 % Student interval over seeds, nil for one seed: another set of trainings.
  package let seedInterval: Interval?

  /// Nil without seeds or test images.
  package init?(perSeed: [Double], images: Int) {
    guard !perSeed.isEmpty else { return nil }
    let mean = perSeed.reduce(0, +) / Double(perSeed.count)
    guard let interval = Interval.wilson(proportion: mean, trials: images) else { return nil }
    value = mean
    self.interval = interval
    self.perSeed = perSeed
    seedInterval = Interval.student(perSeed)
  }
}

/// What is known about one class of the test set; accuracies are means over seeds.
package struct ClassScore: Sendable, Equatable {
  /// Test images of this class.
  package let support: Int
  package let top1: Double?
  package let top5: Double?
  /// The 95 % Wilson interval of `top1` with n = support.
  package let interval: Interval?
  package let baselineTop1: Double?
  /// `top1 − baselineTop1`: negative where the set is worse.
  package let difference: Double?
  /// Exact McNemar on the majority predictions of the two sides' seeds, Holm over the classes with test images.
  package let adjustedP: Double?
  /// Student's test over seeds, with the spread that all classes share, Holm over the same classes; nil for one seed.
  package let adjustedSeedP: Double?
  /// The three wrong classes predicted most often, counts summed over seeds.
  package let confusedWith: [ClassConfusion]
}

/// A wrong class and how often it was predicted.
package struct ClassConfusion: Sendable, Equatable {
  package let predicted: Int
  package let count: Int

  package init(predicted: Int, count: Int) {
    self.predicted = predicted
    self.count = count
  }
}

/// All numbers that are computed from the predictions of one training set's classifiers, one per seed.
package struct ScoreCard: Sendable, Equatable {
  /// Nil without test images.
  package let top1: AccuracyScore?
  /// Nil without test images, and with five classes or fewer.
  package let top5: AccuracyScore?
  /// Means over seeds.
  package let brier: Double?
  package let expectedCalibrationError: Double?
  /// `(baseline − value) / baseline`; negative where the set beats its baseline. Nil without a baseline, or where
  /// the baseline is 0.
  package let relativeDropTop1: Double?
  package let relativeDropTop5: Double?
  /// One entry per class, in class order.
  package let classes: [ClassScore]
}
