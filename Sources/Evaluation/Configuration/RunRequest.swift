/// The request of a run, apart from its settings. It is stored in config.yaml, so that a run can be resumed.
package struct RunRequest: Codable, Equatable, Sendable {
  package enum Command: String, Codable, Sendable { case train, nas, curve }

  /// How samples are added to real images.
  package enum Mixing: String, Codable, Sendable, CaseIterable {
    /// The fraction's number of samples, in one set with the real images.
    case concatenate
    /// A fixed number of samples in every batch, from the whole synthetic set.
    case batch
  }

  package var command: Command
  /// Absolute path of the real data.
  package var real: String
  package var realTrain: String?
  package var synthetic: [NamedPath]
  package var classNames: String?
  /// The fractions of the real training set's size that NAS adds as samples.
  package var add: [Double]?
  /// How NAS adds them; nil for `concatenate`.
  package var mixing: Mixing?
  /// The augmentations that NAS crosses with the fractions.
  package var augmentations: [MixedAugmentation]?
  /// The sizes of a curve.
  package var sizes: [Int]?
  /// The parameter that a sweep varies over the synthetic sets.
  package var axis: SweepAxis?
  /// Metrics beside the score of each synthetic set, by their names in `cas metrics`.
  package var metrics: [String]?
  /// The preset that the settings started from; only the settings themselves count.
  package var preset: String?

  package init(
    command: Command, real: String, realTrain: String? = nil, synthetic: [NamedPath], classNames: String? = nil
  ) {
    self.command = command
    self.real = real
    self.realTrain = realTrain
    self.synthetic = synthetic
    self.classNames = classNames
  }
}

extension RunRequest {
  /// Whether both requests are the same, apart from the preset.
  func asksTheSame(as other: RunRequest) -> Bool {
    var other = other
    other.preset = preset
    return self == other
  }

  /// The paths of all data sets.
  package var inputs: [String] { [real] + (realTrain.map { [$0] } ?? []) + synthetic.map(\.path) }
}

/// A synthetic set as `[NAME=]PATH`.
package struct NamedPath: Codable, Equatable, Sendable {
  package let name: String
  package let path: String

  package init(name: String, path: String) {
    self.name = name
    self.path = path
  }
}
