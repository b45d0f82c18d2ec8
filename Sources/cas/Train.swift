import ArgumentParser
import Evaluation
import Foundation

/// `cas train`: the Classification Accuracy Score.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train on each synthetic set, test on real images, beside a baseline trained on real images.",
    discussion: """
      All trainings of a run take the same number of steps, and the baseline has as many images of each class as the \
      synthetic set, so that a drop measures the samples and not their number.
      """)

  @OptionGroup var options: TrainingOptions
  @OptionGroup var axis: AxisOptions

  @Option(
    help: ArgumentHelp(
      "Metrics to put beside the score, as cas metrics names them; the features are those of a network trained on the "
        + "real training images.", valueName: "fid,kid,…"))
  var metrics: String?

  func run() throws {
    let names = metrics.map(MetricsRequest.names)
    if let names { try MetricsStudy.check(names) }
    try RunCommand(options, command: .train, ownOptions: [("--metrics", metrics != nil)] + axis.given) { request in
      request.axis = try axis.value(request)
      request.metrics = names
    }.run()
  }
}

/// `cas nas`: the Naive Augmentation Score.
struct NAS: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nas",
    abstract: "Add synthetic samples to the real training set, and see whether that helps.",
    discussion: """
      Each fraction is of the real training set's size, and every result is compared with the real set alone. With \
      --augment all fractions are crossed with ways of changing the training images: none, classic (all of \
      training.augmentation but mixup and cutmix), mixup and cutmix (each on top of classic).
      """)

  @OptionGroup var options: TrainingOptions
  @OptionGroup var axis: AxisOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Fractions of synthetic images to add (default: 0,0.25,0.5,1).", valueName: "f,f,…"))
  var add: String?

  @Option(
    help: """
      concatenate: as many samples as the fraction asks for, which is the default; batch: every batch has the same \
      share of them.
      """)
  var mix: RunRequest.Mixing?

  @Option(help: ArgumentHelp("Ways of changing images, crossed with the fractions.", valueName: "none,classic,…"))
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
    try RunCommand(options, command: .nas, ownOptions: own + axis.given) { request in
      request.add = Set(fractions.compactMap { $0 }).sorted()
      request.mixing = mix == .batch ? mix : nil
      request.augmentations = ways.map { ways in MixedAugmentation.allCases.filter(ways.contains) }
      request.axis = try axis.value(request)
    }.run()
  }
}

/// `cas curve`: accuracy against the number of samples.
struct Curve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Accuracy against the number of samples, the limit that it tends to, and the real curve beside it.",
    discussion: """
      The images of a smaller size are among those of a larger one. With four sizes or more a power law is fitted to \
      each curve. All trainings take as many steps as the largest size does in the recipe's epochs, unless --budget \
      epochs is given.
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
    try RunCommand(options, command: .curve, ownOptions: own) { request in
      request.sizes = Set(numbers.compactMap { $0 }).sorted()
      request.axis = try axis.value(request)
    }.run()
  }
}

extension RunRequest.Mixing: ExpressibleByArgument {}

/// What the synthetic sets of a sweep differ by.
struct AxisOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the synthetic sets differ by, with a value for each in their order, or the number that each name ends in.",
      valueName: "name[=v,v,…]"))
  var axis: String?

  @Option(help: "How the axis is meant; for truncation: resampled or scaled.")
  var axisConvention: String?

  func validate() throws {
    if axisConvention != nil && axis == nil { throw OptionFault.conventionWithoutAxis.error }
  }

  /// Which of the options are given.
  var given: [(option: String, isGiven: Bool)] {
    [("--axis", axis != nil), ("--axis-convention", axisConvention != nil)]
  }

  /// - Throws: `UsageError` where a set has no value.
  func value(_ request: RunRequest) throws -> SweepAxis? {
    try axis.map {
      try SweepAxis(parsing: $0, convention: axisConvention, sets: request.synthetic.map(\.name))
    }
  }
}
