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
  /// Those of the notes that only say which classes a set lacks.
  let missingNotes: [String]
}

extension StudyData {
  /// Finds, matches and decodes the data of a run.
  ///
  /// The real test set decides the classes, the number of channels and, without `--input`, the size.
  ///
  /// - Parameter streaming: where the images are kept, which changes no result.
  /// - Throws: `DataError`, `ImageError` or `FileError`, all of which name the file.
  package static func load(
    _ request: RunRequest, _ experiment: Experiment, streaming: Streaming = .auto, machine: Machine,
    events: RunEvents
  ) throws -> StudyData {
    let real = try Dataset.open(request.real)
    let testListing = try real.list(.test)
    var sets: [(title: String, dataset: Dataset, listing: SplitListing)] = []
    let wantsRealTrain = readsRealTraining(request.command, experiment)
    if wantsRealTrain, let path = request.realTrain {
      let dataset = try Dataset.open(path)
      sets.append((realTrainTitle, dataset, try dataset.list(.train)))
    } else if wantsRealTrain, real.hasTwoSplits {
      sets.append((realTrainTitle, real, try real.list(.train)))
    }
    let hasRealTrain = !sets.isEmpty
    for set in request.synthetic {
      let dataset = try Dataset.open(set.path)
      sets.append((title(ofSynthetic: set.name), dataset, try dataset.list(.train)))
    }
    let matching = try ClassMatching(
      test: testListing, others: sets.map { ClassMatching.Side(title: $0.title, listing: $0.listing) },
      namesFile: try request.classNames.map { (try ClassNames.read($0), $0) },
      allowMissing: experiment.allowMissingClasses)

    var options = LoadOptions(input: experiment.input, resize: experiment.resize.flatMap(ResizeMode.init(rawValue:)))
    options.decoding = experiment.decode
    var loader = Loader(pool: machine.processor.pool, events: events, streaming: streaming)
    let test = try loader.load("the real test images", real, testListing, matching.test, options)
    options.channels = test.shape.channels
    // Only training images are cut out of their originals.
    options.keepsOriginals = experiment.training.augmentation.randomResizedCrop != nil
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
      notes: matching.notes + loader.notes
        + warnings(
          test: test, realTrain: hasRealTrain ? loaded.first : nil, synthetic: synthetic),
      missingNotes: matching.missingNotes)
  }
}

extension StudyData {
  /// Throws `DataError.oneClass` where there is nothing that a classifier could tell apart.
  package func requireClasses() throws {
    if test.classNames.count == 1 { throw DataError.oneClass(test.summary.path, test.classNames[0]) }
  }

  /// What sets are called in messages about their classes.
  static let realTrainTitle = "real training set"
  static func title(ofSynthetic name: String) -> String { "synthetic set \(name)" }

  /// Whether a run needs real training images: without a baseline nothing is trained on them, but they may say how many
  /// images of each class are drawn or shown.
  package static func readsRealTraining(_ command: RunRequest.Command, _ experiment: Experiment) -> Bool {
    command == .nas || experiment.baseline != .none || experiment.matchLabelCounts || experiment.weighting == .real
  }
}

/// Where a run keeps the images of its sets; it changes no result.
package enum Streaming: String, Sendable, CaseIterable {
  /// In memory as long as all sets fit into half of what is available.
  case auto
  /// They are decoded whenever they are needed.
  case always
  /// In memory, whatever it takes.
  case never
}

/// Decodes sets one after the other and tells how far it is.
private struct Loader {
  let pool: ThreadPool
  let events: RunEvents
  let streaming: Streaming
  /// Bytes of memory that are left for the pixels of the next sets.
  private var left = AvailableMemory.bytes / 2
  private(set) var notes: [String] = []

  init(pool: ThreadPool, events: RunEvents, streaming: Streaming) {
    self.pool = pool
    self.events = events
    self.streaming = streaming
  }

  mutating func load(
    _ title: String, _ dataset: Dataset, _ listing: SplitListing, _ classes: ClassAssignment, _ options: LoadOptions
  ) throws -> Samples {
    var options = options
    switch streaming {
    case .auto: options.storage = .memoryUpTo(max(0, left))
    case .always: options.storage = .stream
    case .never: options.storage = .memory
    }
    let samples = try events.stage("Reading \(title)", listing.entries.count, "images") {
      try dataset.load(listing, classes: classes, options: options, pool: pool) { [events] done, _ in
        events.advanced(done, "")
      }
    }
    if !samples.isStreamed {
      left -= samples.count * samples.shape.count
    } else if streaming == .auto {
      let bytes = samples.count * samples.shape.count
      notes.append(
        bytes > left
          ? "The \(bytes.grouped) bytes of \(title)'s pixels do not fit into the memory left for them: the images are "
            + "decoded whenever they are needed."
          : "The images of \(title) are decoded whenever they are needed, because random parts are cut out of them.")
    }
    return samples
  }
}
