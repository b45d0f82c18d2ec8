import ArgumentParser
import Evaluation
import Foundation
import Images
import Networks
import Reports

/// `cas evaluate`: test saved weights on real images.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Test saved weights (safetensors, torchvision's or the CIFAR ResNets' names) on real images.",
    discussion: """
      The outputs' class names are those in the file, else the lines of --class-names, else the classes of the images \
      in the order of their format. Where the file names them, --class-names names the numbers of images that have \
      only these. The normalisation is the file's, else --normalize, else ImageNet's.
      """)

  @Option(help: "A safetensors file.")
  var weights: String

  @Option(help: "The network that the weights belong to; not needed for files that cas wrote.")
  var model: String?

  @Option(help: "The real images: a test split, or a folder with train and test.")
  var real: String

  @Option(help: "Names of the network's outputs, or of the images' numbers, one a line.")
  var classNames: String?

  @Option(help: "imagenet, or MEANS/DEVIATIONS in units of 0 to 1, where the file says nothing.")
  var normalize: String?

  @Option(help: "Side that all images must have; with --resize they are made to fit.")
  var input: Int?

  @Option(help: "squash, crop, or crop-inner: how images become square.")
  var resize: String?

  @Option(help: "auto, fp32 or bf16: which numbers features have. A run tests in those that it trained in.")
  var precision = Experiment.Precision.fp32

  @Flag(help: "The mean over each image and its mirror image, as runs with testFlips test.")
  var testFlips = false

  @Option(help: "Threads; results do not depend on it.")
  var threads: Int?

  @OptionGroup var printed: ReportOutput

  func validate() throws {
    try OptionFault.check(threads: threads)
    try OptionFault.check(input: input, resize: resize)
  }

  func run() throws {
    if let model { _ = try Architecture.named(model) }
    let terminal = Terminal(isQuiet: printed.quiet)
    let machine = try Machine(
      threads: threads, precision: precision, environment: ProcessInfo.processInfo.environment)
    var request = WeightsEvaluation.Request(weights: NamedPath.absolute(weights), real: NamedPath.absolute(real))
    request.model = model
    request.classNames = classNames.map(NamedPath.absolute)
    request.normalization = normalize
    (request.input, request.resize) = (input, resize)
    request.testFlips = testFlips
    let report = try WeightsEvaluation.run(request, RunContext(machine, terminal.events()))
    try terminal.print(report, printed)
  }
}
