import ArgumentParser
import Evaluation
import Foundation

/// `cas train`: the Classification Accuracy Score.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train on each synthetic set, test on real images, and compare with a baseline trained on real images.",
    discussion: """
      All trainings of a run take the same number of steps. The baseline has as many images per class as the synthetic \
      set. So a drop measures the quality of the samples, not their number.
      """)

  @OptionGroup var options: TrainingOptions
  @OptionGroup var axis: AxisOptions

  @Option(
    help: ArgumentHelp(
      "Metrics beside the score, named as in cas metrics. Their features come from a network trained on the real "
        + "training images.", valueName: "fid,kid,…"))
  var metrics: String?

  func run() throws {
    let names = metrics.map(MetricsRequest.names)
    if let names { try MetricsStudy.check(names) }
    try options.run(.train, ownOptions: [("--metrics", metrics != nil)] + axis.given) { request in
      request.axis = try axis.value(request)
      request.metrics = names
    }
  }
}

/// `cas nas`: the Naive Augmentation Score.
struct NAS: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nas",
    abstract: "Add synthetic samples to the real training set and measure whether they help.",
    discussion: """
      Fractions refer to the size of the real training set. Every result is compared with the real set alone. \
      --augment crosses all fractions with augmentations: none, classic (training.augmentation without mixup and \
      cutmix), mixup and cutmix (each after classic).
      """)

  @OptionGroup var options: TrainingOptions
  @OptionGroup var axis: AxisOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Fractions of synthetic images to add (default: 0,0.25,0.5,1).", valueName: "f,f,…"))
  var add: String?

  @Option(
    help: """
      concatenate (default): shuffle the samples among the real images; batch: give every batch the same share of \
      samples.
      """)
  var mix: RunRequest.Mixing?

  @Option(help: ArgumentHelp("Augmentations to cross with the fractions.", valueName: "none,classic,…"))
  var augment: String?

  func run() throws {
    try CommandError.refuse(
      [
        ("--no-baseline", options.noBaseline), ("--baseline-size", options.baselineSize != nil),
        ("--match-label-counts", options.matchLabelCounts), ("--no-gan-test", options.noGANTest),
      ], because: .wholeRealSet)
    let add = add ?? "0,0.25,0.5,1"
    let fractions = add.split(separator: ",", omittingEmptySubsequences: false).map { Double(fraction: $0) }
    guard fractions.allSatisfy({ $0.map { $0.isFinite && $0 >= 0 && $0 <= 100 } ?? false }) else {
      throw UsageError.wrongValue(
        key: "--add", value: add, expected: "fractions from 0 to 100, such as 0,0.25,0.5,1 or 0,25%,50%,100%")
    }
    let ways = try augment.map { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
        guard let way = MixedAugmentation(rawValue: String(word)) else {
          throw UsageError.wrongValue(
            key: "--augment", value: text,
            expected: "some of \(MixedAugmentation.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return way
      }
    }
    let own = [("--add", self.add != nil), ("--mix", mix != nil), ("--augment", augment != nil)]
    try options.run(.nas, ownOptions: own + axis.given) { request in
      request.add = Set(fractions.compactMap { $0 }).sorted()
      request.mixing = mix == .batch ? mix : nil
      request.augmentations = ways.map { ways in MixedAugmentation.allCases.filter(ways.contains) }
      request.axis = try axis.value(request)
    }
  }
}

/// `cas curve`: accuracy against the number of samples.
struct Curve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure accuracy against the number of samples, its limit, and the same curve for real images.",
    discussion: """
      Sizes are nested: a larger one contains the images of a smaller one. With four sizes or more, a power law is \
      fitted to each curve. All trainings take as many steps as the largest size in the recipe's epochs, unless \
      --budget epochs is given.
      """)

  @OptionGroup var options: TrainingOptions
  @OptionGroup var axis: AxisOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Numbers of training images.", valueName: "n,n,…"))
  var sizes: String?

  func validate() throws {
    if sizes == nil && options.resume == nil { throw OptionFault.noSizes.error }
  }

  func run() throws {
    try CommandError.refuse(
      [("--baseline-size", options.baselineSize != nil), ("--no-gan-test", options.noGANTest)],
      because: .sizesOfSamples)
    let own = [("--sizes", sizes != nil)] + axis.given
    let sizes = sizes ?? "2"
    let numbers = sizes.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.allSatisfy({ ($0 ?? 0) >= 2 && ($0 ?? 0) <= 1_000_000_000 }) else {
      throw UsageError.wrongValue(key: "--sizes", value: sizes, expected: "whole numbers from 2, such as 500,1000,2000")
    }
    try options.run(.curve, ownOptions: own) { request in
      request.sizes = Set(numbers.compactMap { $0 }).sorted()
      request.axis = try axis.value(request)
    }
  }
}

extension RunRequest.Mixing: ExpressibleByArgument {}

/// The parameter that the synthetic sets of a sweep vary.
struct AxisOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The parameter that differs between the sets, with a value for each (default: the number at each name's end).",
      valueName: "name[=v,v,…]"))
  var axis: String?

  @Option(help: "The convention of the axis; for truncation: resampled or scaled.")
  var axisConvention: String?

  func validate() throws {
    if axisConvention != nil && axis == nil { throw OptionFault.conventionWithoutAxis.error }
  }

  /// The options that are given.
  var given: [(option: String, isGiven: Bool)] {
    [("--axis", axis != nil), ("--axis-convention", axisConvention != nil)]
  }

  /// - Throws: `UsageError` if a set has no value.
  func value(_ request: RunRequest) throws -> SweepAxis? {
    try axis.map {
      try SweepAxis(parsing: $0, convention: axisConvention, sets: request.synthetic.map(\.name))
    }
  }
}
