import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Images
import Kernels
import Reports

/// `cas data`: what is in data sets, what is wrong with them, and how to make one file of them.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Inspect data sets, check them, and pack them into one file.",
    discussion: """
      A data set is a folder with one folder of images per class, a zip or tar archive of the same, StyleGAN's zip with \
      dataset.json, an npz file, WebDataset shards, CIFAR or MNIST files, or a packed store.
      """,
    subcommands: [DataInspect.self, DataCheckCommand.self, DataPack.self])
}

/// What the commands about data have in common.
struct DataOptions: ParsableArguments {
  @Option(help: "Number of threads; results do not depend on it.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress.")
  var quiet = false

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    try OptionFault.check(threads: threads)
  }

  var pool: ThreadPool { ThreadPool(threads: threads ?? ThreadPool.available) }
  var events: RunEvents { Terminal(isQuiet: quiet).events() }
  var reader: SetReader { SetReader(pool: pool, events: events) }

  func attributed<Findings: Encodable & Sendable>(
    _ findings: Findings, _ command: String, config: some Encodable, _ sets: [SurveyedSet]
  ) throws -> CommandDocument<Findings> {
    let machine = try? Machine(threads: threads, environment: ProcessInfo.processInfo.environment)
    return AttributedDocument(
      findings,
      try Provenance(
        command, config: config, machine: machine, data: try JSONValue(encoding: sets)))
  }
}

/// `cas data inspect`.
struct DataInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show images per class, sizes, codecs, JPEG quality, colours, mean and standard deviation of data sets.",
    discussion: "Every image is decoded. Damaged images give exit code 65.")

  @Argument(help: "Data sets; every split is shown.")
  var paths: [String]

  @OptionGroup var options: DataOptions

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    let document = try DataInspection.run(paths.map(NamedPath.absolute), options.reader)
    let sets = document.results.map { SurveyedSet(path: $0.path, split: $0.split, images: $0.images) }
    func attributed() throws -> CommandDocument<InspectionDocument> {
      try options.attributed(document, "data inspect", config: ["paths": paths.map(NamedPath.absolute)], sets)
    }
    try Terminal.write(json ? Array(try attributed().json()) : Array(document.text.utf8))
    if document.results.contains(where: { !$0.damaged.isEmpty }) { throw ExitCode(Failure.badData.rawValue) }
  }
}

/// `cas data check`.
struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find damaged files, duplicates, and copies of real images in a data set.",
    discussion: """
      A copy has the same pixels as another image, or is a near copy: recompressed, resized or mirrored. Without \
      --real, a set with two splits is checked for test images in its training split. The exit code is 65 for damaged \
      files, and 1 for more copies of real images than --max-leaks.
      """)

  @Argument(help: "The data set.")
  var path: String

  @Option(help: "Real images that must not be in it: both splits, if there are two.")
  var real: String?

  @Option(help: "More real images that must not be in it.")
  var realTrain: String?

  @Option(help: ArgumentHelp("Write a page with copies beside their originals.", valueName: "file.html"))
  var sheet: String?

  @Option(parsing: .unconditional, help: "Exit with 1 if there are more copies of real images.")
  var maxLeaks: Int?

  @Option(parsing: .unconditional, help: "Lines to print of each list; --json has all of them.")
  var limit = 20

  @OptionGroup var options: DataOptions

  @Flag(help: "Write JSON.")
  var json = false

  func validate() throws {
    if let maxLeaks, maxLeaks < 0 { throw OptionFault.maxLeaks.error }
    if limit < 0 { throw OptionFault.limit.error }
  }

  func run() throws {
    if let sheet {
      try OutputPath.check(
        NamedPath.absolute(sheet), outside: [path, real, realTrain].compactMap { $0 }.map(NamedPath.absolute))
    }
    let request = DataCheck.Request(
      path: NamedPath.absolute(path), real: real.map(NamedPath.absolute), realTrain: realTrain.map(NamedPath.absolute))
    if maxLeaks != nil || sheet != nil, real == nil, realTrain == nil,
      try Dataset.open(NamedPath.absolute(path)).splits.count < 2
    {
      throw CommandError.nothingToCompare(path, option: maxLeaks == nil ? "--sheet" : "--max-leaks")
    }
    let check = try DataCheck(request, options.reader)
    let document = check.document
    func attributed() throws -> CommandDocument<DataCheckDocument> {
      try options.attributed(document, "data check", config: request, check.sets)
    }
    try Terminal.write(json ? Array(try attributed().json()) : Array(document.text(limit: limit).utf8)) {
      guard let sheet else { return }
      let page = try CopySheet(
        title: "Copies in \(path)", pairs: check.pairs, total: document.leaks, encode: EncodedPicture.of)
      try AtomicFile.write(bytes: Array(page.text.utf8), to: NamedPath.absolute(sheet))
    }
    if document.damaged > 0 { throw ExitCode(Failure.badData.rawValue) }
    if let maxLeaks, document.leaks > maxLeaks { throw ExitCode(Failure.thresholdMissed.rawValue) }
  }
}

