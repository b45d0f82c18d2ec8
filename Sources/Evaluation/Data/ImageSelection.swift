package import Datasets
internal import Images

/// Which sets of images a command looks at, and how they are read.
package struct ImageSelection {
  package var real: String
  package var realTrain: String?
  package var synthetic: [NamedPath] = []
  package var classNames: String?
  /// Whether the real training images are read, where there are some.
  package var readsRealTrain = true
  package var allowsMissingClasses = false
  /// The channels are those of the real test images.
  package var options = LoadOptions()

  package init(real: String, realTrain: String? = nil) {
    self.real = real
    self.realTrain = realTrain
  }

  /// The sets of a run.
  package init(_ plan: RunPlan) {
    let (request, experiment) = (plan.request, plan.experiment)
    self.init(real: request.real, realTrain: request.realTrain)
    (synthetic, classNames) = (request.synthetic, request.classNames)
    readsRealTrain = plan.readsRealTraining
    allowsMissingClasses = experiment.allowMissingClasses
    options = LoadOptions(input: experiment.input, resize: experiment.resize.flatMap(ResizeMode.init(rawValue:)))
    options.decoding = experiment.decode
    // Only training images are cut out of their originals.
    options.keepsOriginals = experiment.training.augmentation.randomResizedCrop != nil
  }
}

extension RunPlan {
  /// Whether a run needs real training images: without a baseline nothing is trained on them, but they may say how many
  /// images of each class are drawn or shown.
  package var readsRealTraining: Bool {
    request.command == .nas || experiment.baseline != .none || experiment.matchLabelCounts
      || experiment.weighting == .real
  }
}

/// The listings of a selection, with all classes brought together by name.
struct ListedImages {
  let test: ListedSet
  let realTrain: ListedSet?
  let synthetic: [ListedSet]
  let matching: ClassMatching
}

extension ImageSelection {
  /// Finds the sets and matches their classes, of which the real test set decides; no image is decoded.
  ///
  /// - Throws: `DataError` or `FileError`.
  func listed() throws -> ListedImages {
    let real = try Dataset.open(real)
    var test = try ListedSet("real test images", real, .test)
    var others: [ListedSet] = []
    if readsRealTrain, realTrain != nil || real.hasTwoSplits {
      let dataset = try realTrain.map { try Dataset.open($0) } ?? real
      others.append(try ListedSet("real training set", dataset, .train))
    }
    let hasRealTrain = !others.isEmpty
    for set in synthetic {
      others.append(try ListedSet("synthetic set \(set.name)", try Dataset.open(set.path), .train))
    }
    let matching = try ClassMatching(
      test: test.listing,
      others: others.map { ClassMatching.Side(title: $0.name, listing: $0.listing) },
      namesFile: try classNames.map { (try ClassNames.read($0), $0) }, allowMissing: allowsMissingClasses)
    test.classes = matching.test
    for (index, classes) in matching.others.enumerated() { others[index].classes = classes }
    return ListedImages(
      test: test, realTrain: hasRealTrain ? others.removeFirst() : nil, synthetic: others, matching: matching)
  }
}
