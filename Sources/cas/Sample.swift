import ArgumentParser
import Evaluation
import Foundation
import Generators
import Reports

/// `cas sample`: generators with exact likelihood.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a generator with exact likelihood, draw samples from it, and classify by its likelihoods.",
    discussion: """
      A class-conditional model p(x | y) is fitted to the real training images (--fit), or read from a file (--model). \
      Test images are classified by Bayes' rule and get their bits per dimension. --per-class or --count draws samples \
      with known log-likelihoods: the folder is a data set for every other command, and cas train shows the model's \
      exact inference beside the score of its samples.

        cas sample --fit mixture --components 5 --real real/ --per-class 1000 --output mixture/
        cas train --synthetic mixture=mixture/ --real real/
      """)

  @Option(
    help: ArgumentHelp(
      "The family to fit: \(GeneratorChoice.Family.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "family"))
  var fit: GeneratorChoice.Family?

  @Option(help: ArgumentHelp("A model that cas sample saved, instead of --fit.", valueName: "file"))
  var model: String?

  @Option(help: ArgumentHelp("Real images: a folder with train and test, or a test split.", valueName: "path"))
  var real: String?

  @Option(help: ArgumentHelp("The real training images, if --real has only the test split.", valueName: "path"))
  var realTrain: String?

  @Option(help: "Dimensions of the covariance of ppca and mixture; 20 without it.")
  var rank: Int?

  @Option(help: "Gaussians of each class of a mixture; 5 without it.")
  var components: Int?

  @Option(help: "Features of each stack of a pixelcnn; 32 without it.")
  var width: Int?

  @Option(help: "Layers of a pixelcnn; 6 without it.")
  var depth: Int?

  @Option(help: "Passes of a pixelcnn's training over the images; 10 without it.")
  var epochs: Int?

  @Option(help: "Levels of a pixel in each channel, 2 to 256: bytes in equal portions.")
  var levels: Int?

  @Option(help: "What likelihoods are about: levels (probabilities) or dequantized (densities).")
  var kind: LikelihoodKind?

  @Option(help: "Samples of each class.")
  var perClass: Int?

  @Option(help: "Samples of all classes together, in the shares of the training images.")
  var count: Int?

  @Option(help: "How samples are written: folder (PNG files by class) or npz.")
  var format = SampleRequest.Format.folder

  @Option(help: ArgumentHelp("Images whose log-likelihoods are written to scores.csv.", valueName: "path"))
  var score: String?

  @Option(help: "The split of --score, if it has both: train or test.")
  var split = "test"

  @Flag(help: "Write log-likelihoods under all classes, too (.npz).")
  var allClasses = false

  @Option(help: "Side length that all images must have; --resize resizes them to it.")
  var input: Int?

  @Option(help: "How images are resized to a square: squash, crop or crop-inner.")
  var resize: String?

  @Option(help: "The seed of the fit and of the samples.")
  var seed: UInt64 = 0

  @Option(help: "The folder to write to.")
  var output: String

  @Flag(help: "Check the images and the options, say what would be done, and end.")
  var dryRun = false

  @Option(help: "Number of threads; results do not depend on it.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress, no summary.")
  var quiet = false

  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Write only JSON to stdout.")
  var json = false

  func validate() throws {
    try OptionFault.check(threads: threads)
    try OptionFault.check(input: input, resize: resize)
    if !["train", "test"].contains(split) { throw OptionFault.split.error }
    if let levels, !(2...256).contains(levels) { throw OptionFault.levels.error }
    let numbers = [rank, components, width, depth, epochs, perClass, count].compactMap { $0 }
    for number in numbers where !(1...10_000_000).contains(number) {
      throw OptionFault.positive.error
    }
    if (fit == nil) == (model == nil) { throw OptionFault.fitOrModel.error }
    if fit != nil && real == nil { throw OptionFault.fitWithoutReal.error }
    if perClass != nil && count != nil { throw OptionFault.countTwice.error }
  }

  func run() throws {
    var given = [
      ("--rank", rank != nil), ("--components", components != nil), ("--width", width != nil),
      ("--depth", depth != nil), ("--epochs", epochs != nil),
    ]
    given.removeAll { fit?.options.contains($0.0) == true }
    try CommandError.refuse(given.map { ($0.0, $0.1) }, because: fit == nil ? .savedModel : .otherFamily)
    if model != nil {
      try CommandError.refuse(
        [("--levels", levels != nil), ("--kind", kind != nil), ("--real-train", realTrain != nil)],
        because: .savedModel)
    }
    let terminal = Terminal(isQuiet: quiet)
    let context = try RunContext.describing(
      threads: threads, terminal.events(shouldStop: { Interruption.received != 0 }))
    guard let document = try SampleRun(request, context).run(isDry: dryRun, begin: Interruption.watch) else { return }
    let text = quiet ? "" : document.findings.text(Terminal.outputStyle)
    try Terminal.write(json ? Array(try document.json()) : Array(text.utf8))
  }

  private var request: SampleRequest {
    var request = SampleRequest(output: NamedPath.absolute(output))
    request.fit = fit.map { family in
      var choice = GeneratorChoice(family)
      (choice.rank, choice.components) = (rank, components)
      (choice.width, choice.depth, choice.epochs) = (width, depth, epochs)
      return choice
    }
    request.model = model.map(NamedPath.absolute)
    request.real = real.map(NamedPath.absolute)
    request.realTrain = realTrain.map(NamedPath.absolute)
    request.levels = levels ?? 256
    request.kind = kind ?? .levels
    (request.input, request.resize) = (input, resize)
    (request.perClass, request.count, request.format) = (perClass, count, format)
    (request.score, request.scoreSplit) = (score.map(NamedPath.absolute), split)
    (request.allClasses, request.seed) = (allClasses, seed)
    return request
  }
}

extension GeneratorChoice.Family: ExpressibleByArgument {}
extension LikelihoodKind: ExpressibleByArgument {}
extension SampleRequest.Format: ExpressibleByArgument {}
