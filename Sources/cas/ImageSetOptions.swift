import ArgumentParser
import Evaluation
import Images

/// The images that `cas metrics` describes by itself.
struct ImageSetOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Samples of generators, instead of feature files.", valueName: "[name=]path"))
  var synthetic: [String] = []

  @Option(help: ArgumentHelp("Real images: a test split, or a folder with train and test.", valueName: "path"))
  var real: String?

  @Option(help: ArgumentHelp("The real training images, if --real has only the test split.", valueName: "path"))
  var realTrain: String?

  @Option(
    help: ArgumentHelp(
      "The network that computes the features: \(FeatureNetwork.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var features: String?

  @Option(help: ArgumentHelp("The file of its weights. Without it, the network own is trained.", valueName: "file"))
  var weights: String?

  @Option(help: "The seed of that training.")
  var trainingSeed: UInt64?

  @Option(help: "The real images that samples are compared with: test or train.")
  var reference: String?

  @Flag(help: "Accept classes that one side lacks.")
  var allowMissingClasses = false

  @Option(help: "Side length that all images must have; --resize resizes them to it.")
  var input: Int?

  @Option(help: "How images are resized to a square: squash, crop or crop-inner.")
  var resize: String?

  var areGiven: Bool { !synthetic.isEmpty || real != nil }

  /// Options that say how images are described, of which there are none here.
  ///
  /// - Throws: `CommandError` with the first that is given.
  func refuse(because reason: CommandError.Reason) throws {
    try CommandError.refuse(
      [
        ("--features", features != nil), ("--weights", weights != nil), ("--training-seed", trainingSeed != nil),
        ("--reference", reference != nil), ("--real-train", realTrain != nil), ("--input", input != nil),
        ("--resize", resize != nil), ("--allow-missing-classes", allowMissingClasses),
      ], because: reason)
  }

  func validate() throws {
    try OptionFault.check(input: input, resize: resize)
    if let reference, ImageSets.Reference(rawValue: reference) == nil {
      throw OptionFault.reference.error
    }
  }

  /// - Throws: `CommandError` if a side is missing.
  func sets(classNames: String?) throws -> ImageSets {
    guard let real, !synthetic.isEmpty else {
      throw CommandError.oneSide
    }
    var sets = ImageSets(
      real: NamedPath.absolute(real), synthetic: try NamedPath.parse(synthetic, option: "--synthetic"),
      features: features ?? FeatureNetwork.own.rawValue)
    try CommandError.refuse(
      [("--training-seed", weights != nil && trainingSeed != nil)], because: .givenWeights)
    sets.realTrain = realTrain.map(NamedPath.absolute)
    sets.classNames = classNames.map(NamedPath.absolute)
    sets.weights = weights.map(NamedPath.absolute)
    sets.trainingSeed = trainingSeed ?? 0
    sets.reference = reference.flatMap(ImageSets.Reference.init(rawValue:)) ?? .test
    sets.allowMissingClasses = allowMissingClasses
    (sets.input, sets.resize) = (input, resize)
    return sets
  }
}
