/// An accuracy over seeds, a fraction from 0 to 1, with its two uncertainties, which are never mixed.
package struct AccuracyScore: Codable, Sendable, Equatable {
  /// The mean over seeds.
  package var value: Double
  /// The 95 % Wilson interval at that mean with n = test images: another set of test images.
  @ExplicitNull package var interval: Interval?
  package var perSeed: [Double]
  /// The 95 % Student interval over seeds, nil for one seed: another set of trainings.
  @ExplicitNull package var seedInterval: Interval?

  package init(value: Double, interval: Interval?, perSeed: [Double], seedInterval: Interval?) {
    self.value = value
    self.perSeed = perSeed
    self.interval = interval
    self.seedInterval = seedInterval
  }

  /// Nil without seeds or test images.
  package init?(perSeed: [Double], images: Int) {
    guard !perSeed.isEmpty, images > 0 else { return nil }
    let mean = perSeed.reduce(0, +) / Double(perSeed.count)
    self.init(
      value: mean, interval: .wilson(proportion: mean, trials: images), perSeed: perSeed,
      seedInterval: Interval.student(perSeed)?.withinFractions)
  }
}

/// What is known about one class of the test set; accuracies are means over seeds.
package struct ClassScore: Codable, Sendable, Equatable {
  package var name: String
  /// Test images of this class; the accuracies are null where there are none.
  package var support: Int
  @ExplicitNull package var top1: Double?
  @ExplicitNull package var top5: Double?
  /// The 95 % Wilson interval of `top1` with n = support.
  @ExplicitNull package var interval: Interval?
  @ExplicitNull package var baselineTop1: Double?
  /// `top1 − baselineTop1`: negative where the set is worse.
  @ExplicitNull package var difference: Double?
  /// Exact McNemar on the majority predictions of the two sides' seeds, Holm over the classes with test images.
  @ExplicitNull package var adjustedP: Double?
  /// Student's test over seeds, with the spread that all classes share, Holm over the same classes; nil for one seed.
  @ExplicitNull package var adjustedSeedP: Double?
  /// The three wrong classes predicted most often.
  package var confusedWith: [ClassConfusion]

  package init(
    name: String, support: Int, top1: Double?, top5: Double? = nil, interval: Interval? = nil,
    baselineTop1: Double? = nil, difference: Double? = nil, adjustedP: Double? = nil, adjustedSeedP: Double? = nil,
    confusedWith: [ClassConfusion] = []
  ) {
    self.name = name
    self.support = support
    self.confusedWith = confusedWith
    self.top1 = top1
    self.top5 = top5
    self.interval = interval
    self.baselineTop1 = baselineTop1
    self.difference = difference
    self.adjustedP = adjustedP
    self.adjustedSeedP = adjustedSeedP
  }
}

/// A wrong class and how often the seeds together predicted it.
package struct ClassConfusion: Codable, Sendable, Equatable {
  package var name: String
  package var count: Int

  package init(name: String, count: Int) {
    self.name = name
    self.count = count
  }
}

/// `(baseline − value) / baseline`: 0.2 says that a fifth of the baseline's accuracy is lost; negative where the set beats
/// its baseline, null where that is 0.
package struct RelativeDrop: Codable, Sendable, Equatable {
  @ExplicitNull package var top1: Double?
  @ExplicitNull package var top5: Double?

  package init(top1: Double?, top5: Double?) {
    self.top1 = top1
    self.top5 = top5
  }
}

/// All numbers that are computed from the predictions of one training set's classifiers, one per seed.
package struct ScoreCard: Codable, Sendable, Equatable {
  /// Nil without test images.
  @ExplicitNull package var top1: AccuracyScore?
  /// Nil without test images, and with five classes or fewer.
  @ExplicitNull package var top5: AccuracyScore?
  /// The mean over images of Σ_c (p_c − 1[y = c])², 0...2, and over seeds.
  @ExplicitNull package var brier: Double?
  /// The mean over seeds.
  @ExplicitNull package var expectedCalibrationError: Double?
  /// Nil without a baseline.
  @ExplicitNull package var relativeDrop: RelativeDrop?
  /// In class order.
  package var perClass: [ClassScore]

  package init(
    top1: AccuracyScore? = nil, top5: AccuracyScore? = nil, brier: Double? = nil,
    expectedCalibrationError: Double? = nil, relativeDrop: RelativeDrop? = nil, perClass: [ClassScore] = []
  ) {
    self.perClass = perClass
    self.top1 = top1
    self.top5 = top5
    self.brier = brier
    self.expectedCalibrationError = expectedCalibrationError
    self.relativeDrop = relativeDrop
  }
}
