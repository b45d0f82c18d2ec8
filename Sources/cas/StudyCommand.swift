import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Metrics
import Reports

/// `cas study`: which metric orders models as their likelihood does?
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Compare every metric with KL and RKL, over models of known likelihood.",
    discussion: """
      Takes the samples of several models, real images whose distribution is known, and a table of log-likelihoods, as \
      from NotImageNet32 (Betzalel et al. 2022):

        cas study --real data/ --synthetic small=samples/small large=samples/large \\
          --log-likelihoods table.csv --output studies/first

      A line of the table is one image, with the columns model, set (data or model), log_data and log_model, and \
      if known group, epoch and seconds. docs/study.md describes it, and how to make one. A study that was \
      broken off goes on when the command is repeated.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Samples of the models, named as in the table.", valueName: "[name=]path"))
  var synthetic: [String] = []

  @Option(
    help: ArgumentHelp("Images of the data set: a test split, or a folder with train and test.", valueName: "path"))
  var real: String

  @Option(help: ArgumentHelp("Training images, if --real has only the test split.", valueName: "path"))
  var realTrain: String?

  @Option(help: ArgumentHelp("The table of log-likelihoods.", valueName: "file"))
  var logLikelihoods: String

  @Option(
    help: ArgumentHelp(
      "The unit of the table: \(LikelihoodTable.Unit.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "unit"))
  var unit = LikelihoodTable.Unit.nats.rawValue

  @Option(
    help: ArgumentHelp(
      "Numbers of an image, if not its pixels times its channels: for images of tokens the tokens.", valueName: "number"
    ))
  var dimensions: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Extractors: own, pixels, or a published network with its weights (default: own pixels).",
      valueName: "name[=file]"))
  var features: [String] = []

  @Option(help: ArgumentHelp("Metrics, separated by commas.", valueName: "fid,kid,…"))
  var metrics = LikelihoodStudyRequest.usualMetrics.joined(separator: ",")

  @Flag(help: "Also train a classifier on the samples of every model, for its Classification Accuracy Score.")
  var score = false

  @Flag(help: "Accept classes that one side lacks.")
  var allowMissingClasses = false

  @Option(parsing: .unconditional, help: "The seed of all random draws and trainings.")
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("The folder of the study.", valueName: "folder"))
  var output: String

  @Option(help: "Number of threads; results do not depend on it.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress, no table.")
  var quiet = false

  @Flag(help: "Write only JSON to stdout.")
  var json = false

  func validate() throws {
    try OptionFault.check(threads: threads)
    if LikelihoodTable.Unit(rawValue: unit) == nil { throw OptionFault.unit.error }
    if let dimensions, !(1...1_000_000_000).contains(dimensions) { throw OptionFault.dimensions.error }
  }

  func run() throws {
    var request = LikelihoodStudyRequest(
      real: NamedPath.absolute(real), synthetic: try NamedPath.parse(synthetic),
      likelihoods: NamedPath.absolute(logLikelihoods))
    guard !request.synthetic.isEmpty else { throw CommandError.noSynthetic }
    request.realTrain = realTrain.map(NamedPath.absolute)
    request.unit = LikelihoodTable.Unit(rawValue: unit) ?? .nats
    request.dimensions = dimensions
    request.extractors = try LikelihoodStudyRequest.extractors(features)
    request.metrics = MetricsRequest.names(metrics)
    (request.score, request.seed, request.allowMissingClasses) = (score, seed, allowMissingClasses)
    let folder = RunFolder(path: NamedPath.absolute(output))
    try OutputPath.checkPlace(
      folder.path, outside: [request.real] + [request.realTrain].compactMap { $0 } + request.synthetic.map(\.path),
      reads: [request.likelihoods])
    Interruption.watch()
    let events = Terminal(isQuiet: quiet).events { Interruption.received != 0 }
    let context = try RunContext.describing(threads: threads, events)
    let document = try LikelihoodStudy(request, folder: folder, context).run()
    let text = quiet ? "" : document.findings.text(Terminal.outputStyle) + "\(folder.path)/study.html\n"
    try Terminal.write(json ? Array(try document.json()) : Array(text.utf8))
  }
}
