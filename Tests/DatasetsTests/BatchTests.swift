import Datasets
import Kernels
import Randomness
import Testing

@Suite(.serialized) struct BatchTests {
  private let shape = Shape(height: 5, width: 7, channels: 3)

  private func samples(_ count: Int) -> Samples {
    Samples(
      classNames: ["a", "b"], shape: shape,
      pixels: (0..<count * shape.count).map { UInt8(truncatingIfNeeded: $0 * 13 + $0 / 256) },
      labels: (0..<count).map { Int32($0 % 2) }, members: (0..<count).map(String.init),
      origin: Samples.Origin(path: "set"))
  }

  private let normalization = Normalization(mean: [0.5, 0.25, 0.125], deviation: [0.5, 0.25, 2])

  private func filled(_ assembler: BatchAssembler, _ batch: BatchSampler.Batch, threads: Int) throws -> [Float] {
    let pool = ThreadPool(threads: threads)
    return try [Float](unsafeUninitializedCapacity: batch.indices.count * shape.count) { buffer, filled in
      if let base = buffer.baseAddress {
        try assembler.fill(Tensor(base: base, images: batch.indices.count, shape: shape), with: batch, pool: pool)
      }
      filled = batch.indices.count * shape.count
    }
  }

  /// Pads, cuts and mirrors one step after the other, each on whole images.
  private func naive(_ image: [UInt8], _ placement: Augmentation.Placement, padding: Int) -> [Float] {
    func normalized(_ byte: UInt8, _ channel: Int) -> Float {
      (Float(byte) / 255 - normalization.mean[channel]) / normalization.deviation[channel]
    }
    var padded = [[[Float]]](
      repeating: [[Float]](repeating: [0, 0, 0], count: shape.width + 2 * padding), count: shape.height + 2 * padding)
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        padded[y + padding][x + padding] = (0..<3).map { normalized(image[(y * shape.width + x) * 3 + $0], $0) }
      }
    }
    let top = padding + placement.rowOffset
    let left = padding + placement.columnOffset
    let cut = padded[top..<(top + shape.height)].map { Array($0[left..<(left + shape.width)]) }
    return cut.flatMap { row in (placement.isFlipped ? row.reversed() : row).flatMap { $0 } }
  }

  static let augmentations = [
    Augmentation.none, Augmentation(padCrop: 2), Augmentation(flip: true), Augmentation(padCrop: 4, flip: true),
    Augmentation(padCrop: 9, flip: true),
  ]

  @Test(arguments: augmentations)
  func imagesAreThoseOfTheNaiveSteps(augmentation: Augmentation) throws {
    let samples = samples(60)
    let stream = RandomStream(seed: 3, purpose: "augmentation")
    let assembler = BatchAssembler(
      samples: samples, normalization: normalization, augmentation: augmentation, stream: stream)
    let batch = BatchSampler.Batch(epoch: 4, position: 20, indices: (0..<40).map { ($0 * 7) % 60 })
    let result = try filled(assembler, batch, threads: 2)
    for (place, index) in batch.indices.enumerated() {
      var part = stream.split(4).split(20 + place)
      let placement = augmentation.placement(from: &part)
      #expect(abs(placement.rowOffset) <= augmentation.padCrop && abs(placement.columnOffset) <= augmentation.padCrop)
      let expected = naive(Array(try samples[index]), placement, padding: augmentation.padCrop)
      #expect(Bool(Array(result[(place * shape.count)..<((place + 1) * shape.count)]) == expected))
    }
    #expect(assembler.labels(of: batch) == batch.indices.map { Int32($0 % 2) })
  }

  @Test func threadsDoNotChangeABatch() throws {
    let assembler = BatchAssembler(
      samples: samples(60), normalization: normalization, augmentation: Augmentation(padCrop: 3, flip: true))
    let batch = BatchSampler.Batch(epoch: 1, position: 0, indices: Array(0..<60))
    let one = try filled(assembler, batch, threads: 1)
    for threads in [2, 3] { #expect(try Bool(filled(assembler, batch, threads: threads) == one)) }
  }

  @Test func everyPlacementComesAboutEquallyOften() {
    let augmentation = Augmentation(padCrop: 1, flip: true)
    var counts: [String: Int] = [:]
    let stream = RandomStream(seed: 1, purpose: "augmentation")
    for index in 0..<18_000 {
      var part = stream.split(index)
      let placement = augmentation.placement(from: &part)
      counts["\(placement)", default: 0] += 1
    }
    // Eighteen placements, 1,000 expected of each, standard deviation 31.
    #expect(counts.count == 18)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 155 })
  }

  @Test func imagesAreMirroredInTurn() throws {
    let samples = samples(24)
    let assembler = BatchAssembler(
      samples: samples, normalization: normalization, augmentation: Augmentation(flip: true, alternateFlip: true))
    let batches = try (0..<3).map { epoch in
      try filled(assembler, BatchSampler.Batch(epoch: epoch, position: 0, indices: Array(0..<24)), threads: 2)
    }
    // Another place in the batch does not change an image's turn.
    let turned = try filled(
      assembler, BatchSampler.Batch(epoch: 0, position: 96, indices: (0..<24).reversed()), threads: 2)
    var flipped = 0
    for image in 0..<24 {
      let range = image * shape.count..<(image + 1) * shape.count
      var mirror = Augmentation.Placement()
      mirror.isFlipped = true
      let plain = naive(Array(try samples[image]), Augmentation.Placement(), padding: 0)
      let reversed = naive(Array(try samples[image]), mirror, padding: 0)
      let isFirstFlipped = Array(batches[0][range]) == reversed
      if isFirstFlipped { flipped += 1 }
      #expect(Bool(Array(batches[0][range]) == (isFirstFlipped ? reversed : plain)))
      #expect(Bool(Array(batches[1][range]) == (isFirstFlipped ? plain : reversed)))
      #expect(Bool(batches[2][range] == batches[0][range]))
      #expect(Bool(Array(turned[(23 - image) * shape.count..<(24 - image) * shape.count]) == Array(batches[0][range])))
    }
    #expect((4...20).contains(flipped))
  }

  @Test func evaluationTakesImagesAsTheyAre() throws {
    let samples = samples(11)
    let assembler = BatchAssembler(
      samples: samples, normalization: normalization, augmentation: Augmentation(padCrop: 3, flip: true))
    let result = try [Float](unsafeUninitializedCapacity: 4 * shape.count) { buffer, filled in
      if let base = buffer.baseAddress {
        try assembler.fill(
          Tensor(base: base, images: 4, shape: shape), with: 5..<9, pool: ThreadPool(threads: 2))
      }
      filled = 4 * shape.count
    }
    let expected = try (5..<9).flatMap { naive(Array(try samples[$0]), Augmentation.Placement(), padding: 0) }
    #expect(Bool(result == expected))
    let mirrored = try [Float](unsafeUninitializedCapacity: 4 * shape.count) { buffer, filled in
      if let base = buffer.baseAddress {
        try assembler.fill(
          Tensor(base: base, images: 4, shape: shape), with: 5..<9, mirrored: true, pool: ThreadPool(threads: 2))
      }
      filled = 4 * shape.count
    }
    var mirror = Augmentation.Placement()
    mirror.isFlipped = true
    #expect(try Bool(mirrored == (5..<9).flatMap { naive(Array(try samples[$0]), mirror, padding: 0) }))
  }

  @Test func anEpochShowsEveryImageOnceAndDropsTheRest() {
    var order = BatchSampler(count: 50, batchSize: 16, seed: 5)
    #expect(order.stepsPerEpoch == 3)
    let batches = (0..<6).map { order.batch(atStep: $0) }
    #expect(batches.map(\.epoch) == [0, 0, 0, 1, 1, 1] && batches.map(\.position) == [0, 16, 32, 0, 16, 32])
    for epoch in 0..<2 {
      let shown = batches.filter { $0.epoch == epoch }.flatMap(\.indices)
      #expect(shown == Array(order.order(ofEpoch: epoch).prefix(48)))
      #expect(Set(shown).count == 48)
    }
    #expect(batches[0].indices != batches[3].indices)
    #expect(order.order(ofEpoch: 7).sorted() == Array(0..<50))
  }

  @Test func aStepDoesNotDependOnTheStepsBefore() {
    var straight = BatchSampler(count: 50, batchSize: 16, seed: 5)
    let batches = (0..<12).map { straight.batch(atStep: $0) }
    for step in [7, 0, 11, 4] {
      var resumed = BatchSampler(count: 50, batchSize: 16, seed: 5)
      #expect(resumed.batch(atStep: step) == batches[step])
    }
    var other = BatchSampler(count: 50, batchSize: 16, seed: 6)
    #expect(other.batch(atStep: 0) != batches[0])
  }

  @Test func aSetSmallerThanABatchIsOneBatch() {
    var order = BatchSampler(count: 5, batchSize: 16, seed: 5)
    #expect(order.batchSize == 5 && order.stepsPerEpoch == 1)
    #expect(order.batch(atStep: 3).indices.sorted() == Array(0..<5))
  }
}
