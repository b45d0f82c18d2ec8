package import Datasets

/// The decoded images of a run, with all classes brought together by name.
package struct StudyData: Sendable {
  /// A set of samples under its name.
  package struct Named: Sendable {
    package let name: String
    package let samples: Samples
    /// Classes of the real test set of which it has no image.
    package let missingClasses: [String]
  }

  package let test: Samples
  package let realTrain: Samples?
  package let missingInRealTrain: [String]
  package let synthetic: [Named]
  package let notes: [String]
  /// Those of the notes that only say which classes a set lacks.
  let missingNotes: [String]
}

extension StudyData {
  /// Finds, matches and decodes the images of a run or of any other command.
  ///
  /// The real test set decides the classes, the number of channels and, without a size in the options, the size.
  ///
  /// - Throws: `DataError`, `ImageError` or `FileError`, all of which name the file.
  package init(_ selection: ImageSelection, _ reader: SetReader) throws {
    var reader = reader
    let listed = try selection.listed()
    let matching = listed.matching
    var options = selection.options
    options.keepsOriginals = false
    let test = try reader.load(listed.test, options)
    options.channels = test.shape.channels
    options.keepsOriginals = selection.options.keepsOriginals
    var missing = matching.missing[...]
    func load(_ set: ListedSet) throws -> (samples: Samples, missing: [String]) {
      let samples = try reader.load(set, options)
      try samples.requireSize(of: test, title: set.name)
      return (samples, missing.removeFirst())
    }
    let training = try listed.realTrain.map(load)
    let synthetic = try zip(selection.synthetic, listed.synthetic).map { named, set in
      let loaded = try load(set)
      return Named(name: named.name, samples: loaded.samples, missingClasses: loaded.missing)
    }
    self.init(
      test: test, realTrain: training?.samples, missingInRealTrain: training?.missing ?? [], synthetic: synthetic,
      notes: matching.notes + reader.notes
        + Self.warnings(test: test, realTrain: training?.samples, synthetic: synthetic),
      missingNotes: matching.missingNotes)
  }
}

extension StudyData {
  /// Throws `DataError.oneClass` if there is nothing that a classifier could tell apart.
  package func requireClasses() throws {
    if test.classNames.count == 1 { throw DataError.oneClass(test.summary.path, test.classNames[0]) }
  }
}
