internal import Datasets
internal import Foundation
internal import Generators
internal import Kernels
internal import Randomness
package import Reports

/// A study whose truth is a model (`cas study --truth`): data sets are drawn from it, models of graded capacity learn from
/// them, and all likelihoods are known.
///
/// The idea of NotImageNet32 (Betzalel et al. 2022) for any images. A likelihood is that of an image under its own class, so
/// that KL is between image and class together. Each model's folder is whole or missing; a study that was broken off goes
/// on with the next.
package struct TruthStudy {
  let truth: TruthRequest
  /// Extractors, metrics, seed; its sets are filled in here.
  let settings: LikelihoodStudyRequest
  let context: RunContext
  let folder: RunFolder

  package init(
    _ truth: TruthRequest, _ settings: LikelihoodStudyRequest, folder: RunFolder, _ context: RunContext
  ) {
    self.truth = truth
    self.settings = settings
    self.folder = folder
    self.context = context
  }

  private var events: RunEvents { context.events }
  private var pool: ThreadPool { context.machine.processor.pool }
  private static let mark = "truth-request.json"

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }
}

extension TruthStudy {
  /// - Throws: `Interrupted` with all finished models and metrics saved; `UsageError`, `GeneratorError`, `SampleError` and
  ///   what a study from files throws.
  package func run() throws -> StudyDocument {
    let began = ContinuousClock.now
    try open()
    let model = try trueModel()
    let sets = try [
      ("train", truth.trainingPerClass, 1), ("validation", truth.perClass, 2), ("test", truth.perClass, 3),
    ]
    .map { name, images, part in try drawn(model, path("data/\(name)"), perClass: images, part: UInt64(part)) }
    let all = Candidate.all(dimensions: model.space.dimensions, trainingPerClass: truth.trainingPerClass)
    let chosen = try plan(all) { first in
      _ = try measured([first], model, train: sets[0], test: sets[2])
      return began.duration(to: .now)
    }
    return try measured(chosen, model, train: sets[0], test: sets[2])
  }

  /// Makes the folder. One of a study with another truth is refused.
  private func open() throws {
    let manager = FileManager.default
    let mark = path(Self.mark)
    let own = Array(try JSONEncoder.document.encode(truth))
    if manager.fileExists(atPath: mark) {
      guard try InputFile.contents(of: mark) == own else {
        throw UsageError.otherRun(folder.path, difference: "another truth, or other numbers of images")
      }
    } else if let content = try? manager.contentsOfDirectory(atPath: folder.path), !content.isEmpty {
      throw UsageError.foreignFolder(folder.path)
    }
    try folder.makeFolder(folder.path)
    for name in ["data", "models"] { try folder.makeFolder(path(name)) }
    try folder.write(own, to: mark)
    // A study from files takes the folder as its own.
    if !manager.fileExists(atPath: path(LikelihoodStudy.mark)) {
      try folder.write(Array("{}\n".utf8), to: path(LikelihoodStudy.mark))
    }
  }

  private func trueModel() throws -> any LikelihoodModel {
    if let saved = truth.model { return try GeneratorFile.read(saved) }
    guard let real = truth.real else { throw UsageError.truthWithoutImages }
    var request = SampleRequest(output: path("truth"))
    (request.fit, request.real, request.realTrain, request.seed) = (truth.fit, real, truth.realTrain, truth.seed)
    if let known = try SampleFolder(request.output).savedModel() { return known }
    _ = try SampleRun(request, context).run(isDry: false)
    return try GeneratorFile.read(SampleFolder(request.output).model)
  }

  /// Which models there are. With a time that was asked for, the first model is measured, and the others are as many as fit;
  /// the choice is kept, so that the study stays the same when it goes on.
  private func plan(_ all: [Candidate], timing: (Candidate) throws -> Duration) throws -> [Candidate] {
    let file = path("models.json")
    if let bytes = try? InputFile.contents(of: file),
      let known = try? JSONDecoder().decode([Candidate].self, from: Data(bytes)), !known.isEmpty
    {
      return known
    }
    var chosen = all
    if let minutes = truth.minutes, let middle = all.dropFirst(all.count / 2).first {
      let before = ContinuousClock.now
      let total = try timing(middle)
      let one = before.duration(to: .now)
      let left = minutes * 60 - total / .seconds(1)
      let count = min(max(1 + Int(left / max(one / .seconds(1), 0.1)), Self.fewest), all.count)
      chosen = Candidate.spread(all, count: count)
      events.note(
        "study: a model takes about \(Int((one / .seconds(1)).rounded())) s, so that \(chosen.count) of \(all.count) "
          + "fit into \(minutes) minutes.")
    }
    try folder.write(Array(try JSONEncoder.document.encode(chosen)), to: file)
    return chosen
  }

  /// Fewer models say nothing about ranks.
  private static let fewest = 5

