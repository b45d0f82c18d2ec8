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
      Noise is moved by small steps in the direction that a classifier finds more like a class, each image towards the \
      next class. Its scores stand beside those of the noise and of real images, and a picture shows all three.
      """)

  @Option(help: "Real images: a test split, or a folder with train and test.")
  var real: String

  @Option(help: "The real training images, where --real has only the others.")
  var realTrain: String?

  @Option(help: "A model that cas trained (model-….safetensors); without it one is trained.")
  var weights: String?

  @Option(help: "The seed of that training.")
  var trainingSeed: UInt64 = 0

  @Option(help: "Images to make.")
  var images = 1000

  @Option(help: "Steps for each image.")
  var iterations = 100

  @Option(help: "What a step changes a pixel by, as a share of its range.")
  var step = 0.001

  @Option(help: "The seed of the noise.")
  var seed: UInt64 = 0

  @Option(help: "The PNG file of the picture.")
  var output: String?

  @Option(help: "Threads; results do not depend on it.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress, no table.")
  var quiet = false

  @Flag(help: "Write the scores as JSON to stdout, and nothing else.")
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
