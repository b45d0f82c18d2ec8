/// What was measured.
package enum ResultKind: String, Codable, Sendable {
  /// Trained on synthetic images, tested on real ones.
  case cas
  /// Trained on real images, tested on real ones.
  case baseline
  /// Trained on real and synthetic images, tested on real ones.
  case nas
  /// Trained on real images, tested on synthetic ones.
  case ganTest = "gan-test"
  /// Saved weights, tested on real images.
  case evaluation
}

/// What a result differs by from others of the same set.
package struct ResultVariant: Sendable, Equatable {
  package var fractionAdded: Double?
  package var mixing: String?
  package var augmentation: String?
  package var size: Int?
  package var axis: AxisEntry?

  package init(
    fractionAdded: Double? = nil, mixing: String? = nil, augmentation: String? = nil, size: Int? = nil,
    axis: AxisEntry? = nil
  ) {
    self.fractionAdded = fractionAdded
    self.mixing = mixing
    self.augmentation = augmentation
    self.size = size
    self.axis = axis
  }
}

/// The scores of one training set, over all seeds.
package struct ResultEntry: Codable, Sendable, Equatable {
  package var name: String
  package var kind: ResultKind
  /// The name of the result that this one is compared with.
  @ExplicitNull package var baseline: String?
  /// Synthetic images added, as a fraction of the real ones (NAS).
  @ExplicitNull package var fractionAdded: Double?
  /// How these were added: `concatenate` or `batch` (NAS).
  @ExplicitNull package var mixing: String?
  /// How training images are changed, where a run compares several ways (NAS): `none`, `classic`, `mixup`, `cutmix`.
  @ExplicitNull package var augmentation: String?
  /// Images of the training set, where a run has several sizes of it (curve).
  @ExplicitNull package var size: Int?
  /// What a sweep varies, and its value for this set.
  @ExplicitNull package var axis: AxisEntry?
  /// Which epoch's weights were tested.
  package var selectedOn: String
  @ExplicitNull package var top1: AccuracyEntry?
  /// Null with five classes or fewer.
  @ExplicitNull package var top5: AccuracyEntry?
  /// The mean over images of Σ_c (p_c − 1[y = c])², 0...2.
  @ExplicitNull package var brier: Double?
  @ExplicitNull package var expectedCalibrationError: Double?
  @ExplicitNull package var relativeDrop: RelativeDropEntry?
  /// Top-1 minus the baseline's.
  @ExplicitNull package var difference: DifferenceEntry?
  /// Metrics of the set's samples against the real test images (`--metrics`).
  @ExplicitNull package var metrics: [MetricEntry]?
  /// The curve of PRD, where that is among them.
  @ExplicitNull package var prd: MetricsResult.Curve?
  package var perClass: [ClassEntry]
  /// Null where nothing was trained.
  @ExplicitNull package var training: TrainingEntry?

  package init(
    name: String, kind: ResultKind, baseline: String? = nil, variant: ResultVariant = ResultVariant(),
    selectedOn: String = "last epoch", top1: AccuracyEntry?, top5: AccuracyEntry?, brier: Double? = nil,
    expectedCalibrationError: Double? = nil, relativeDrop: RelativeDropEntry? = nil,
    difference: DifferenceEntry? = nil, perClass: [ClassEntry] = [], training: TrainingEntry? = nil
  ) {
    self.name = name
    self.kind = kind
    self.baseline = baseline
    fractionAdded = variant.fractionAdded
    mixing = variant.mixing
    augmentation = variant.augmentation
    size = variant.size
    axis = variant.axis
    self.selectedOn = selectedOn
    self.top1 = top1
    self.top5 = top5
    self.brier = brier
    self.expectedCalibrationError = expectedCalibrationError
    self.relativeDrop = relativeDrop
    self.difference = difference
    self.perClass = perClass
    self.training = training
  }
}

extension ResultEntry {
  /// The result's name in all documents and file names of its run, unique among these.
  package var key: String {
    guard kind != .baseline else { return name }
    guard kind != .ganTest else { return "\(name)+\(kind.rawValue)" }
    return name + (fractionAdded.map { "+\($0)" } ?? "") + (augmentation.map { "+\($0)" } ?? "")
      + (size.map { "@\($0)" } ?? "")
  }

  /// What the images of a class were taken for, with the share of the class's predictions over all seeds: "dress 71 %".
  func confusionText(of entry: ClassEntry) -> String {
    let predictions = Double(max(1, entry.support * (top1?.perSeed.count ?? 1)))
    return entry.confusedWith.map {
      let share = Double($0.count) / predictions
      let text = share < 0.005 ? "<\u{A0}1\u{A0}%" : NumberText.percent(share, decimals: 0)
      return "\($0.name.printable)\u{A0}\(text)"
    }.joined(separator: ", ")
  }

  /// The images that were tested on.
  package var testImages: Int { perClass.reduce(0) { $0 + $1.support } }

  /// The classes, the worst first: by difference to the baseline where there is one, else by accuracy; classes without
  /// either last, ties in class order.
  package var worstFirst: [ClassEntry] {
    let isCompared = perClass.contains { $0.difference != nil }
    func key(_ entry: ClassEntry) -> Double { (isCompared ? entry.difference : entry.top1) ?? .infinity }
    return perClass.enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }.map(\.element)
  }

  /// Whether its classes were tested over seeds, too.
  var hasSeedTests: Bool { perClass.contains { $0.adjustedSeedP != nil } }

  /// The classes that are significantly worse than the baseline's.
  package var failedClasses: [ClassEntry] { perClass.filter(\.isSignificantlyWorse) }
}

extension ResultEntry {
  private enum DerivedKeys: String, CodingKey { case key }

  /// All properties, and the key that follows from them.
  package func encode(to encoder: any Encoder) throws {
    var derived = encoder.container(keyedBy: DerivedKeys.self)
    try derived.encode(key, forKey: .key)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(kind, forKey: .kind)
    try container.encode(_baseline, forKey: .baseline)
    try container.encode(_fractionAdded, forKey: .fractionAdded)
    try container.encode(_mixing, forKey: .mixing)
    try container.encode(_augmentation, forKey: .augmentation)
    try container.encode(_size, forKey: .size)
    try container.encode(_axis, forKey: .axis)
    try container.encode(selectedOn, forKey: .selectedOn)
    try container.encode(_top1, forKey: .top1)
    try container.encode(_top5, forKey: .top5)
    try container.encode(_brier, forKey: .brier)
    try container.encode(_expectedCalibrationError, forKey: .expectedCalibrationError)
    try container.encode(_relativeDrop, forKey: .relativeDrop)
    try container.encode(_difference, forKey: .difference)
    try container.encode(_metrics, forKey: .metrics)
    try container.encode(_prd, forKey: .prd)
    try container.encode(perClass, forKey: .perClass)
    try container.encode(_training, forKey: .training)
  }
}
