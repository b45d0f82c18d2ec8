internal import Datasets
internal import Foundation
internal import Generators
internal import Images
internal import Kernels
package import Reports

/// Does what a `SampleRequest` asks for: fits or reads a generator, tests it by exact inference, scores and draws images.
package struct SampleRun: Sendable {
  let request: SampleRequest
  let context: RunContext
  let folder: SampleFolder

  package init(_ request: SampleRequest, _ context: RunContext) {
    self.request = request
    self.context = context
    folder = SampleFolder(request.output)
  }

  private var pool: ThreadPool { context.machine.processor.pool }

  /// - Parameters:
  ///   - isDry: whether only the images and the sizes are looked at.
  ///   - begin: called before the first result is saved.
  /// - Returns: what likelihood.json holds; nil for a dry run.
  /// - Throws: `Interrupted` once what was done is saved, `SampleError`, `GeneratorError`, `CheckpointError`,
  ///   `DataError`, `ImageError`, `FileError`.
  package func run(isDry: Bool, begin: () -> Void = {}) throws -> SampleDocument? {
    let inputs = [request.real, request.realTrain, request.score].compactMap { $0 }
    try OutputPath.checkPlace(folder.path, outside: inputs, reads: [request.model].compactMap { $0 })
    try folder.check()
    let saved = try request.model.map { try GeneratorFile.read($0) }
    var data = SampleData()
    let (train, test) = try realImages(saved, &data)
    let scored = try request.score.map { path in
      try loaded(path, request.scoreSplit == "train" ? .train : .test, saved?.identity, train)
    }
    data.scored = scored.map { DataEntry($0) }
    let plan = try SamplePlan(request, saved?.identity, train: train)
    context.events.note(plan.sentence(request, test: test?.count, scored: scored?.count))
    if isDry { return nil }
    begin()
    let lock = try folder.made()
    defer { withExtendedLifetime(lock) {} }
    let model = try saved ?? fitted(plan, train)
    if saved != nil { try folder.keep(model) }
    return try finish(model, plan, test: test, scored: scored, data)
  }

  private func finish(
    _ model: any LikelihoodModel, _ plan: SamplePlan, test: Samples?, scored: Samples?, _ data: SampleData
  ) throws -> SampleDocument {
    let likelihoods = LikelihoodStage(model, context)
    var findings = SampleFindings(generator: GeneratorEntry(model))
    if let test { findings.exactInference = try likelihoods.inference(test) }
    if let scored {
      let values = try likelihoods.values(scored, title: "Scoring \(scored.summary.path)", all: request.allClasses)
      try folder.writeScores(values, of: scored, model.classNames)
      findings.scored = SampledSetEntry(
        path: scored.summary.path, counts: scored.countsByClass, likelihood: likelihoods.entry(values))
    }
    if plan.images > 0 {
      let drawing = SampleDrawing(model, plan, request, folder, context)
      findings.samples = try drawing.run(likelihoods)
    }
    let document = SampleDocument(
      findings,
      Provenance(
        command: "sample", version: context.version, config: try JSONValue(encoding: request),
        machine: context.description, data: data))
    try folder.write(document)
    return document
  }
}

extension SampleRun {
  /// The real images that are used: those to fit to, where a model is fitted, and those to test on.
  private func realImages(
    _ saved: (any LikelihoodModel)?, _ data: inout SampleData
  ) throws -> (train: Samples?, test: Samples?) {
    guard let real = request.real else { return (nil, nil) }
    if let saved {
      let test = try loaded(real, .test, saved.identity, nil)
      data.test = DataEntry(test)
      return (nil, test)
    }
    var selection = ImageSelection(real: real, realTrain: request.realTrain)
    selection.options = LoadOptions(input: request.input, resize: request.resize.flatMap(ResizeMode.init(rawValue:)))
    let images = try StudyData(selection, context.reader)
    for note in images.notes { context.events.warn("note: \(note)") }
    guard let train = images.realTrain else { throw SampleError.noTrainingImages(real) }
    data.test = DataEntry(images.test)
    data.train = DataEntry(train)
    return (train, images.test)
  }

  /// Images whose classes are those of a model, or of the images that one is fitted to.
  private func loaded(_ path: String, _ role: Split, _ identity: ModelIdentity?, _ train: Samples?) throws -> Samples {
    let names = identity?.classNames ?? train?.classNames ?? []
    var set = try ListedSet("images of \(path)", title: path, try Dataset.open(path), role)
    let own = set.listing.classNames ?? names
    let targets = set.listing.classCounts.indices.map { own.indices.contains($0) ? names.firstIndex(of: own[$0]) : nil }
    let unknown = targets.indices.filter { targets[$0] == nil && set.listing.classCounts[$0] > 0 }
    guard unknown.isEmpty else {
      throw DataError.unknownClasses(
        path, names: unknown.map { own.indices.contains($0) ? own[$0] : "\($0)" },
        network: request.model ?? folder.model)
    }
    set.classes = ClassAssignment(classNames: names, targets: targets)
    let shape = train?.shape
    var reader = context.reader
    let samples = try reader.load(
      set,
      LoadOptions(
        channels: identity?.space.channels ?? shape?.channels, input: request.input,
        resize: request.resize.flatMap(ResizeMode.init(rawValue:))))
    let (height, width) = (identity?.space.height ?? shape?.height, identity?.space.width ?? shape?.width)
    guard samples.shape.height == height, samples.shape.width == width else {
      throw SampleError.otherSize(
        path, found: "\(samples.shape.width)x\(samples.shape.height)", expected: "\(width ?? 0)x\(height ?? 0)")
    }
    return samples
  }

  /// The model that is asked for: the one in the folder, where an earlier sitting saved it, or a new one.
  private func fitted(_ plan: SamplePlan, _ train: Samples?) throws -> any LikelihoodModel {
    guard let train, let choice = request.fit else { preconditionFailure("a fit has images") }
    if let model = try folder.savedModel() {
      guard model.identity == plan.identity else { throw SampleError.otherModel(folder.model) }
      context.events.note("\(folder.model) holds this model, and is not fitted again.")
      return model
    }
    let images = LabelledImages(
      images: LevelImages(space: plan.identity.space, bytes: try train.pixels), labels: train.labels.map { Int($0) },
      classNames: train.classNames)
    return try fit(choice.generator, images, plan)
  }

  private func fit(
    _ family: some GeneratorFamily, _ images: LabelledImages, _ plan: SamplePlan
  ) throws -> any LikelihoodModel {
    var fit = FitContext(seed: request.seed, kind: request.kind, dataHash: plan.identity.dataHash, pool: pool)
    fit.stateFile = folder.state
    let progress = StageProgress(context.events, title: "Fitting \(plan.identity.family)", unit: "steps")
    fit.progress = progress.advance
    let model = try progress.whole { try family.fit(images, fit) }
    try folder.keep(model)
    return model
  }
}

extension Samples {
  var countsByClass: [String: Int] {
    Dictionary(zip(classNames, classCounts).filter { $1 > 0 }.map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
  }
}
