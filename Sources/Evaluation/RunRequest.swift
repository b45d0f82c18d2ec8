/// What a run was asked to do, apart from its settings: stored in config.yaml, so that a run can go on by itself.
package struct RunRequest: Codable, Equatable, Sendable {
  package enum Command: String, Codable, Sendable { case train, nas }

  package var command: Command
  /// Absolute path of the real data.
  package var real: String
  package var realTrain: String?
  package var synthetic: [NamedPath]
  package var classNames: String?
  /// Fractions of the real training set's size that NAS adds in synthetic images.
  package var add: [Double]?

  package init(
    command: Command, real: String, realTrain: String? = nil, synthetic: [NamedPath], classNames: String? = nil,
    add: [Double]? = nil
  ) {
    self.command = command
    self.real = real
    self.realTrain = realTrain
    self.synthetic = synthetic
    self.classNames = classNames
    self.add = add
  }
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
