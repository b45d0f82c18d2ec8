import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Images

/// `cas features`: the numbers by which a network describes images.
struct Features: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute a network's features of images and write them as .npz.",
    discussion: """
      The file holds the arrays features (a row per image), labels and, if the network is a classifier, logits. \
      Published networks need a file of weights (safetensors, or PyTorch's .pth and .pt, whose code is not run). The \
      network own is trained on --real, once.

      Networks: \(FeatureNetwork.allCases.map(\.rawValue).joined(separator: ", ")).
      """)

  @Option(help: "The images, in any format that cas reads.")
  var images: String

  @Option(help: "The split, if the images have both: train or test.")
  var split = "train"

  @Option(help: "The network.")
  var features = FeatureNetwork.own.rawValue

  @Option(help: "The file of the network's weights.")
  var weights: String?

  @Option(help: "Real images to train the network own on.")
  var real: String?

  @Option(help: "The seed of that training.")
  var seed: UInt64 = 0

  @Option(help: "Side length that all images must have; --resize resizes them to it.")
  var input: Int?

  @Option(help: "How images are resized to a square: squash, crop or crop-inner.")
  var resize: String?

  @Option(help: "The .npz file to write.")
  var output: String

  @Option(help: "Number of threads; results do not depend on it.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress, no summary.")
  var quiet = false

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    try OptionFault.check(threads: threads)
    try OptionFault.check(input: input, resize: resize)
    if !["train", "test"].contains(split) { throw OptionFault.split.error }
  }

  func run() throws {
    try OutputPath.check(
      NamedPath.absolute(output), outside: [images, real].compactMap { $0 }.map(NamedPath.absolute),
      reads: [weights].compactMap { $0 }.map(NamedPath.absolute))
    let terminal = Terminal(isQuiet: quiet)
    let context = try RunContext.describing(threads: threads, terminal.events())
    var run = FeatureRun(
      images: NamedPath.absolute(images), split: split == "train" ? .train : .test,
      features: try FeatureNetwork(name: features), output: NamedPath.absolute(output))
    run.weights = weights.map(NamedPath.absolute)
    run.training = real.map(NamedPath.absolute)
    (run.seed, run.input, run.resize) = (seed, input, resize)
    let summary = try run.run(context)
    guard !quiet else { return }
    let logits = summary.classes.map { ", \($0) logits" } ?? ""
    try Terminal.write(
      Array(
        "\(summary.images) images, \(summary.columns) features\(logits) (\(features), weights \(summary.weightsHash.prefix(12))): \(output)\n"
          .utf8))
  }
}
