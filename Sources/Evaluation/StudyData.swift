package import Datasets
internal import Images
internal import Kernels

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
}

extension StudyData {
  /// Finds, matches and decodes the data of a run.
  ///
  /// The real test set decides the classes, the number of channels and, without `--input`, the size.
  ///
  /// - Throws: `DataError`, `ImageError` or `FileError`, all of which name the file.
  package static func load(
    _ request: RunRequest, _ experiment: Experiment, machine: Machine, events: StudyRunner.Events
  ) throws -> StudyData {
    let real = try Dataset.open(request.real)
    let testListing = try real.list(.test)
    var sets: [(title: String, dataset: Dataset, listing: SplitListing)] = []
    // Without a baseline nothing is trained on real images, and they need not be read.
    let wantsRealTrain = request.command == .nas || experiment.baseline != .none
    if wantsRealTrain, let path = request.realTrain {
      let dataset = try Dataset.open(path)
      sets.append(("real training set", dataset, try dataset.list(.train)))
    } else if wantsRealTrain, real.hasTwoSplits {
      sets.append(("real training set", real, try real.list(.train)))
    }
    let hasRealTrain = !sets.isEmpty
    for set in request.synthetic {
      let dataset = try Dataset.open(set.path)
      sets.append(("synthetic set \(set.name)", dataset, try dataset.list(.train)))
    }
    let matching = try ClassMatching(
      test: testListing, others: sets.map { ClassMatching.Side(title: $0.title, listing: $0.listing) },
      namesFile: try request.classNames.map { (try ClassNames.read($0), $0) },
      allowMissing: experiment.allowMissingClasses)

    var options = LoadOptions(input: experiment.input, resize: experiment.resize.flatMap(ResizeMode.init(rawValue:)))
    let loader = Loader(pool: machine.processor.pool, events: events)
    let test = try loader.load("the real test images", real, testListing, matching.test, options)
    options.channels = test.shape.channels
    var loaded: [Samples] = []
    for (set, classes) in zip(sets, matching.others) {
      let samples = try loader.load("the \(set.title)", set.dataset, set.listing, classes, options)
      try samples.requireSize(of: test, title: set.title)
      loaded.append(samples)
    }
    let synthetic = zip(request.synthetic, zip(loaded, matching.missing).dropFirst(hasRealTrain ? 1 : 0)).map {
      Named(name: $0.name, samples: $1.0, missingClasses: $1.1)
    }
    return StudyData(
      test: test, realTrain: hasRealTrain ? loaded.first : nil,
      missingInRealTrain: hasRealTrain ? matching.missing.first ?? [] : [], synthetic: synthetic,
      notes: matching.notes + leaks(loaded, hasRealTrain: hasRealTrain, test: test))
  }

  /// A training set that is the test set measures memory, not generalisation.
  private static func leaks(_ sets: [Samples], hasRealTrain: Bool, test: Samples) -> [String] {
    sets.filter { $0.summary.hash == test.summary.hash }.map {
      "\($0.summary.path) holds the very images of the test set: its accuracy says nothing about new images."
    }
  }
}

/// Decodes sets one after the other and tells how far it is.
private struct Loader {
  let pool: ThreadPool
  let events: StudyRunner.Events

  func load(
    _ title: String, _ dataset: Dataset, _ listing: SplitListing, _ classes: ClassAssignment, _ options: LoadOptions
  ) throws -> Samples {
    events.began("Reading \(title)", listing.entries.count, "images", 0)
    var isWhole = false
    defer { events.ended(isWhole) }
    let samples = try dataset.load(listing, classes: classes, options: options, pool: pool) { done, _ in
      events.advanced(done, "")
    }
    isWhole = true
    return samples
  }
}
