import Datasets
import Foundation
import Images
import Kernels
import Randomness
import Testing

/// Samples that are decoded whenever they are needed give what samples in memory give.
@Suite(.serialized) struct StreamTests {
  private func load(_ path: String, _ options: LoadOptions) throws -> Samples {
    let dataset = try Dataset.open(path)
    let listing = try dataset.list(.train)
    return try dataset.load(
      listing, classes: ClassAssignment(own: listing), options: options, pool: ThreadPool(threads: 2))
  }

  /// Images of several sizes.
  private func folder() throws -> DataFolder {
    let folder = try DataFolder()
    for index in 0..<24 {
      try folder.write(
        Image.coloured(8 + index % 5, 8 + index % 3, first: UInt8(index * 9)),
        "set/\(index % 2 == 0 ? "a" : "b")/\(index).png")
    }
    return folder
  }

  private func batch(_ samples: Samples, _ augmentation: Augmentation, threads: Int) throws -> [Float] {
    let assembler = BatchAssembler(
      samples: samples, normalization: Normalization.computed(from: samples), augmentation: augmentation,
      stream: RandomStream(seed: 4, purpose: "augmentation"))
    let count = samples.count
    return try [Float](unsafeUninitializedCapacity: count * samples.shape.count) { buffer, filled in
      if let base = buffer.baseAddress {
        try assembler.fill(
          Tensor(base: base, images: count, shape: samples.shape),
          with: BatchSampler.Batch(epoch: 1, position: 0, indices: (0..<count).reversed()),
          pool: ThreadPool(threads: threads))
      }
      filled = count * samples.shape.count
    }
  }

  static let augmentations = [
    Augmentation.none, Augmentation(padCrop: 2, flip: true),
    Augmentation([.flip, .colorJitter(ColorJitter(brightness: 0.5))]),
  ]

  @Test(arguments: augmentations)
  func batchesAreTheSame(augmentation: Augmentation) throws {
    let folder = try folder()
    var options = LoadOptions(input: 6, resize: .crop)
    let memory = try load(folder["set"], options)
    options.storage = .stream
    let stream = try load(folder["set"], options)
    #expect(stream.isStreamed && !memory.isStreamed && stream == memory)
    #expect(Normalization.computed(from: stream) == Normalization.computed(from: memory))
    let expected = try batch(memory, augmentation, threads: 1)
    for threads in [1, 3] { #expect(try batch(stream, augmentation, threads: threads) == expected) }
    let drawn = try stream.drawing(perClass: [5, 3]).concatenating(memory)
    #expect(
      try batch(drawn, augmentation, threads: 2)
        == batch(memory.drawing(perClass: [5, 3]).concatenating(memory), augmentation, threads: 2))
  }

  @Test func theLimitDecides() throws {
    let folder = try folder()
    var options = LoadOptions(input: 6, resize: .crop)
    let bytes = 24 * 6 * 6 * 3
    for (limit, streams) in [(bytes, false), (bytes - 1, true), (0, true)] {
      options.storage = .memoryUpTo(limit)
      #expect(try load(folder["set"], options).isStreamed == streams)
    }
  }

  /// A random crop is cut out of the image as it is stored, whatever the memory.
  @Test func randomPartsComeFromTheOriginal() throws {
    let folder = try folder()
    let whole = Augmentation([.randomResizedCrop(RandomResizedCrop(area: [1, 1], aspect: [0.01, 100]))])
    var options = LoadOptions(input: 6, resize: .crop)
    options.keepsOriginals = true
    let samples = try load(folder["set"], options)
    #expect(samples.isStreamed, "images that were resized are kept where they are")
    options.storage = .stream
    #expect(try batch(samples, whole, threads: 2) == batch(load(folder["set"], options), whole, threads: 1))
    // Where no image was resized, memory serves as well.
    for index in 0..<4 { try folder.write(Image.coloured(6, 6, first: UInt8(index)), "same/a/\(index).png") }
    options.storage = .memory
    #expect(try !load(folder["same"], options).isStreamed)
  }

  @Test func aFileThatIsGoneIsAnError() throws {
    let folder = try folder()
    var options = LoadOptions(input: 6, resize: .crop)
    options.storage = .stream
    let samples = try load(folder["set"], options)
    for name in ["a/4.png", "b/5.png"] { try FileManager.default.removeItem(atPath: folder["set/\(name)"]) }
    for threads in [1, 2, 4] {
      // The batch goes backwards, so the file of class b comes first.
      let error = #expect(throws: ImageError.self) { try batch(samples, .none, threads: threads) }
      #expect(error?.path == folder["set/b/5.png"])
    }
  }

  @Test func fastDecodingIsForBothKindsOfStorage() throws {
    let folder = try DataFolder()
    for index in 0..<6 {
      try folder.write(try JPEG.encode(Image.coloured(64, 48, first: UInt8(index * 20))), "set/a/\(index).jpg")
    }
    var options = LoadOptions(input: 12, resize: .crop)
    let exact = try load(folder["set"], options)
    options.decoding = .fast
    let fast = try load(folder["set"], options)
    #expect(fast.shape == exact.shape && fast != exact && fast.summary.jpegQuality == 90)
    options.storage = .stream
    #expect(try Bool(load(folder["set"], options).pixels == fast.pixels))
  }
}
