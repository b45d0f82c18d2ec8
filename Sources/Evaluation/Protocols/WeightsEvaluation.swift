internal import Datasets
import Foundation
internal import Images
internal import Kernels
internal import Metrics
internal import Networks
package import Reports

/// Tests saved weights on real images (`cas evaluate`).
package enum WeightsEvaluation {
  package struct Request: Codable, Sendable {
    package var weights: String
    package var model: String?
    package var real: String
    package var classNames: String?
    package var normalization: String?
    package var input: Int?
    package var resize: String?
    package var testFlips = false

    package init(weights: String, real: String) {
      self.weights = weights
      self.real = real
    }
  }

  /// - Throws: `UsageError`, `CheckpointError`, `DataError`, `ImageError` or `FileError`.
  package static func run(_ request: Request, _ context: RunContext) throws -> Report {
    let (processor, events) = (context.machine.processor, context.events)
    let file = try WeightsFile.read(try InputFile.contents(of: request.weights), path: request.weights)
    let architecture = try architecture(request, file)
    guard let outputs = file.extent("bias", of: ["fc", "linear"], axis: 0),
      let channels = file.extent("weight", of: ["conv1", "whitening"], axis: 1), [1, 3].contains(channels)
    else {
      throw CheckpointError.unsuitable(
        path: request.weights,
        detail: "it lacks a first convolution or a last layer under the names of torchvision, timm or transformers",
        remedy: "Name weights of one of the networks that cas describe --help lists")
    }
    guard (1...Self.mostOutputs).contains(outputs) else {
      throw CheckpointError.unsuitable(
        path: request.weights, detail: "its last layer has \(outputs.grouped) outputs",
        remedy: "Name weights of a classifier")
    }
    let normalization = try normalization(request, file).fitted(toChannels: channels)
    var set = try ListedSet("real test images", try Dataset.open(request.real), .test)
    let listing = set.listing
    var (classNames, notes) = try outputNames(request, file, outputs: outputs, listing: listing)
    if file.classNames != nil, request.classNames != nil, listing.classNames != nil {
      notes.append("--class-names is not used: the weights and the images name their classes")
    } else if file.classNames != nil, request.classNames == nil, listing.classNames == nil {
      notes.append(
        "\(listing.path) numbers its classes; they are taken for the outputs of the weights in their order, from "
          + "0 for \(classNames[0]) to \(outputs - 1) for \(classNames[outputs - 1])")
    }
    guard listing.classNames != nil || listing.classCounts.count <= outputs else {
      throw DataError.classNames(
        listing.path, .outputs(labels: listing.classCounts.count, outputs: outputs, network: request.weights))
    }
    let own = try imageNames(request, file, listing, outputs: classNames)
    let targets = own.map { classNames.firstIndex(of: $0) }
    let unknown = zip(own, targets).filter { $1 == nil }.map { $0.0 }
    guard unknown.isEmpty else {
      throw DataError.unknownClasses(listing.path, names: unknown, network: request.weights)
    }
    let absent = Set(classNames).subtracting(zip(own, listing.classCounts).filter { $1 > 0 }.map { $0.0 })
    if !absent.isEmpty, listing.classNames != nil {
      notes.append(
        "\(listing.path) has no images of \(classNames.filter(absent.contains).capped()), which the network knows: they "
          + "have no score")
    }
    set.classes = ClassAssignment(classNames: classNames, targets: targets)
    var reader = context.reader
    let samples = try reader.load(
      set,
      LoadOptions(
        channels: channels, input: request.input, resize: request.resize.flatMap(ResizeMode.init(rawValue:))))
    let plan = architecture.plan(input: samples.shape, classes: outputs)
    guard plan.parameterCount <= file.numbers else {
      throw CheckpointError.unsuitable(
        path: request.weights,
        detail: "it holds \(file.numbers.grouped) numbers, and \(architecture.name) has \(plan.parameterCount.grouped)",
        remedy: request.model != nil && file.metadata["architecture"] != nil
          ? "Leave out --model: the file says that it is \(file.metadata["architecture"] ?? "")"
          : "Name the model that it was saved from with --model")
    }
    if let input = file.metadata["input"].flatMap(Shape.init),
      input.height != samples.shape.height || input.width != samples.shape.width
    {
      let found = "\(samples.shape.width)x\(samples.shape.height)"
      notes.append("the network was trained on images of \(input.width)x\(input.height), and these are \(found)")
      guard request.input != nil else {
        throw UsageError.otherSize(listing.path, samples.shape, weights: request.weights, trained: input)
      }
    }
    try MemoryDemand.check(testing: plan, on: processor)
    let network = Network(plan)
    try network.load(file, path: request.weights, model: architecture.name)
    guard network.isSound else {
      throw CheckpointError.unsuitable(
        path: request.weights,
        detail: "some of its weights or statistics are no finite numbers, or a variance is negative",
        remedy: "Its training diverged, or it was converted wrongly: make it again")
    }
    let predictions = try events.stage("Testing \(architecture.name)", samples.count, "images") {
      try Evaluator.predict(
        network, samples, normalization: normalization, untrained: file.untrained, flips: request.testFlips,
        on: context.machine.backend, progress: { events.advanced($0, "") })
    }
    if file.normalization != nil, request.normalization != nil {
      notes.append("--normalize is not used: the weights bring the normalisation that they were trained with")
    }
    let untrained = file.untrained.sorted().filter(classNames.indices.contains).map { classNames[$0] }
    if !untrained.isEmpty {
      notes.append("the weights saw no training image of \(untrained.joined(separator: ", ")), which score 0")
    }
    for note in notes { events.note("note: \(note)") }
    var entry = DataEntry(samples)
    entry.warnings += notes
    let title = PathParts(request.weights).name
    let name = title.lastIndex(of: ".").map { String(title[..<$0]) } ?? title
    let result = ResultEntry(
      name: name, kind: .evaluation, scores: ScoreCard(seeds: [predictions], classNames: classNames))
    return Report(
      RunFindings(results: [result]),
      Provenance(
        command: "evaluate", version: context.version, config: try JSONValue(encoding: request),
        machine: context.description,
        data: DataSection(real: DataSection.Real(test: entry, train: nil), synthetic: [:])))
  }

  /// More classes than any data set has.
  private static let mostOutputs = 1 << 20

  private static func architecture(_ request: Request, _ file: SafeTensors) throws -> Architecture {
    guard let name = request.model ?? file.metadata["architecture"] else {
      throw UsageError.unnamedNetwork(request.weights)
    }
    return try Architecture.named(name)
  }

  private static func normalization(_ request: Request, _ file: SafeTensors) throws -> Normalization {
    if let own = file.normalization {
      if let text = request.normalization { _ = try NormalizationSetting(text, key: "--normalize") }
      return own
    }
    guard let text = request.normalization else { return .imageNet }
    guard case .given(let normalization) = try NormalizationSetting(text, key: "--normalize") else {
      throw UsageError.wrongValue(
        key: "--normalize", value: text, expected: "imagenet, or MEANS/DEVIATIONS, because there is no training set")
    }
    return normalization
  }

  /// The class of each label of the images: their own names, those of --class-names where the weights name their outputs,
  /// else the outputs in their order.
  private static func imageNames(
    _ request: Request, _ file: SafeTensors, _ listing: SplitListing, outputs: [String]
  ) throws -> [String] {
    if let own = listing.classNames { return own }
    guard file.classNames != nil, let path = request.classNames else { return outputs }
    let names = try ClassNames.read(path)
    guard names.count == listing.classCounts.count else {
      throw DataError.classNames(
        path, .count(names: names.count, classes: listing.classCounts.count, title: listing.path))
    }
    return names
  }

  /// The class of each output, and what the user should know about where the names come from.
  private static func outputNames(
    _ request: Request, _ file: SafeTensors, outputs: Int, listing: SplitListing
  ) throws -> (names: [String], notes: [String]) {
    if let names = file.classNames {
      guard names.count == outputs, Set(names).count == outputs else {
        throw CheckpointError.damaged(path: request.weights, detail: "its class names do not fit its outputs")
      }
      return (names, [])
    }
    let path = request.classNames ?? listing.path
    let names = try request.classNames.map(ClassNames.read) ?? listing.classNames ?? (0..<outputs).map(String.init)
    guard names.count == outputs else {
      throw DataError.classNames(
        path, .count(names: names.count, classes: outputs, title: "the network in \(request.weights)"))
    }
    guard request.classNames == nil else { return (names, []) }
    return (names, ["the weights name no classes; their outputs take those of the test images in their order"])
  }
}

extension SafeTensors {
  /// One extent of a tensor of the first of these layers that the file has.
  fileprivate func extent(_ tensor: String, of layers: [String], axis: Int) -> Int? {
    let shape = layers.lazy.compactMap { tensors["\($0).\(tensor)"]?.shape }.first { axis < $0.count }
    return shape?[axis]
  }
}
