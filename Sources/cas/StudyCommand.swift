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

      Without a table, one model is the truth: data sets are drawn from it, models of graded capacity learn from them, \
      and all likelihoods are known:

        cas study --truth ppca:50 --real real/ --minutes 30 --output studies/own

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
  var real: String?

  @Option(help: ArgumentHelp("Training images, if --real has only the test split.", valueName: "path"))
  var realTrain: String?

  @Option(help: ArgumentHelp("The table of log-likelihoods.", valueName: "file"))
  var logLikelihoods: String?

  @Option(
    help: ArgumentHelp(
      """
      The model that is the truth: a file of cas sample, or a family that is fitted to --real (gaussian, ppca:RANK, \
      mixture:COMPONENTS:RANK).
      """, valueName: "model"))
  var truth: String?

  @Option(help: "With --truth: images of each class that models learn from.")
  var trainingPerClass = 1000

  @Option(help: "With --truth: test images and samples of each class.")
  var perClass = 500

  @Option(help: "With --truth: the time of the study, which decides how many models there are.")
  var minutes: Double?

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

  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Write only JSON to stdout.")
  var json = false

  func validate() throws {
    try OptionFault.check(threads: threads)
    if LikelihoodTable.Unit(rawValue: unit) == nil { throw OptionFault.unit.error }
    for number in [trainingPerClass, perClass] where !(10...1_000_000).contains(number) {
      throw OptionFault.perClass.error
    }
    if let minutes, !(minutes > 0 && minutes < 1e6) { throw OptionFault.minutes.error }
    if let dimensions, !(1...1_000_000_000).contains(dimensions) { throw OptionFault.dimensions.error }
  }

  func run() throws {
    let folder = RunFolder(path: NamedPath.absolute(output))
    let inputs = [real, realTrain].compactMap { $0 }.map(NamedPath.absolute)
    var request = LikelihoodStudyRequest(
      real: inputs.first ?? "", synthetic: try NamedPath.parse(synthetic),
      likelihoods: logLikelihoods.map(NamedPath.absolute) ?? "")
    request.realTrain = realTrain.map(NamedPath.absolute)
    request.unit = LikelihoodTable.Unit(rawValue: unit) ?? .nats
    request.dimensions = dimensions
    request.extractors = try LikelihoodStudyRequest.extractors(features)
    request.metrics = MetricsRequest.names(metrics)
    (request.score, request.seed, request.allowMissingClasses) = (score, seed, allowMissingClasses)
    try request.check()
    try OutputPath.checkPlace(
      folder.path, outside: inputs + request.synthetic.map(\.path),
      reads: [logLikelihoods, truth].compactMap { $0 }.map(NamedPath.absolute))
    let known = try truth.map { try truthRequest($0) }
    if known == nil {
      guard !request.synthetic.isEmpty else { throw CommandError.noSynthetic }
      guard real != nil else { throw CommandError.noReal }
      guard logLikelihoods != nil else { throw OptionFault.noLikelihoods.error }
    }
    Interruption.watch()
    let events = Terminal(isQuiet: quiet).events { Interruption.received != 0 }
    let context = try RunContext.describing(threads: threads, events)
    let document =
      try known.map { try TruthStudy($0, request, folder: folder, context).run() }
      ?? LikelihoodStudy(request, folder: folder, context).run()
    let text = quiet ? "" : document.findings.text(Terminal.outputStyle) + "\(folder.path)/study.html\n"
    try Terminal.write(json ? Array(try document.json()) : Array(text.utf8))
  }

  private func truthRequest(_ text: String) throws -> TruthRequest {
    try CommandError.refuse(
      [
        ("--synthetic", !synthetic.isEmpty), ("--log-likelihoods", logLikelihoods != nil),
        ("--dimensions", dimensions != nil), ("--unit", unit != LikelihoodTable.Unit.nats.rawValue),
      ], because: .knownTruth)
    var request = try TruthRequest(text)
    (request.real, request.realTrain) = (real.map(NamedPath.absolute), realTrain.map(NamedPath.absolute))
    (request.trainingPerClass, request.perClass) = (trainingPerClass, perClass)
    (request.minutes, request.seed) = (minutes, seed)
    return request
  }
}
