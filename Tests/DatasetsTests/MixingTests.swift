import Datasets
import Kernels
import Randomness
import Testing

@Suite struct MixingTests {
  private let shape = Shape(height: 6, width: 9, channels: 2)

  /// The images of a batch as floats that are all different.
  private func images(_ count: Int) -> [Float] { (0..<count * shape.count).map { Float($0) } }

  private func applied(_ mix: BatchMix, to images: [Float], threads: Int) -> [Float] {
    var images = images
    var scratch = images.map { _ in Float.nan }
    images.withUnsafeMutableBufferPointer { images in
      scratch.withUnsafeMutableBufferPointer { scratch in
        guard let target = images.baseAddress, let space = scratch.baseAddress else { return }
        let count = images.count / shape.count
        mix.apply(
          to: Tensor(base: target, images: count, shape: shape),
          originals: Tensor(base: space, images: count, shape: shape), pool: ThreadPool(threads: threads))
      }
    }
    return images
  }

  private func mix(_ augmentation: Augmentation, count: Int = 21, draw: Int = 0) throws -> BatchMix {
    var stream = RandomStream(seed: 5, purpose: "mixing").split(draw)
    return try #require(augmentation.mix(count: count, shape: shape, from: &stream))
  }

  @Test func nothingIsMixedUnlessAsked() {
    var stream = RandomStream(seed: 5, purpose: "mixing")
    let before = stream
    #expect(Augmentation(padCrop: 4, flip: true).mix(count: 8, shape: shape, from: &stream) == nil)
    #expect(stream == before)
  }

  @Test(arguments: 0..<6)
  func mixupBlendsWholeImages(draw: Int) throws {
    let mix = try mix(Augmentation(mixup: 0.4), draw: draw)
    let originals = images(21)
    let result = applied(mix, to: originals, threads: 2)
    #expect(mix.window == nil && mix.partners.sorted() == Array(0..<21) && (0...1).contains(mix.share))
    for place in 0..<21 {
      for index in 0..<shape.count {
        let own = originals[place * shape.count + index]
        let other = originals[mix.partners[place] * shape.count + index]
        #expect(result[place * shape.count + index] == mix.share * own + (1 - mix.share) * other)
      }
    }
    #expect(
      Bool(applied(mix, to: originals, threads: 1) == result && applied(mix, to: originals, threads: 3) == result))
  }

  @Test(arguments: 0..<12)
  func cutmixPastesARectangle(draw: Int) throws {
    let mix = try mix(Augmentation(cutmix: 1), draw: draw)
    let window = try #require(mix.window)
    let originals = images(21)
    let result = applied(mix, to: originals, threads: 2)
    var pasted = 0
    for place in 0..<21 {
      for y in 0..<shape.height {
        for x in 0..<shape.width {
          let isInside = window.rows.contains(y) && window.columns.contains(x)
          if isInside, place == 0 { pasted += 1 }
          let source = isInside ? mix.partners[place] : place
          for channel in 0..<shape.channels {
            let at = (y * shape.width + x) * shape.channels + channel
            #expect(result[place * shape.count + at] == originals[source * shape.count + at])
          }
        }
      }
    }
    #expect(abs(mix.share - (1 - Float(pasted) / 54)) < 1e-6)
  }

  /// Beta(α, α) has the mean 1/2 and the variance 1 / (4 (2α + 1)).
  @Test(arguments: [0.2, 0.4, 1])
  func mixupSharesAreBetaDistributed(alpha: Double) throws {
    let shares = try (0..<4000).map { Double(try mix(Augmentation(mixup: alpha), count: 2, draw: $0).share) }
    let mean = shares.reduce(0, +) / 4000
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    let expected = 1 / (4 * (2 * alpha + 1))
    #expect(abs(mean - 0.5) < 5 * (expected / 4000).squareRoot() && abs(variance / expected - 1) < 0.1)
  }

  /// With α = 1 the share λ is uniform, the side s = √(1 − λ) has E s² = 1/2, E s³ = 2/5 and E s⁴ = 1/3, and a border
  /// cuts s²/4 of a side's expected s off: the window's expected area is E (s − s²/4)² = 1/2 − 1/5 + 1/48 = 0.3208.
  @Test func cutmixWindowsHaveTheExpectedArea() throws {
    let shape = Shape(height: 128, width: 128, channels: 1)
    let stream = RandomStream(seed: 5, purpose: "mixing")
    let areas = try (0..<4000).map { draw in
      var stream = stream.split(draw)
      return 1 - Double(try #require(Augmentation(cutmix: 1).mix(count: 2, shape: shape, from: &stream)).share)
    }
    #expect(abs(areas.reduce(0, +) / 4000 - 0.3208) < 0.02)
  }

  @Test func bothKindsTakeTurns() throws {
    let both = Augmentation(mixup: 1, cutmix: 1)
    let cut = try (0..<400).count { try mix(both, draw: $0).window != nil }
    // 200 expected, standard deviation 10.
    #expect((150...250).contains(cut))
  }
}

