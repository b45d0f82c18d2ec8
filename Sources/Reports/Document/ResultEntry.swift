package import Metrics

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
package struct ResultVariant: Codable, Sendable, Equatable {
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

/// The scores of one training set, over all seeds. In JSON its variant's and its scores' keys stand among its own, and
/// here their properties do.
@dynamicMemberLookup
package struct ResultEntry: Sendable, Equatable {
  package var name: String
  package var kind: ResultKind
  /// The name of the result that this one is compared with.
  @ExplicitNull package var baseline: String?
  package var variant: ResultVariant
  /// Which epoch's weights were tested.
  package var selectedOn = "last epoch"
  package var scores: ScoreCard
  /// Top-1 minus the baseline's.
  @ExplicitNull package var difference: AccuracyDifference?
  /// Metrics of the set's samples against the real test images (`--metrics`).
  @ExplicitNull package var metrics: [MetricEntry]?
  /// The curve of PRD, where that is among them.
  @ExplicitNull package var prd: PrecisionRecallCurve?
  /// The curves of the others; nil, and no key in JSON, without any.
  package var curves: [MetricCurve]?
  /// What the generator itself says of the test images, where the samples come from `cas sample`; the key is left out
  /// where they do not.
  package var exactInference: ModelInferenceEntry?
  /// Null where nothing was trained.
  @ExplicitNull package var training: TrainingEntry?

  package init(
    name: String, kind: ResultKind, scores: ScoreCard, baseline: String? = nil,
    variant: ResultVariant = ResultVariant(), difference: AccuracyDifference? = nil, training: TrainingEntry? = nil
  ) {
    self.name = name
    self.kind = kind
    self.variant = variant
    self.scores = scores
    self.baseline = baseline
    self.difference = difference
    self.training = training
    metrics = nil
    prd = nil
  }

  package subscript<Value>(dynamicMember path: WritableKeyPath<ScoreCard, Value>) -> Value {
    get { scores[keyPath: path] }
    set { scores[keyPath: path] = newValue }
  }

  package subscript<Value>(dynamicMember path: WritableKeyPath<ResultVariant, Value>) -> Value {
    get { variant[keyPath: path] }
    set { variant[keyPath: path] = newValue }
  }
}

extension ResultEntry {
  /// The result's name in all documents and file names of its run, unique among these.
  package var key: String {
    guard kind != .baseline else { return name }
    guard kind != .ganTest else { return "\(name)+\(kind.rawValue)" }
    return name + (variant.fractionAdded.map { "+\($0)" } ?? "") + (variant.augmentation.map { "+\($0)" } ?? "")
      + (variant.size.map { "@\($0)" } ?? "")
  }

  /// What the images of a class were taken for, with the share of the class's predictions over all seeds: "dress 71 %".
  func confusionText(of entry: ClassScore) -> String {
    let predictions = Double(max(1, entry.support * (scores.top1?.perSeed.count ?? 1)))
    return entry.confusedWith.map {
      let share = Double($0.count) / predictions
      let text = share < 0.01 ? "<\u{A0}1\u{A0}%" : NumberText.percent(share, decimals: 0)
      return "\($0.name.printable)\u{A0}\(text)"
    }.joined(separator: ", ")
  }

  /// The images that were tested on.
  package var testImages: Int { scores.perClass.reduce(0) { $0 + $1.support } }

  /// The classes, the worst first: by difference to the baseline where there is one, else by accuracy; classes without
  /// either last, ties in class order.
  package var worstFirst: [ClassScore] {
    let isCompared = scores.perClass.contains { $0.difference != nil }
    func key(_ entry: ClassScore) -> Double { (isCompared ? entry.difference : entry.top1) ?? .infinity }
    return scores.perClass.enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }.map(
      \.element)
  }

  /// Whether its classes were tested over seeds, too.
  var hasSeedTests: Bool { scores.perClass.contains { $0.adjustedSeedP != nil } }

  /// The classes that are significantly worse than the baseline's.
  package var failedClasses: [ClassScore] { scores.perClass.filter(\.isSignificantlyWorse) }
}

extension ResultEntry: Codable {
  private enum CodingKeys: String, CodingKey {
    /// It follows from the others, and is only written.
    case key
    case name, kind, baseline, selectedOn, difference, metrics, prd, curves, exactInference, training
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    kind = try container.decode(ResultKind.self, forKey: .kind)
    _baseline = try container.decode(ExplicitNull.self, forKey: .baseline)
    variant = try ResultVariant(from: decoder)
    selectedOn = try container.decode(String.self, forKey: .selectedOn)
    scores = try ScoreCard(from: decoder)
    _difference = try container.decode(ExplicitNull.self, forKey: .difference)
    _metrics = try container.decode(ExplicitNull.self, forKey: .metrics)
    _prd = try container.decode(ExplicitNull.self, forKey: .prd)
    curves = try container.decodeIfPresent([MetricCurve].self, forKey: .curves)
    exactInference = try container.decodeIfPresent(ModelInferenceEntry.self, forKey: .exactInference)
    _training = try container.decode(ExplicitNull.self, forKey: .training)
  }

  package func encode(to encoder: any Encoder) throws {
    try variant.encode(to: encoder)
    try scores.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(key, forKey: .key)
    try container.encode(name, forKey: .name)
    try container.encode(kind, forKey: .kind)
    try container.encode(_baseline, forKey: .baseline)
    try container.encode(selectedOn, forKey: .selectedOn)
    try container.encode(_difference, forKey: .difference)
    try container.encode(_metrics, forKey: .metrics)
    try container.encode(_prd, forKey: .prd)
    try container.encodeIfPresent(curves, forKey: .curves)
    try container.encodeIfPresent(exactInference, forKey: .exactInference)
    try container.encode(_training, forKey: .training)
  }
}
