internal import Datasets
internal import Foundation
internal import Generators
internal import Images
internal import Randomness
internal import Reports

/// Draws the samples of a run and writes them as a data set. Portions that are drawn are kept in a hidden folder until all
/// are, so that an interrupted run goes on with them.
struct SampleDrawing: Sendable {
  private let model: any LikelihoodModel
  private let plan: SamplePlan
  private let request: SampleRequest
  private let folder: SampleFolder
  private let context: RunContext

  private static let portion = 1000

  init(
    _ model: any LikelihoodModel, _ plan: SamplePlan, _ request: SampleRequest, _ folder: SampleFolder,
    _ context: RunContext
  ) {
    self.model = model
    self.plan = plan
    self.request = request
    self.folder = folder
    self.context = context
  }

  /// Draws all classes, writes them with their log-likelihoods, and says what was written.
  func run(_ likelihoods: LikelihoodStage) throws -> SampledSetEntry {
    try checkEarlier()
    let images = try drawn()
    let labels = plan.counts.enumerated().flatMap { [Int](repeating: $0, count: $1) }
    let values = try likelihoods.values(images, labels: labels, title: "Scoring the samples", all: request.allClasses)
    let names = try write(images, labels)
    try folder.write(values, images: names, model.classNames, to: "log-likelihoods")
    try? FileManager.default.removeItem(atPath: folder.parts)
    let counts = zip(model.classNames, plan.counts).filter { $1 > 0 }.map { ($0, $1) }
    return SampledSetEntry(
      path: request.format == .npz ? folder.archive : folder.path,
      counts: Dictionary(counts, uniquingKeysWith: { first, _ in first }), likelihood: likelihoods.entry(values))
  }

  /// Throws `SampleError.otherSamples` where the folder holds samples that this run would not draw.
  private func checkEarlier() throws {
    guard let text = try? InputFile.contents(of: folder.document),
      let old = try? JSONDecoder().decode(SampleDocument.self, from: Data(text)), old.samples != nil
    else { return }
    let own = try JSONValue(encoding: request)
    let keys = ["perClass", "count", "format", "seed"]
    guard case .object(let before) = old.provenance.config, case .object(let now) = own,
      keys.allSatisfy({ before[$0] == now[$0] })
    else { throw SampleError.otherSamples(folder.path) }
  }

  private func drawn() throws -> LevelImages {
    let manager = FileManager.default
    let events = context.events
    // Image i of class y is a function of seed, y and i, however many others are drawn.
    let stream = RandomStream(seed: request.seed, purpose: "samples of a generator")
    var all = LevelImages(space: model.space, levels: [])
    if plan.images > Self.portion {
      try? manager.createDirectory(atPath: folder.parts, withIntermediateDirectories: true)
    }
    let key = "\(model.identity) \(request.seed)"
    try events.stage("Drawing samples", plan.images, "images") {
      for (label, count) in plan.counts.enumerated() {
        for first in stride(from: 0, to: count, by: Self.portion) {
          let size = min(Self.portion, count - first)
          let part = SamplePart(folder: folder.parts, key: key, label: label, first: first, count: size)
          if let kept = part.read(model.space) {
            all.append(kept)
          } else {
            let before = all.count
            let images = try model.sample(
              labels: [Int](repeating: label, count: size), first: first, stream: stream.split(label),
              pool: context.machine.processor.pool,
              progress: { done, total, _ in
                events.advanced(before + size * done / max(total, 1), "")
                if events.shouldStop() { throw Interrupted() }
              })
            if plan.images > Self.portion { try part.write(images) }
            all.append(images)
          }
          events.advanced(all.count, .words(model.classNames[label]))
        }
      }
    }
    return all
  }

  /// Writes the images; the name of each.
  private func write(_ images: LevelImages, _ labels: [Int]) throws -> [String] {
    let space = model.space
    let bytes = images.bytes
    guard request.format == .folder else {
      try NPZ.write(
        [
          ("images", NPYArray(bytes, shape: [images.count, space.height, space.width, space.channels])),
          ("labels", NPYArray(labels.map { Int64($0) }, shape: [labels.count])),
        ], to: folder.archive)
      return labels.indices.map(String.init)
    }
    var names: [String] = []
    return try context.events.stage("Writing samples", images.count, "images") {
      for (label, count) in plan.counts.enumerated() where count > 0 {
        let name = model.classNames[label]
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        for index in 0..<count {
          let number = String(index)
          let file = "\(name)/\(String(repeating: "0", count: max(0, 6 - number.count)))\(number).png"
          let start = names.count * space.dimensions
          let image = Image(
            width: space.width, height: space.height, channels: space.channels,
            pixels: Array(bytes[start..<start + space.dimensions]))
          let encoded = try PNG.encode(image)
          // Thousands of small files are not each flushed to the disk; likelihood.json, written last, says that all are there.
          guard FileManager.default.createFile(atPath: folder.file(file), contents: Data(encoded)) else {
            throw FileError(.write, folder.file(file), code: errno)
          }
          names.append(file)
          if names.count % 256 == 0 { context.events.advanced(names.count, "") }
        }
      }
      return names
    }
  }
}

/// Samples of one class that were drawn, in a hidden file.
private struct SamplePart {
  let folder: String
  let key: String
  let label: Int
  let first: Int
  let count: Int

  private var path: String { "\(folder)/\(label)-\(first).npz" }

  /// Nil where there is no such file, or one of another model or seed.
  func read(_ space: ImageSpace) -> LevelImages? {
    guard let arrays = try? NPZ.read(path), let levels = arrays["levels"]?.uint8, let own = arrays["key"]?.uint8,
      own == Array(key.utf8), levels.count == count * space.dimensions, levels.allSatisfy({ Int($0) < space.levels })
    else { return nil }
    return LevelImages(space: space, levels: levels)
  }

  func write(_ images: LevelImages) throws {
    let key = Array(self.key.utf8)
    try NPZ.write(
      [
        ("key", NPYArray(key, shape: [key.count])), ("levels", NPYArray(images.levels, shape: [images.levels.count])),
      ], to: path)
  }
}