@Suite struct SupplementTests {
  @Test(arguments: [(50, 20, 16, 4), (10, 100, 8, 7), (30, 3, 8, 2)])
  func everyBatchHasItsShare(own: Int, extra: Int, batch: Int, perBatch: Int) {
    var order = BatchSampler(
      count: own + extra, batchSize: batch, seed: 3, supplement: .init(count: extra, perBatch: perBatch))
    #expect(order.count == own && order.stepsPerEpoch == own / (batch - perBatch))
    var shown: [Int] = []
    var seenOwn: [Int] = []
    for step in 0..<order.stepsPerEpoch * 3 {
      let batch = order.batch(atStep: step)
      let supplementary = batch.indices.filter { $0 >= own }
      #expect(supplementary.count == perBatch && batch.indices.count == order.batchSize)
      #expect(batch.position == step % order.stepsPerEpoch * order.batchSize)
      shown += supplementary
      if step < order.stepsPerEpoch { seenOwn += batch.indices.filter { $0 < own } }
    }
    #expect(Set(seenOwn).count == seenOwn.count)
    // Each round shows every image of the supplement once.
    for round in 0..<shown.count / extra {
      #expect(Set(shown[round * extra..<(round + 1) * extra]).count == extra)
    }
  }

  @Test func aStepDoesNotDependOnTheStepsBefore() {
    let supplement = BatchSampler.Supplement(count: 7, perBatch: 3)
    var straight = BatchSampler(count: 27, batchSize: 8, seed: 1, supplement: supplement)
    let batches = (0..<20).map { straight.batch(atStep: $0) }
    for step in [13, 2, 19, 0] {
      var resumed = BatchSampler(count: 27, batchSize: 8, seed: 1, supplement: supplement)
      #expect(resumed.batch(atStep: step) == batches[step])
    }
  }

  @Test func aSmallRealSetMakesSmallBatches() {
    let order = BatchSampler(count: 13, batchSize: 16, seed: 1, supplement: .init(count: 10, perBatch: 4))
    #expect(order.batchSize == 7 && order.stepsPerEpoch == 1)
  }
}

@Suite struct NestedDrawTests {
  private func samples(_ counts: [Int]) -> Samples {
    let labels = counts.enumerated().flatMap { label, count in [Int32](repeating: Int32(label), count: count) }
    return Samples(
      classNames: counts.indices.map { "c\($0)" }, shape: Shape(height: 1, width: 1, channels: 1),
      pixels: labels.indices.map { UInt8(truncatingIfNeeded: $0) }, labels: labels,
      members: labels.indices.map(String.init), origin: Samples.Origin(path: "set"))
  }

  @Test(arguments: [[40, 40, 40], [5, 60, 17, 1], [7, 0, 9]])
  func smallerPartsLieWithinLargerOnes(counts: [Int]) throws {
    let samples = samples(counts)
    var previous = Set<String>()
    for total in [0, 1, 4, 9, 16, 50, 200] {
      let part = try samples.drawing(perClass: samples.proportionalCounts(total: total))
      #expect(part.count == min(total, samples.count))
      #expect(previous.isSubset(of: part.members))
      previous = Set(part.members)
    }
    #expect(previous.count == samples.count)
  }

  @Test func proportionsAreKept() {
    #expect(samples([40, 40, 40]).proportionalCounts(total: 30) == [10, 10, 10])
    #expect(samples([10, 30]).proportionalCounts(total: 20) == [5, 15])
  }
}
