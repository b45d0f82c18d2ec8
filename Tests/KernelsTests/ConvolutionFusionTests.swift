import Kernels
import Support
import Testing

/// What a convolution does in passing, against the same done before or after it.
@Suite struct ConvolutionFusionTests {
  /// One of each way in which bf16 images are convolved: direct, patches, Winograd; positions by chunks and by taps. Each
  /// algorithm over floats computes several of them.
  static let cases = [
    ConvolutionCase(5, 12, 13, 16, to: 16, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 16, 16, 32, to: 32, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(5, 9, 8, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(9, 4, 4, 64, to: 96, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(9, 4, 4, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(6, 14, 14, 64, to: 32, 1, 1, stride: 1, padding: 0),
    ConvolutionCase(7, 2, 2, 64, to: 128, 1, 1, stride: 1, padding: 0),
    // Positions that no tap meets, taps that meet no position, an image of several tiles, more columns than a block has.
    ConvolutionCase(2, 4, 4, 16, to: 16, 1, 1, stride: 2, padding: 3),
    ConvolutionCase(1, 1, 1, 32, to: 64, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(1, 28, 28, 64, to: 64, 1, 1, stride: 1, padding: 0),
    ConvolutionCase(3, 7, 7, 512, to: 512, 1, 1, stride: 1, padding: 0),
    // Over floats only.
    ConvolutionCase(2, 9, 6, 5, to: 7, 3, 5, stride: 1, padding: 2),
  ]

  /// The best path through bf16 dot products, and each algorithm over floats.
  struct Way: Sendable, CustomStringConvertible {
    let table: KernelTable
    let format: NumberFormat
    let algorithm: ConvolutionAlgorithm?
    let description: String

    static let all: [Way] =
      (KernelTable.bf16Paths.last.map {
        [Way(table: $0.table, format: .bf16, algorithm: nil, description: "\($0), bf16")]
      } ?? [])
      + InstructionSet.available.flatMap { set in
        ConvolutionAlgorithm.allCases.map {
          Way(table: .table(for: set), format: .fp32, algorithm: $0, description: "\(set), \($0)")
        }
      }

    func allows(_ pass: ConvolutionPass, of test: ConvolutionCase) -> Bool {
      guard let algorithm else { return test.geometry.input.channels % 16 == 0 }
      return test.geometry.allows(algorithm, pass)
    }

    func execution(of test: ConvolutionCase, threads: Int = 2) -> Execution {
      let geometry = test.geometry
      let scratch = convolutionScratch(geometry, batch: test.images, format: format)
        .union(normalizationScratch(geometry.input, batch: test.images))
        .union(normalizationScratch(geometry.output, batch: test.images))
      return Execution(pool: ThreadPool(threads: threads), table: table, scratch: scratch, forcing: algorithm)
    }

    func images(_ test: ConvolutionCase, of shape: Shape, seed: Int) -> Filled {
      Filled(images: test.images, shape: shape, seed: seed, format: format)
    }
  }

  /// A pass of a convolution and a way that can compute it.
  struct Trial: Sendable, CustomStringConvertible {
    let pass: ConvolutionPass
    let test: ConvolutionCase
    let way: Way

    var description: String { "\(pass) of \(test), \(way)" }

    static func all(_ passes: ConvolutionPass...) -> [Trial] {
      passes.flatMap { pass in
        Way.all.flatMap { way in
          cases.filter { way.allows(pass, of: $0) }.map { Trial(pass: pass, test: $0, way: way) }
        }
      }
    }
  }

  /// How many of the cases each algorithm computes, on every instruction set: none falls out of the table unseen.
  @Test(arguments: InstructionSet.available, ConvolutionAlgorithm.allCases)
  func everyAlgorithmHasItsTrials(set: InstructionSet, algorithm: ConvolutionAlgorithm) {
    let counts = ConvolutionPass.allCases.map { pass in
      Trial.all(pass).count {
        $0.way.format == .fp32 && $0.way.table.instructionSet == set && $0.way.algorithm == algorithm
      }
    }
    let expected =
      switch algorithm {
      case .im2col: [12, 12, 12]
      case .packedGEMM: [12, 12, 11]
      case .direct: [5, 4, 11]
      case .winograd: [3, 3, 3]
      }
    #expect(counts == expected, "forward, data, weights")
  }

  @Test(.enabled(if: !KernelTable.bf16Paths.isEmpty, "no path through bf16 dot products"))
  func bf16HasItsTrials() {
    for pass in ConvolutionPass.allCases { #expect(Trial.all(pass).count { $0.way.format == .bf16 } == 11) }
  }

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

  /// The same in a second, for a processor that is emulated.
  @Test(arguments: Way.all)
  func everyWayFusesASmallConvolution(way: Way) {
    let test = ConvolutionCase(1, 12, 12, 16, to: 32, 3, 3, stride: 1, padding: 1)
    #expect(ConvolutionPass.allCases.allSatisfy { way.allows($0, of: test) })
    normalizesOnTheWayInAndMeasuresOnTheWayOut(trial: Trial(pass: .forward, test: test, way: way))
    normalizesWhatItWrites(trial: Trial(pass: .forward, test: test, way: way))
    normalizesBackwardsInAWeightGradient(trial: Trial(pass: .weights, test: test, way: way))
    sumsBehindADataGradient(trial: Trial(pass: .data, test: test, way: way))
  }

  @Test(arguments: Trial.all(.forward))
  func normalizesOnTheWayInAndMeasuresOnTheWayOut(trial: Trial) {
    let (test, way, geometry) = (trial.test, trial.way, trial.test.geometry)
    let execution = way.execution(of: test)
    let input = way.images(test, of: geometry.input, seed: 1)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let before = Normalization(geometry.input.channels, seed: 20)
    let after = Normalization(geometry.outputChannels, seed: 30)
    let apart = Normalization(geometry.outputChannels, seed: 30)
    measureMoments(of: input.tensor, into: before.value, on: execution)

    let normalized = way.images(test, of: geometry.input, seed: 3)
    let expected = way.images(test, of: geometry.output, seed: 4)
    normalize(input.tensor, with: before.value, into: normalized.tensor, on: execution)
    convolve(normalized.tensor, weights: weights.base, into: expected.tensor, geometry: geometry, on: execution)
    measureMoments(of: expected.tensor, into: apart.value, on: execution)

    let found = way.images(test, of: geometry.output, seed: 5)
    var fusion = ConvolutionFusion()
    fusion.input = before.value
    fusion.measured = after.value
    convolve(
      input.tensor, weights: weights.base, into: found.tensor,
      geometry: geometry, fusion: fusion, on: execution)
    let areEqual = found.bits == expected.bits
    #expect(areEqual)
    // The blocks whose moments are merged are others, which moves the last digits.
    #expect(relativeError(of: after.numbers, to: apart.numbers.map(Double.init)) < 1e-5)
  }

  @Test(arguments: Trial.all(.forward))
  func normalizesWhatItWrites(trial: Trial) {
    let (test, way, geometry) = (trial.test, trial.way, trial.test.geometry)
    let execution = way.execution(of: test)
    let input = way.images(test, of: geometry.input, seed: 1)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let residual = way.images(test, of: geometry.output, seed: 3)
    let after = Normalization(geometry.outputChannels, seed: 30)
    after.value.settleOnRunningStatistics()
    let apart = way.images(test, of: geometry.output, seed: 4)
    convolve(input.tensor, weights: weights.base, into: apart.tensor, geometry: geometry, on: execution)

    for added in [residual.tensor, nil] {
      let expected = way.images(test, of: geometry.output, seed: 5)
      normalize(apart.tensor, with: after.value, residual: added, into: expected.tensor, on: execution)
      let found = way.images(test, of: geometry.output, seed: 6)
      var fusion = ConvolutionFusion()
      fusion.finished = (after.value, added)
      convolve(
        input.tensor, weights: weights.base, into: found.tensor, geometry: geometry, fusion: fusion, on: execution)
      let areEqual = found.bits == expected.bits
      #expect(areEqual)
    }
  }

  @Test(arguments: Trial.all(.weights))
  func normalizesBackwardsInAWeightGradient(trial: Trial) {
    let (test, way, geometry) = (trial.test, trial.way, trial.test.geometry)
    let execution = way.execution(of: test)
    let input = way.images(test, of: geometry.input, seed: 1)
    let output = way.images(test, of: geometry.output, seed: 3)
    let gradient = way.images(test, of: geometry.output, seed: 4)
    let (before, after) = (
      Normalization(geometry.input.channels, seed: 20), Normalization(geometry.outputChannels, seed: 30)
    )
    measureMoments(of: input.tensor, into: before.value, on: execution)
    measureMoments(of: output.tensor, into: after.value, on: execution)
    let step = NormalizationGradient(after.value, gradient: gradient.tensor, input: output.tensor, output: nil)
    sumGradients(step, on: execution)

    // Apart: each map is written and read again.
    let normalized = way.images(test, of: geometry.input, seed: 5)
    normalize(input.tensor, with: before.value, into: normalized.tensor, on: execution)
    let inner = way.images(test, of: geometry.output, seed: 6)
    normalizeBackward(step, into: inner.tensor, on: execution)
    let expected = Filled(count: geometry.weightCount, seed: 7)
    convolveBackwardWeights(
      inner.tensor, input: normalized.tensor, into: expected.base, geometry: geometry, on: execution)

    // In one go, the gradient behind the normalisation taking the place of the one before it.
    let found = Filled(count: geometry.weightCount, seed: 10)
    var fusion = ConvolutionFusion()
    fusion.input = before.value
    fusion.applied = step
    convolveBackwardWeights(
      gradient.tensor, input: input.tensor, into: found.base, geometry: geometry, fusion: fusion, on: execution)
    let areEqual = (found.bits == expected.bits, gradient.bits == inner.bits)
    #expect(areEqual.0, "weights")
    #expect(areEqual.1, "gradient")
  }

  @Test(arguments: Trial.all(.data))
  func sumsBehindADataGradient(trial: Trial) {
    let (test, way, geometry) = (trial.test, trial.way, trial.test.geometry)
    let execution = way.execution(of: test)
    let input = way.images(test, of: geometry.input, seed: 1)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let gradient = way.images(test, of: geometry.output, seed: 4)
    for isAccumulating in [false, true] {
      let (apart, together) = (
        Normalization(geometry.input.channels, seed: 20), Normalization(geometry.input.channels, seed: 20)
      )
      measureMoments(of: input.tensor, into: apart.value, on: execution)
      measureMoments(of: input.tensor, into: together.value, on: execution)
      let expected = way.images(test, of: geometry.input, seed: 8)
      convolveBackwardData(
        gradient.tensor, weights: weights.base, into: expected.tensor, accumulating: isAccumulating,
        geometry: geometry, on: execution)
      sumGradients(
        NormalizationGradient(apart.value, gradient: expected.tensor, input: input.tensor, output: nil), on: execution)

      let found = way.images(test, of: geometry.input, seed: 8)
      var fusion = ConvolutionFusion()
      fusion.summed = NormalizationGradient(together.value, gradient: found.tensor, input: input.tensor, output: nil)
      convolveBackwardData(
        gradient.tensor, weights: weights.base, into: found.tensor, accumulating: isAccumulating, geometry: geometry,
        fusion: fusion, on: execution)
      let areEqual = found.bits == expected.bits
      #expect(areEqual)
      #expect(relativeError(of: together.numbers, to: apart.numbers.map(Double.init)) < 1e-5)
    }
  }

  @Test(arguments: Trial.all(.forward, .weights, .data))
  func threadsDoNotChangeABit(trial: Trial) {
    let (test, way, geometry) = (trial.test, trial.way, trial.test.geometry)
    let results = [1, 2, 3].map { threads in
      let execution = way.execution(of: test, threads: threads)
      let input = way.images(test, of: geometry.input, seed: 1)
      let output = way.images(test, of: geometry.output, seed: 2)
      let gradient = way.images(test, of: geometry.output, seed: 3)
      let weights = Filled(count: geometry.weightCount, seed: 4)
      let (before, after) = (
        Normalization(geometry.input.channels, seed: 20), Normalization(geometry.outputChannels, seed: 30)
      )
      measureMoments(of: input.tensor, into: before.value, on: execution)
      var fusion = ConvolutionFusion()
      switch trial.pass {
      case .forward:
        (fusion.input, fusion.measured) = (before.value, after.value)
        convolve(
          input.tensor, weights: weights.base, into: output.tensor, geometry: geometry, fusion: fusion, on: execution)
      case .weights:
        measureMoments(of: output.tensor, into: after.value, on: execution)
        let step = NormalizationGradient(after.value, gradient: gradient.tensor, input: output.tensor, output: nil)
        sumGradients(step, on: execution)
        (fusion.input, fusion.applied) = (before.value, step)
        convolveBackwardWeights(
          gradient.tensor, input: input.tensor, into: weights.base, geometry: geometry, fusion: fusion, on: execution)
      case .data:
        let map = way.images(test, of: geometry.input, seed: 6)
        fusion.summed = NormalizationGradient(before.value, gradient: map.tensor, input: input.tensor, output: nil)
        convolveBackwardData(
          gradient.tensor, weights: weights.base, into: map.tensor, accumulating: true, geometry: geometry,
          fusion: fusion, on: execution)
        return map.bits + before.numbers.map(\.bitPattern)
      }
      return output.bits + weights.bits + gradient.bits + (before.numbers + after.numbers).map(\.bitPattern)
    }
    let areEqual = results[0] == results[1] && results[0] == results[2]
    #expect(areEqual)
  }
}
