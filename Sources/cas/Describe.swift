import ArgumentParser
import Evaluation
import Foundation
import Kernels
import Networks
import Reports

/// `cas describe`: prints a network's plan before anything runs.
struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a network's layers, parameters, multiply-adds and memory.",
    discussion: "Models: \(Architecture.names.joined(separator: ", ")); any wrn-DEPTH-WIDTH with depth 6n + 4.")

  @Option(help: "The network's name.")
  var model: String

  @Option(help: ArgumentHelp("Height, width and channels of the images.", valueName: "HxWxC"))
  var input = "32x32x3"

  @Option(help: "The number of classes.")
  var classes = 10

  @Option(help: "Images per batch, for the memory.")
  var batchSize = 128

  @Option(help: "Number of threads, for the scratch memory.")
  var threads = ThreadPool.available

  @Option(help: "Number format of feature maps, for the memory: auto, fp32 or bf16.")
  var precision = Experiment.Precision.auto

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    guard (1...1024).contains(threads) else {
      throw UsageError.wrongValue(key: "--threads", value: "\(threads)", expected: "1 to 1024")
    }
    let machine = try Machine(
      threads: threads, precision: precision, environment: ProcessInfo.processInfo.environment)
    let description = try ModelDescription(
      model: model, input: input, classes: classes, batchSize: batchSize, machine: machine)
    guard json else { return try Terminal.show(description.text) }
    let request = Request(model: model, input: input, classes: classes, batchSize: batchSize, precision: precision)
    try Terminal.write(
      Array(
        try AttributedDocument(
          description,
          try Provenance(
            "describe", config: request, machine: machine)
        ).json()))
  }

  private struct Request: Encodable {
    let model: String
    let input: String
    let classes: Int
    let batchSize: Int
    let precision: Experiment.Precision
  }
}