  private func measured(
    _ candidates: [Candidate], _ model: any LikelihoodModel, train: Drawn, test: Drawn
  ) throws -> StudyDocument {
    var table = "model,set,log_data,log_model,group,epoch,seconds\n"
    for (place, candidate) in candidates.enumerated() {
      if events.shouldStop() { throw Interrupted() }
      events.note("model \(place + 1) of \(candidates.count): \(candidate.name)")
      table += try prepared(candidate, model, train: train, test: test)
    }
    try folder.write(table, to: path("log-likelihoods.csv"))
    var request = settings
    (request.real, request.realTrain) = (test.path, train.path)
    request.likelihoods = path("log-likelihoods.csv")
    request.synthetic = candidates.map { NamedPath(name: $0.name, path: path("models/\($0.name)/samples.npz")) }
    return try LikelihoodStudy(request, folder: folder, context).run()
  }
}

extension TruthStudy {
  /// Images with their classes and their likelihoods under the model that they were drawn from.
  struct Drawn {
    let path: String
    let images: LevelImages
    let labels: [Int]
    let own: [Double]
  }

  /// Draws a set from a model, or reads the one that an earlier sitting has drawn: an archive of images, and one of
  /// likelihoods, which is written last.
  private func drawn(
    _ model: any LikelihoodModel, _ path: String, perClass: Int, part: UInt64
  ) throws -> Drawn {
    let (archive, likelihoods) = ("\(path)/samples.npz", "\(path)/log-likelihoods.npz")
    let labels = model.identity.classCounts.enumerated().flatMap { label, count in
      [Int](repeating: label, count: count > 0 ? perClass : 0)
    }
    let space = model.space
    if let values = try? NPZ.read(likelihoods)["log_likelihoods"]?.float64, values.count == labels.count,
      let bytes = try? NPZ.read(archive)["images"]?.uint8, bytes.count == labels.count * space.dimensions
    {
      return Drawn(path: archive, images: LevelImages(space: space, bytes: bytes), labels: labels, own: values)
    }
    try folder.makeFolder(path)
    let stream = RandomStream(seed: truth.seed, purpose: "sets of a study").split(Int(part))
    let progress = StageProgress(events, title: "Drawing \(PathParts(path).name)", unit: "images")
    let images = try progress.whole {
      try model.sample(labels: labels, first: 0, stream: stream, pool: pool, progress: progress.advance)
    }
    let own = try likelihood(model, images, labels)
    try NPZ.write(
      [
        ("images", NPYArray(images.bytes, shape: [images.count, space.height, space.width, space.channels])),
        ("labels", NPYArray(labels.map { Int64($0) }, shape: [labels.count])),
      ], to: archive)
    try NPZ.write([("log_likelihoods", NPYArray(own, shape: [own.count]))], to: likelihoods)
    return Drawn(path: archive, images: images, labels: labels, own: own)
  }

  private func likelihood(_ model: any LikelihoodModel, _ images: LevelImages, _ labels: [Int]) throws -> [Double] {
    try LikelihoodStage(model, context).values(images, labels: labels, title: "Likelihoods", all: false).own
  }

  /// Fits a candidate, draws from it, and computes both likelihoods on both sets.
  ///
  /// - Returns: its lines of the table, which are kept beside the model and written last.
  private func prepared(
    _ candidate: Candidate, _ model: any LikelihoodModel, train: Drawn, test: Drawn
  ) throws -> String {
    let place = path("models/\(candidate.name)")
    let lines = "\(place)/lines.csv"
    if let known = try? InputFile.contents(of: lines) { return String(decoding: known, as: UTF8.self) }
    try folder.makeFolder(place)
    var seen = [Int: Int]()
    let rows = train.labels.indices.filter { index in
      seen[train.labels[index], default: 0] += 1
      return seen[train.labels[index], default: 0] <= candidate.trainingPerClass
    }
    let images = LabelledImages(
      images: train.images.selecting(rows), labels: rows.map { train.labels[$0] }, classNames: model.classNames)
    let began = ContinuousClock.now
    let learner = try fitted(candidate.choice.generator, images, model.identity.kind)
    let seconds = began.duration(to: .now) / .seconds(1)
    let samples = try drawn(learner, place, perClass: truth.perClass, part: 4)
    let pairs = [
      ("data", test.own, try likelihood(learner, test.images, test.labels)),
      ("model", try likelihood(model, samples.images, samples.labels), samples.own),
    ]
    try GeneratorFile.write(learner, to: "\(place)/model.safetensors")
    let text = pairs.map { name, data, own in
      zip(data, own).map {
        "\(candidate.name),\(name),\($0),\($1),\(candidate.group),,\(String(format: "%.2f", seconds))\n"
      }.joined()
    }.joined()
    try folder.write(text, to: lines)
    return text
  }

  private func fitted(
    _ family: some GeneratorFamily, _ images: LabelledImages, _ kind: LikelihoodKind
  ) throws -> any LikelihoodModel {
    let hash = Digest.hexadecimal(of: images.images.levels)
    var fit = FitContext(seed: truth.seed, kind: kind, dataHash: hash, pool: pool)
    let progress = StageProgress(events, title: "Fitting \(type(of: family).name)", unit: "steps")
    fit.progress = progress.advance
    return try progress.whole { try family.fit(images, fit) }
  }
}
