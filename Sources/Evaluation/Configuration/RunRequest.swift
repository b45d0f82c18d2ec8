/// What a run was asked to do, apart from its settings: stored in config.yaml, so that a run can go on by itself.
package struct RunRequest: Codable, Equatable, Sendable {
  package enum Command: String, Codable, Sendable { case train, nas, curve }

  /// How samples are added to real images.
  package enum Mixing: String, Codable, Sendable, CaseIterable {
    /// As many as the fraction asks for, in one set with the real ones.
    case concatenate
    /// From the whole synthetic set, in a fixed number in every batch.
    case batch
  }

  package var command: Command
  /// Absolute path of the real data.
  package var real: String
  package var realTrain: String?
  package var synthetic: [NamedPath]
  package var classNames: String?
  /// Fractions of the real training set's size that NAS adds in synthetic images.
  package var add: [Double]?
  /// How NAS adds them; nil for `concatenate`.
  package var mixing: Mixing?
  /// The augmentations that NAS crosses with the fractions.
  package var augmentations: [MixedAugmentation]?
  /// The sizes of a curve.
  package var sizes: [Int]?
  /// What a sweep varies over the synthetic sets.
  package var axis: SweepAxis?
  /// Metrics that stand beside the score of each synthetic set, by the names of `cas metrics`.
  package var metrics: [String]?
  /// The preset that the settings were built on; what counts are the settings themselves.
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
  /// Whether both ask for the same, on whatever preset their settings were built.
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
