internal import Datasets

/// A preset chosen by the data (`--preset auto`), with the settings that their number changes.
package struct PresetChoice: Equatable, Sendable {
  package let preset: String
  /// Settings over the preset's, as YAML; empty for none.
  package let adjustments: String
  /// What was seen and what follows from it, for the user.
  package let reason: String
}

extension PresetChoice {
  /// What the choice depends on.
  package struct Facts: Equatable, Sendable {
    /// The longer side of the images as they are trained on.
    package var side: Int
    package var isGrey: Bool
    package var classes: Int
    /// Images of the set whose epochs decide about the number of steps.
    package var images: Int

    package init(side: Int, isGrey: Bool, classes: Int, images: Int) {
      self.side = side
      self.isGrey = isGrey
      self.classes = classes
      self.images = images
    }
  }

  /// Fewer steps than this leave the smallest networks half-trained.
  static let leastSteps = 1500.0
  static let mostEpochs = 200.0

  /// The family by the size and the colour of the images, a wider network for more than 50 classes of small ones, and
  /// more epochs for small sets.
  package init(_ facts: Facts) throws {
    let name =
      switch facts.side {
      case ...40: facts.isGrey ? "grey-images" : "small-images"
      case ...96: "images-64x64"
      default: "large-images"
      }
    var configuration = try Configuration()
    try configuration.overlay(yaml: try Preset.named(name).yaml, source: name)
    let training = try configuration.experiment().training
    var adjustments: [String] = []
    var reasons: [String] = []
    if facts.side <= 40, facts.classes > 50 {
      let model = facts.isGrey ? "resnet20" : "wrn-16-4"
      adjustments.append("model: \(model)\n")
      reasons.append("\(model), because there are more than 50 classes")
    }
    let stepsPerEpoch = (Double(facts.images) / Double(training.batchSize)).rounded(.down)
    let epochs = min(Self.mostEpochs, (Self.leastSteps / max(stepsPerEpoch, 1)).rounded(.up))
    if epochs > training.epochs {
      adjustments.append("training: {epochs: \(Int(epochs))}\n")
      reasons.append(
        "\(Int(epochs)) epochs, because an epoch has only \(facts.images.counted("image", "images"))")
    }
    preset = name
    self.adjustments = adjustments.joined()
    let seen =
      "\(name), because the images are \(facts.isGrey ? "grey" : "in colour"), \(facts.side) pixels wide and of "
      + facts.classes.counted("class", "classes")
    reason = ([seen] + reasons).joined(separator: "; ")
  }
}

extension PresetChoice.Facts {
  /// Looks at the data of a run without decoding more than a few images.
  ///
  /// - Parameter plan: of the user's own settings the size and the images per class count.
  /// - Throws: `DataError`, `ImageError` or `FileError`.
  package init(of plan: RunPlan) throws {
    let (request, experiment) = (plan.request, plan.experiment)
    // What the run itself will read.
    let listed = try ImageSelection(plan).listed()
    let test = listed.test.listing
    let glance = try listed.test.dataset.glance(at: test)
    func counts(_ set: ListedSet) -> [Int] {
      var counts = [Int](repeating: 0, count: set.classes.classNames.count)
      for (target, images) in zip(set.classes.targets, set.listing.classCounts) {
        if let target { counts[target] += images }
      }
      return counts
    }
    let realCounts = listed.realTrain.map(counts)
    var counts = listed.synthetic.map(counts)
    if experiment.matchLabelCounts, let realCounts { counts = counts.map { zip($0, realCounts).map(min) } }
    let limit = experiment.perClass ?? .max
    func images(_ counts: [Int]) -> Int { counts.reduce(0) { $0 + min($1, limit) } }
    let baselines: [[Int]] =
      switch experiment.baseline {
      case .none: []
      case .full: realCounts.map { [$0] } ?? []
      case .matched: realCounts.map { real in counts.map { zip(Study.wanted($0, of: real), real).map(min) } } ?? []
      }
    // The set whose epochs decide about the number of steps.
    let deciding: Int? =
      switch request.command {
      case .nas: realCounts.map(images)
      case .curve: min(request.sizes?.max() ?? .max, counts.map(images).max() ?? 0)
      case .train: (counts + baselines).map(images).min()
      }
    self.init(
      side: experiment.input ?? glance.side, isGrey: glance.isGrey, classes: test.classCounts.count { $0 > 0 },
      images: deciding ?? 0)
  }
}
