import Kernels
import Support
import Testing

/// What a convolution does in passing, against the same done before or after it.
@Suite(.enabled(if: KernelTable.bfloatPaths.count > 0, "no path through bf16 dot products here"))
struct ConvolutionFusionTests {
  /// One of each way in which bf16 images are convolved: direct, patches, Winograd; positions by chunks and by taps.
  static let cases = [
    ConvolutionCase(5, 12, 13, 16, to: 16, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 16, 16, 32, to: 32, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(5, 9, 8, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(9, 4, 4, 64, to: 96, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(9, 4, 4, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(6, 14, 14, 64, to: 32, 1, 1, stride: 1, padding: 0),
    ConvolutionCase(7, 2, 2, 64, to: 128, 1, 1, stride: 1, padding: 0),
  ]

  /// A batch normalisation with memory of its own.
  private final class Normalization {
    let arena: Arena
    let value: BatchNormalization

    init(_ channels: Int, seed: Int, rectify: Bool = true) {
      let moments = BatchNormalization.Moments.count(channels: channels)
      let memory = Arena(count: moments + 6 * channels)
      let rows = (0..<6).map { memory.base + moments + $0 * channels }
      let gamma = Filled(count: channels, seed: seed, mean: 1, deviation: 0.3)
      let beta = Filled(count: channels, seed: seed + 1)
      rows[0].update(from: gamma.base, count: channels)
      rows[1].update(from: beta.base, count: channels)
      rows[3].update(repeating: 1, count: channels)
      value = BatchNormalization(
        channels: channels, rectify: rectify, gamma: rows[0], beta: rows[1], runningMean: rows[2],
        runningVariance: rows[3], moments: BatchNormalization.Moments(at: memory.base, channels: channels),
        gradients: BatchNormalization.Gradients(gamma: rows[4], beta: rows[5]))
      arena = memory
    }

    var numbers: [Float] { Array(arena.values) }
  }

  private func execution(_ test: ConvolutionCase, threads: Int = 2) throws -> Execution {
    let path = try #require(KernelTable.bfloatPaths.last)
    let scratch = convolutionScratch(test.geometry, batch: test.images, format: .bf16)
      .union(normalizationScratch(test.geometry.input, batch: test.images))
      .union(normalizationScratch(test.geometry.output, batch: test.images))
    return path.execution(scratch, threads: threads)
  }

  @Test(arguments: cases)
  func normalizesOnTheWayInAndMeasuresOnTheWayOut(test: ConvolutionCase) throws {
    let (geometry, execution) = (test.geometry, try execution(test))
    let input = Filled(images: test.images, shape: geometry.input, seed: 1, format: .bf16)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let before = Normalization(geometry.input.channels, seed: 20)
    let after = Normalization(geometry.outputChannels, seed: 30)
    let apart = Normalization(geometry.outputChannels, seed: 30)
    measureMoments(of: input.tensor, into: before.value, on: execution)

    let normalized = Filled(images: test.images, shape: geometry.input, seed: 3, format: .bf16)
    let expected = Filled(images: test.images, shape: geometry.output, seed: 4, format: .bf16)
    normalize(input.tensor, with: before.value, into: normalized.tensor, on: execution)
    convolve(normalized.tensor, weights: weights.base, into: expected.tensor, geometry: geometry, on: execution)
    measureMoments(of: expected.tensor, into: apart.value, on: execution)

    let found = Filled(images: test.images, shape: geometry.output, seed: 5, format: .bf16)
    var fusion = ConvolutionFusion()
    fusion.input = before.value
    fusion.measured = after.value
    convolve(
      input.tensor, weights: weights.base, into: found.tensor, geometry: geometry, fusion: fusion, on: execution)
    #expect(found.bits == expected.bits)
    // The blocks whose moments are merged are others, which moves the last digits.
    #expect(relativeError(of: after.numbers, to: apart.numbers.map(Double.init)) < 1e-5)
  }

  @Test(arguments: cases)
  func backwardPassesOfNormalizations(test: ConvolutionCase) throws {
    let (geometry, execution) = (test.geometry, try execution(test))
    let images = test.images
    let input = Filled(images: images, shape: geometry.input, seed: 1, format: .bf16)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let output = Filled(images: images, shape: geometry.output, seed: 3, format: .bf16)
    let gradient = Filled(images: images, shape: geometry.output, seed: 4, format: .bf16)
    let (before, after) = (
      Normalization(geometry.input.channels, seed: 20), Normalization(geometry.outputChannels, seed: 30)
    )
    measureMoments(of: input.tensor, into: before.value, on: execution)
    measureMoments(of: output.tensor, into: after.value, on: execution)
    let step = NormalizationGradient(after.value, gradient: gradient.tensor, input: output.tensor, output: nil)
    sumGradients(step, on: execution)

    // Apart: each map is written and read again.
    let normalized = Filled(images: images, shape: geometry.input, seed: 5, format: .bf16)
    normalize(input.tensor, with: before.value, into: normalized.tensor, on: execution)
    let inner = Filled(images: images, shape: geometry.output, seed: 6, format: .bf16)
    normalizeBackward(step, into: inner.tensor, on: execution)
    let expectedWeights = Filled(count: geometry.weightCount, seed: 7)
    convolveBackwardWeights(
      inner.tensor, input: normalized.tensor, into: expectedWeights.base, geometry: geometry, on: execution)
    let expected = Filled(images: images, shape: geometry.input, seed: 8, format: .bf16)
    convolveBackwardData(
      inner.tensor, weights: weights.base, into: expected.tensor, accumulating: false, geometry: geometry,
      on: execution)
    sumGradients(
      NormalizationGradient(before.value, gradient: expected.tensor, input: input.tensor, output: nil), on: execution)
    let expectedNumbers = before.numbers

    // In one go, the gradient behind the normalisation taking the place of the one before it.
    let found = Filled(images: images, shape: geometry.input, seed: 9, format: .bf16)
    let foundWeights = Filled(count: geometry.weightCount, seed: 10)
    var fusion = ConvolutionFusion()
    fusion.input = before.value
    fusion.applied = step
    convolveBackwardWeights(
      gradient.tensor, input: input.tensor, into: foundWeights.base, geometry: geometry, fusion: fusion, on: execution)
    fusion.summed = NormalizationGradient(before.value, gradient: found.tensor, input: input.tensor, output: nil)
    convolveBackwardData(
      gradient.tensor, weights: weights.base, into: found.tensor, accumulating: false, geometry: geometry,
      fusion: fusion, on: execution)
    #expect(foundWeights.bits == expectedWeights.bits)
    #expect(found.bits == expected.bits)
    #expect(relativeError(of: before.numbers, to: expectedNumbers.map(Double.init)) < 1e-5)
  }

  @Test(arguments: cases)
  func threadsDoNotChangeABit(test: ConvolutionCase) throws {
    let results = try [1, 2, 3].map { threads in
      let (geometry, execution) = (test.geometry, try execution(test, threads: threads))
      let input = Filled(images: test.images, shape: geometry.input, seed: 1, format: .bf16)
      let output = Filled(images: test.images, shape: geometry.output, seed: 2, format: .bf16)
      let (weights, gradient) = (
        Filled(count: geometry.weightCount, seed: 3), Filled(count: geometry.weightCount, seed: 4)
      )
      convolve(input.tensor, weights: weights.base, into: output.tensor, geometry: geometry, on: execution)
      convolveBackwardWeights(
        output.tensor, input: input.tensor, into: gradient.base, geometry: geometry, on: execution)
      convolveBackwardData(
        output.tensor, weights: weights.base, into: input.tensor, accumulating: true, geometry: geometry,
        on: execution)
      return input.bits + output.bits + gradient.bits
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }
}
