import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Kernels
import Metrics
import Reports

/// `cas metrics`: the metrics that CAS is to be compared with.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "FID, KID, precision and recall, PRD, Inception Score and others, with intervals.",
    discussion: """
      Computes features of images and compares them. Without --features, a network is trained on the real images, \
      once:

        cas metrics --synthetic samples/ --real real/

      Features of other extractors are read from NumPy .npz files: features (or the only matrix of floats) and, if \
      known, logits or probabilities (images x classes) and labels. The real side may be statistics (mu, sigma). \
      Several sets of samples make one table:

        cas metrics --features-synthetic a=a.npz b=b.npz --features-real real.npz

      The metrics:
      \(MetricFamily.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

      The demonstrations (--demonstrate), of your features or of built-in ones:
      \(MetricsDemonstration.Name.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))
      """)

  @OptionGroup(title: "Images")
  var imageSets: ImageSetOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Features of samples, one file per generator.", valueName: "[name=]file"))
  var featuresSynthetic: [String] = []

  @Option(help: ArgumentHelp("Features or statistics of real images.", valueName: "file"))
  var featuresReal: String?

  @Option(help: ArgumentHelp("Features of the generators' training images.", valueName: "file"))
  var featuresTraining: String?

  @Option(help: ArgumentHelp("Metrics, separated by commas, or all.", valueName: "fid,kid,…"))
  var metrics: String?

  @Option(parsing: .unconditional, help: "The seed of all random draws: splits, subsets, clusterings.")
  var seed: UInt64 = 0

  @Option(parsing: .unconditional, help: "Number of splits of the Inception Score.")
  var splits = 10

  @Option(
    parsing: .unconditional, help: "k of the k-th neighbour in precision, recall, density and coverage.")
  var neighbours = 5

  @Option(help: "Whether a point exactly at a ball's radius is inside: inclusive or exclusive.")
  var tie = "inclusive"

  @Option(parsing: .unconditional, help: "Number of subsets of kid-subsets.")
  var kidSubsets = 100

  @Option(parsing: .unconditional, help: "Images per side in a subset of kid-subsets.")
  var kidSubsetSize = 1000

  @Option(help: "How PRD clusters: minibatch, as its authors do, or full (slower, nearer to the optimum).")
  var clusters = "minibatch"

  @Option(parsing: .unconditional, help: "Number of clusters of PRD.")
  var prdClusters = 20

  @Option(parsing: .unconditional, help: "Number of clusterings of PRD, whose curves are averaged.")
  var prdRuns = 10

  @Flag(help: "Repeat the metrics for every class, by the labels of both sides.")
  var perClass = false

  @Flag(inversion: .prefixedNo, help: "Compute slow intervals (FID's).")
  var intervals = true

  @Option(help: ArgumentHelp("Class names of the labels, one per line.", valueName: "file"))
  var classNames: String?

  @Option(help: ArgumentHelp("Write mean and covariance of the real features to this file.", valueName: "file"))
  var writeStatistics: String?

  @Option(
    help: ArgumentHelp(
      "Instead of metrics: \(MetricsDemonstration.Name.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var demonstrate: String?

  @Option(
    help: ArgumentHelp("Also write a page, with the PRD curves or the chart of a demonstration.", valueName: "file"))
  var html: String?

  @Option(help: "Number of threads; results do not depend on it.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress, no table.")
  var quiet = false

  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Write only JSON to stdout.")
  var json = false

  func validate() throws {
    try OptionFault.check(threads: threads)
  }

  func run() throws {
    let events = Terminal(isQuiet: quiet).events()
    let context = try RunContext.describing(threads: threads, events)
    try checkOutputs()
    if let demonstrate { return try demonstration(demonstrate, context) }
    let request = try request()
    try request.check()
    let (sets, origin) = try sets(context)
    let outcome = try MetricsStudy(request, context).run(sets, origin)
    let document = outcome.document
    let text = quiet ? "" : MetricsSummary(of: document, style: Terminal.outputStyle).text
    try Terminal.write(json ? Array(try document.json()) : Array(text.utf8)) {
      if let writeStatistics { try outcome.writeStatistics(to: NamedPath.absolute(writeStatistics)) }
      if let html { try AtomicFile.write(bytes: Array(document.page.utf8), to: NamedPath.absolute(html)) }
    }
  }

  private func checkOutputs() throws {
    func paths(_ texts: [String?]) -> [String] { texts.compactMap { $0 }.map(NamedPath.absolute) }
    let outputs = paths([writeStatistics, html])
    let sets = try NamedPath.parse(imageSets.synthetic).map(\.path)
    let files = try NamedPath.parse(featuresSynthetic).map(\.path)
    for output in outputs {
      try OutputPath.check(
        output, outside: sets + paths([imageSets.real, imageSets.realTrain]),
        reads: files + paths([featuresReal, featuresTraining, imageSets.weights]))
    }
    guard Set(outputs).count == outputs.count else {
      throw CommandError.sameOutputs
    }
  }

  private func demonstration(_ name: String, _ context: RunContext) throws {
    try CommandError.refuse(
      [
        ("--metrics", metrics != nil), ("--per-class", perClass), ("--write-statistics", writeStatistics != nil),
        ("--features-synthetic", !featuresSynthetic.isEmpty && !imageSets.synthetic.isEmpty),
      ], because: .demonstration)
    guard max(featuresSynthetic.count, imageSets.synthetic.count) <= 1 else {
      throw CommandError.severalSets
    }
    guard let chosen = MetricsDemonstration.Name(rawValue: name) else {
      throw CommandError.unknownDemonstration(name, known: MetricsDemonstration.Name.allCases.map(\.rawValue))
    }
    var given = featuresSynthetic.isEmpty ? nil : try fileSets()
    if !imageSets.synthetic.isEmpty {
      given = try imageSets.sets(classNames: classNames).described(context).sets
    } else if given == nil, let real = imageSets.real {
      // The demonstration of modes looks at the pixels of one set of real images.
      given = try MetricsStudy.Sets(pixelsOf: NamedPath.absolute(real), context.reader)
    }
    let document = try MetricsDemonstration(seed: seed, machine: context.machine, events: context.events).run(
      chosen, given)
    let attributed = AttributedDocument(
      document,
      try Provenance(
        "metrics", config: DemonstrationRequest(demonstration: name, seed: seed), machine: context.machine,
        data: try given.map { try JSONValue(encoding: $0.sources) }))
    let text = quiet ? "" : document.text(Terminal.outputStyle)
    try Terminal.write(Array(json ? try attributed.json() : Data(text.utf8))) {
      if let html { try AtomicFile.write(bytes: Array(document.page.utf8), to: NamedPath.absolute(html)) }
    }
  }

  private struct DemonstrationRequest: Encodable {
    let demonstration: String
    let seed: UInt64
  }

  private func request() throws -> MetricsRequest {
    var request = MetricsRequest()
    request.metrics = metrics.map(MetricsRequest.names)
    request.seed = seed
    request.splits = splits
    request.neighbours = neighbours
    request.tie = tie
    request.kidSubsets = kidSubsets
    request.kidSubsetSize = kidSubsetSize
    (request.clusters, request.prdClusters, request.prdRuns) = (clusters, prdClusters, prdRuns)
    request.perClass = perClass
    request.intervals = intervals
    return request
  }

  /// Where the features come from: of images, or of files.
  private func sets(_ context: RunContext) throws -> (MetricsStudy.Sets, MetricsStudy.Origin) {
    guard imageSets.areGiven else {
      try imageSets.refuse(because: .givenFeatures)
      return (try fileSets(), MetricsStudy.Origin())
    }
    guard featuresSynthetic.isEmpty, featuresReal == nil, featuresTraining == nil else {
      throw CommandError.imagesAndFiles
    }
    let images = try imageSets.sets(classNames: classNames)
    let described = try images.described(context)
    return (described.sets, try MetricsStudy.Origin(images, described))
  }

  private func fileSets() throws -> MetricsStudy.Sets {
    // Splits and tests of normality look at one set alone.
    let needsReal = demonstrate != "splits" && demonstrate != "gaussianity"
    let alone = needsReal ? nil : try NamedPath.parse(featuresSynthetic, option: "--features-synthetic").first?.path
    guard !featuresSynthetic.isEmpty, let featuresReal = featuresReal ?? alone else {
      throw CommandError.noSets
    }
    return try MetricsStudy.Sets(
      files: MetricsStudy.Files(
        synthetic: try NamedPath.parse(featuresSynthetic, option: "--features-synthetic"),
        real: NamedPath.absolute(featuresReal), training: featuresTraining.map { NamedPath.absolute($0) },
        classNames: classNames.map { NamedPath.absolute($0) }))
  }
}
