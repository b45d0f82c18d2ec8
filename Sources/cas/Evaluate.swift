import ArgumentParser
import Evaluation
import Foundation
import Images
import Networks
import Reports

/// `cas evaluate`: test saved weights on real images.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Test saved weights (torchvision's or the CIFAR ResNets' names) on real images.",
    discussion: """
      The weights are a safetensors file or PyTorch's .pth, .pt or .ckpt, none of which is run. \
      The class names of the outputs come from the file, otherwise from --class-names, otherwise from the images in \
      the order of their format. If the file names them, --class-names names the classes of images that only have \
      numbers. The normalisation is the file's, otherwise --normalize, otherwise ImageNet's.
      """)

  @Option(help: "A file of weights: safetensors, or PyTorch's.")
  var weights: String

  @Option(help: "The network of the weights; not needed for files that cas wrote.")
  var model: String?

  @Option(help: "The real images: a test split, or a folder with train and test.")
  var real: String

  @Option(help: "Names of the network's outputs, or of the images' numeric classes, one per line.")
  var classNames: String?

  @Option(help: "Normalisation, if the file has none: imagenet, or MEANS/DEVIATIONS in units of 0 to 1.")
  var normalize: String?

  @Option(help: "Side length that all images must have; --resize resizes them to it.")
  var input: Int?

  @Option(help: "How images are resized to a square: squash, crop or crop-inner.")
  var resize: String?

  @Option(help: "Number format of feature maps: auto, fp32 or bf16. A run tests in the format of its training.")
  var precision = Experiment.Precision.fp32

  @Flag(help: "Test the mean over each image and its mirror image, as runs with testFlips do.")
  var testFlips = false

  @Option(help: "Number of threads; results do not depend on it.")
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