/// `cas data pack`.
struct DataPack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Write a data set into one file that opens at once.",
    discussion: """
      PNG and JPEG files are copied byte by byte. --pixels stores decoded pixels instead, which is faster to read and \
      larger; --input resizes them. Every image is decoded once, so damaged images are refused.
      """)

  @Argument(help: "The data set.")
  var path: String

  @Option(help: "The file to write; it is replaced as a whole or not at all.")
  var output: String

  @Flag(help: "Store pixels instead of files.")
  var pixels = false

  @Option(help: "Side length that --resize resizes images to.")
  var input: Int?

  @Option(help: "How images are resized to a square: squash, crop or crop-inner.")
  var resize: ResizeMode?

  @OptionGroup var options: DataOptions

  @Flag(help: "Write JSON.")
  var json = false

  func validate() throws {
    try OptionFault.check(input: input, resize: resize?.rawValue)
  }

  private struct Summary: Encodable {
    let output: String
    let images: Int
    let bytes: Int
    let shape: [Int]?
    let warnings: [String]
  }

  private struct Request: Encodable {
    let path: String
    let output: String
    let pixels: Bool
    let input: Int?
    let resize: String?
  }

  func run() throws {
    try OutputPath.check(NamedPath.absolute(output), outside: [NamedPath.absolute(path)])
    let dataset = try Dataset.open(NamedPath.absolute(path))
    var packing = StorePacker.Options()
    packing.asPixels = pixels
    packing.input = input
    packing.resize = resize
    packing.version = BuildDescription.current.identity
    let events = options.events
    let sets = try dataset.splits.map { SurveyedSet(try dataset.list($0)) }
    let summary = try events.stage("Packing \(path)", sets.reduce(0) { $0 + $1.images }, "images") {
      try StorePacker(dataset, options: packing, pool: options.pool).write(to: output) { done, _ in
        events.advanced(done, "")
      }
    }
    for warning in summary.warnings { events.note("note: \(warning)") }
    if json {
      let written = Summary(
        output: output, images: summary.images, bytes: summary.bytes,
        shape: summary.shape.map { [$0.height, $0.width, $0.channels] }, warnings: summary.warnings)
      let request = Request(
        path: NamedPath.absolute(path), output: NamedPath.absolute(output), pixels: pixels, input: input,
        resize: resize?.rawValue)
      try Terminal.write(Array(try options.attributed(written, "data pack", config: request, sets).json()))
    } else {
      let kind = summary.shape.map { "pixels of \($0)" } ?? "PNG and JPEG files as they are"
      try Terminal.write(
        Array("\(output): \(summary.images.grouped) images, \(kind), \(summary.bytes.grouped) bytes\n".utf8))
    }
  }
}

extension ResizeMode: ExpressibleByArgument {}
