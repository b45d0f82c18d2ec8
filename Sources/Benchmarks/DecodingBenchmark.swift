internal import Datasets
package import Evaluation
import Foundation
internal import Images
internal import Kernels
internal import Randomness

/// The cost of turning the image files of a folder into a network's input: each step on one core, and all steps on all
/// threads.
package struct DecodingMeasurement: Codable, Equatable, Sendable {
  /// One step of processing an image.
  package struct Step: Codable, Equatable, Sendable {
    package let name: String
    /// Seconds for all images, on one core except for the last step.
    package let seconds: Timing
    package let imagesPerSecondPerCore: Double
  }

  package let images: Int
  /// Mean number of bytes of a file.
  package let bytes: Int
  package let side: Int
  package let steps: [Step]
}

extension DecodingMeasurement {
  /// - Parameters:
  ///   - path: a folder with one folder of images per class; at most `limit` of them are taken.
  ///   - side: of the square that images become.
  /// - Throws: `DataError`, `ImageError` or `FileError`.
  package init(_ path: String, side: Int = 224, limit: Int = 256, rounds: Int, on machine: Machine) throws {
    let dataset = try Dataset.open(path)
    let listing = try dataset.list(.train)
    let files = try listing.entries.prefix(limit).map { try ImageFile.bytes(at: "\(listing.path)/\($0.member)") }
    let decoded = try files.map { try ImageDecoder.decode($0, path: path).image }
    let squares = decoded.map { $0.resized(toSquare: side, mode: .crop, filter: .bilinear) }
    let stream = RandomStream(seed: 1, purpose: "augmentation")
    let crop = RandomResizedCrop()
    let jitter = ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1)
    // A step's result must be used, or the compiler would remove the step.
    var used = 0
    func keep(_ image: Image) { used &+= Int(image.pixels[0]) }
    func decode(_ file: [UInt8], fast: Bool) -> Image {
      // Every file has been decoded once, above.
      (try? ImageDecoder.decode(file, path: path, leastSide: fast ? side : nil).image) ?? squares[0]
    }
    func resize(_ image: Image) -> Image { image.resized(toSquare: side, mode: .crop, filter: .bilinear) }
    var steps: [Step] = []
    func measure(_ name: String, cores: Int = 1, _ work: () -> Void) {
      let timing = Timing.measure(rounds: rounds, work)
      steps.append(
        Step(
          name: name, seconds: timing,
          imagesPerSecondPerCore: Double(files.count) / timing.median / Double(cores)))
    }
    measure("decode") { for file in files { keep(decode(file, fast: false)) } }
    measure("decode fast") { for file in files { keep(decode(file, fast: true)) } }
    measure("resize and crop") { for image in decoded { keep(resize(image)) } }
    measure("random-resized-crop and flip") {
      for (index, image) in decoded.enumerated() {
        var own = stream.split(index)
        let part = crop.apply(to: image, width: side, height: side, from: &own)
        keep(own.nextBool() ? part.turned(.mirrored) : part)
      }
    }
    measure("colour jitter") {
      for (index, image) in squares.enumerated() {
        var own = stream.split(index)
        keep(jitter.apply(to: image, from: &own))
      }
    }
    measure("decode, resize and crop") { for file in files { keep(resize(decode(file, fast: false))) } }
    measure("decode fast, resize and crop") { for file in files { keep(resize(decode(file, fast: true))) } }

    var load = LoadOptions(channels: 3, input: side, resize: .crop)
    load.storage = .stream
    let pool = machine.processor.pool
    let samples = try dataset.load(listing, classes: ClassAssignment(own: listing), options: load, pool: pool)
    let assembler = BatchAssembler(
      samples: samples, normalization: .imageNet, augmentation: Augmentation([.randomResizedCrop(crop), .flip]),
      stream: stream)
    let arena = Arena(count: files.count * samples.shape.count)
    let target = arena.tensor(at: 0, images: files.count, shape: samples.shape)
    var failure: (any Error)?
    measure("feed: read, decode, crop, flip, normalise", cores: pool.threads) {
      do {
        try assembler.fill(
          target, with: BatchSampler.Batch(epoch: 0, position: 0, indices: Array(0..<files.count)), pool: pool)
      } catch { failure = error }
    }
    if let failure { throw failure }
    precondition(used >= 0, "sums of bytes are not negative")
    images = files.count
    bytes = files.reduce(0) { $0 + $1.count } / max(files.count, 1)
    self.side = side
    self.steps = steps
  }

  package var text: String {
    var columns = Columns(["\(images) files of \(bytes) bytes, to \(side)x\(side)", "images/s per core", "ms"])
    for step in steps {
      columns.add([
        step.name, Columns.number(step.imagesPerSecondPerCore), Columns.number(1000 / step.imagesPerSecondPerCore),
      ])
    }
    return columns.text
  }
}
