internal import Datasets
internal import Foundation

extension MetricsStudy {
  /// The files of features that a study is made of.
  package struct Files {
    package var synthetic: [NamedPath]
    package var real: String
    package var training: String?
    package var classNames: String?

    package init(synthetic: [NamedPath], real: String, training: String?, classNames: String?) {
      self.synthetic = synthetic
      self.real = real
      self.training = training
      self.classNames = classNames
    }
  }
}

extension MetricsStudy.Sets {
  /// Opens files of features; their rows stay in them where they are not compressed.
  ///
  /// - Throws: `DataError`, `FileError`.
  package init(files: MetricsStudy.Files) throws {
    let names = try files.classNames.map { try ClassNames.read($0) }
    func read(_ path: String, _ name: String, isReference: Bool) throws -> FeatureSet {
      var set = try FeatureFile.read(path, name: name, isReference: isReference)
      // Names in the file are its own.
      if let names, set.classNames == nil, let labels = set.labels {
        if let index = labels.firstIndex(where: { !names.indices.contains($0) }) {
          throw DataError.labelOutOfRange(path, index: index, label: labels[index], classes: names.count)
        }
        set.classNames = names
      }
      return set
    }
    self.init(
      real: try read(files.real, "real", isReference: true),
      training: try files.training.map { try read($0, "training", isReference: false) },
      synthetic: try files.synthetic.map { try read($0.path, $0.name, isReference: false) })
  }
}
