import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Images
import Reports

/// `cas attack`: a near-perfect Inception Score from noise.
struct Attack: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show that noise can have a near-perfect Inception Score (Barratt and Sharma 2018).",
    discussion: """
      Small steps change noise so that a classifier finds a class more likely, another class for each next image. The \
      scores are printed beside those of the noise and of real images. A picture shows all three.
      """)

  @Option(help: "Real images: a test split, or a folder with train and test.")
  var real: String

  @Option(help: "The real training images, if --real has only the test split.")
  var realTrain: String?

  @Option(help: "A model that cas trained (model-….safetensors). Without it, one is trained.")
  var weights: String?

  @Option(help: "The seed of that training.")
  var trainingSeed: UInt64 = 0

  @Option(help: "Number of images.")
  var images = 1000

  @Option(help: "Steps per image.")
  var iterations = 100

  @Option(help: "The change of a pixel per step, as a fraction of its range.")
  var step = 0.001

  @Option(help: "The seed of the noise.")
  var seed: UInt64 = 0

  @Option(help: "The PNG file to write the picture to.")
  var output: String?

  @Option(help: "Number of threads; results do not depend on it.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress, no table.")
  var quiet = false

  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Write only JSON to stdout.")
  var json = false

  func validate() throws {
    try OptionFault.check(threads: threads)
    if !(20...100_000).contains(images) { throw OptionFault.images.error }
    if !(1...100_000).contains(iterations) { throw OptionFault.iterations.error }
    if !(step > 0 && step <= 1) { throw OptionFault.step.error }
  }

  func run() throws {
    if let output {
      guard output.lowercased().hasSuffix(".png") else {
        throw CommandError.notPNG(output)
      }
      try OutputPath.check(
        NamedPath.absolute(output), outside: [real, realTrain].compactMap { $0 }.map(NamedPath.absolute),
        reads: [weights].compactMap { $0 }.map(NamedPath.absolute))
    }
    let terminal = Terminal(isQuiet: quiet)
    var study = AttackStudy(real: NamedPath.absolute(real))
    study.realTrain = realTrain.map(NamedPath.absolute)
    study.weights = weights.map(NamedPath.absolute)
    study.trainingSeed = trainingSeed
    (study.attack.images, study.attack.iterations) = (images, iterations)
    (study.attack.step, study.attack.seed) = (step, seed)
    let context = try RunContext.describing(threads: threads, terminal.events())
    let outcome = try study.run(context)
    let document = outcome.document
    let text = quiet ? "" : document.text(Terminal.outputStyle)
    let attributed = AttributedDocument(
      document,
      try Provenance(
        "attack", config: study, machine: context.machine,
        data: try JSONValue(encoding: outcome.data)))
    try Terminal.write(json ? Array(try attributed.json()) : Array(text.utf8)) {
      if let output { try AtomicFile.write(bytes: try PNG.encode(outcome.sheet), to: NamedPath.absolute(output)) }
    }
  }
}
