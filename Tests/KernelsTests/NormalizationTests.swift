import Kernels
import Support
import Testing

/// One line of the table of batch normalisations.
struct NormalizationCase: Sendable, CustomStringConvertible {
  let images: Int
  let shape: Shape
  var mean: Float = 0
  var deviation: Float = 1
  /// The allowed error of outputs, relative to the largest.
  var tolerance = 1e-5

  var description: String { "\(images)x\(shape), mean \(mean), deviation \(deviation)" }

  static let all = [
    NormalizationCase(images: 1, shape: Shape(height: 1, width: 2, channels: 1)),
    NormalizationCase(images: 5, shape: Shape(height: 3, width: 3, channels: 3)),
    NormalizationCase(images: 4, shape: Shape(height: 7, width: 5, channels: 17)),
    NormalizationCase(images: 3, shape: Shape(height: 33, width: 31, channels: 16)),
    NormalizationCase(images: 2, shape: Shape(height: 1, width: 1, channels: 64)),
    NormalizationCase(images: 5, shape: Shape(height: 20, width: 20, channels: 48)),
    NormalizationCase(images: 2, shape: Shape(height: 3, width: 3, channels: 2048)),
    NormalizationCase(images: 40, shape: Shape(height: 32, width: 32, channels: 16)),
    // The mean that is subtracted is a float: half a unit of its last place is 4e-5 of the deviation here.
    NormalizationCase(
      images: 4, shape: Shape(height: 32, width: 32, channels: 17), mean: 100, deviation: 0.1, tolerance: 4e-5),
    NormalizationCase(
      images: 4, shape: Shape(height: 32, width: 32, channels: 16), mean: 3000, deviation: 0.5, tolerance: 1e-4),
    NormalizationCase(images: 3, shape: Shape(height: 8, width: 8, channels: 16), mean: -1e-6, deviation: 1e-5),
  ]
}

@Suite struct NormalizationTests {
  @Test(arguments: LoopPath.available, NormalizationCase.all)
  func agreesWithItsTwin(path: LoopPath, test: NormalizationCase) {
    for (rectify, withResidual) in [(false, false), (true, false), (false, true), (true, true)] {
      let (images, shape, channels, format) = (test.images, test.shape, test.shape.channels, path.format)
      let input = Filled(
        images: images, shape: shape, seed: 1, mean: test.mean, deviation: test.deviation, format: format)
      let residual = Filled(images: images, shape: shape, seed: 2, format: format)
      let gamma = Filled(count: channels, seed: 3, mean: 1, deviation: 0.3)
      let beta = Filled(count: channels, seed: 4)
      let output = Filled(images: images, shape: shape, seed: 5, format: format)
      let (mean, inverse) = (Filled(count: channels, seed: 6), Filled(count: channels, seed: 7))
      let runningMean = Filled(count: channels, seed: 8)
      let runningVariance = Filled(count: channels, seed: 9, mean: 2, deviation: 0.1)
      let (oldMean, oldVariance) = (runningMean.doubles, runningVariance.doubles)
      let execution = Execution.test(path.set, scratch: normalizationScratch(shape, batch: images))

      normalizeTraining(
        input.tensor, gamma: gamma.base, beta: beta.base, residual: withResidual ? residual.tensor : nil,
        rectify: rectify, into: output.tensor, mean: mean.base, inverseDeviation: inverse.base,
        runningMean: runningMean.base, runningVariance: runningVariance.base, on: execution)
      let reference = Reference.normalizeTraining(
        input.doubles, channels: channels, gamma: gamma.doubles, beta: beta.doubles,
        residual: withResidual ? residual.doubles : nil, rectify: rectify, epsilon: 1e-5)

      // A float holds the mean to half a unit of its last place, however large it is beside the deviation; sums of bf16
      // numbers are floats over longer spans.
      let summed = format == .fp32 ? 1e-7 : 4e-7
      let moments = reference.moments
      let allowed = moments.variance.indices.map {
        6e-8 * abs(moments.mean[$0]) + summed * moments.variance[$0].squareRoot() + 1e-30
      }
      #expect(excess(of: mean.floats, over: moments.mean) { allowed[$0] } <= 1)
      let inverseReference = moments.variance.map { 1 / ($0 + 1e-5).squareRoot() }
      #expect(excess(of: inverse.floats, over: inverseReference) { 1e-5 * inverseReference[$0] } <= 1)
      #expect(relativeError(of: output.floats, to: reference.output, rounding: path.rounding) < test.tolerance)
      let newMean = oldMean.indices.map { 0.9 * oldMean[$0] + 0.1 * moments.mean[$0] }
      let newVariance = oldVariance.indices.map { 0.9 * oldVariance[$0] + 0.1 * moments.unbiasedVariance[$0] }
      #expect(relativeError(of: runningMean.floats, to: newMean) < 1e-6)
      #expect(relativeError(of: runningVariance.floats, to: newVariance) < 1e-6)
      #expect([output, mean, inverse, runningMean, runningVariance].allSatisfy { $0.isIntact })

      let forward = Forward(
        path: path, input: input, output: output, gamma: gamma, beta: beta, mean: mean, inverse: inverse,
        rectify: rectify)
      checkBackward(test, forward, masked: .byTheResult, execution)
      // Without a residual the input says where the rectifier let a value pass.
      if rectify, !withResidual { checkBackward(test, forward, masked: .byTheInput, execution) }
    }
  }

  private enum Masked { case byTheResult, byTheInput }

  private struct Forward {
    let path: LoopPath
    let input: Filled
    let output: Filled
    let gamma: Filled
    let beta: Filled
    let mean: Filled
    let inverse: Filled
    let rectify: Bool
  }

  private func checkBackward(_ test: NormalizationCase, _ forward: Forward, masked: Masked, _ execution: Execution) {
    let (images, shape, channels) = (test.images, test.shape, test.shape.channels)
    let (path, input, output) = (forward.path, forward.input, forward.output)
    let (gamma, mean, inverse, rectify) = (forward.gamma, forward.mean, forward.inverse, forward.rectify)
    let mask = masked == .byTheResult ? output.tensor : nil
    let gradient = Filled(images: images, shape: shape, seed: 10, format: path.format)
    let reference = Reference.normalizeBackward(
      gradient.doubles, output: output.doubles, input: input.doubles, channels: channels, gamma: gamma.doubles,
      rectify: rectify, epsilon: 1e-5)
    for accumulating in [false, true] {
      let inputGradient = Filled(images: images, shape: shape, seed: 11, format: path.format)
      let residualGradient = Filled(images: images, shape: shape, seed: 12, format: path.format)
      let (gammaGradient, betaGradient) = (Filled(count: channels, seed: 13), Filled(count: channels, seed: 14))
      let (oldInput, oldResidual) = (inputGradient.doubles, residualGradient.doubles)
      normalizeBackward(
        gradient.tensor, output: mask, input: input.tensor, gamma: gamma.base, beta: forward.beta.base,
        mean: mean.base, inverseDeviation: inverse.base, into: inputGradient.tensor, accumulating: accumulating,
        residualGradient: residualGradient.tensor, residualAccumulating: accumulating,
        gammaGradient: gammaGradient.base, betaGradient: betaGradient.base, rectify: rectify, on: execution)
      let inputReference = reference.input.indices.map { reference.input[$0] + (accumulating ? oldInput[$0] : 0) }
      let residualReference = reference.residual.indices.map {
        reference.residual[$0] + (accumulating ? oldResidual[$0] : 0)
      }
      // Of two rows of unit gradients little is left; the error is that of the terms, the gradient over the deviation.
      let scale = (reference.input + inverse.doubles).reduce(1) { max($0, abs($1)) }
      #expect(
        excess(of: inputGradient.floats, over: inputReference) {
          scale * test.tolerance + path.rounding * abs(inputReference[$0])
        } <= 1)
      #expect(relativeError(of: residualGradient.floats, to: residualReference, rounding: path.rounding) < 1e-6)
      let rows = Double(images * shape.pixels)
      #expect(excess(of: gammaGradient.floats, over: reference.gamma) { _ in rows * test.tolerance } <= 1)
      #expect(excess(of: betaGradient.floats, over: reference.beta) { _ in rows * 1e-6 } <= 1)
      #expect([inputGradient, residualGradient, gammaGradient, betaGradient].allSatisfy { $0.isIntact })
    }

    // In place: the gradient with respect to the input overwrites that with respect to the output.
    let separate = Filled(images: images, shape: shape, seed: 11, format: path.format)
    let (gammaGradient, betaGradient) = (Filled(count: channels, seed: 13), Filled(count: channels, seed: 14))
    for target in [separate, gradient] {
      normalizeBackward(
        gradient.tensor, output: mask, input: input.tensor, gamma: gamma.base, beta: forward.beta.base,
        mean: mean.base, inverseDeviation: inverse.base, into: target.tensor, gammaGradient: gammaGradient.base,
        betaGradient: betaGradient.base, rectify: rectify, on: execution)
    }
    let same = separate.bits == gradient.bits
    #expect(same)
  }

  @Test(arguments: LoopPath.available, NormalizationCase.all)
  func inferenceAgreesWithItsTwin(path: LoopPath, test: NormalizationCase) {
    let (images, shape, channels, format) = (test.images, test.shape, test.shape.channels, path.format)
    func input() -> Filled {
      Filled(images: images, shape: shape, seed: 1, mean: test.mean, deviation: test.deviation, format: format)
    }
    let (input, inPlace) = (input(), input())
    let residual = Filled(images: images, shape: shape, seed: 2, format: format)
    let (gamma, beta) = (Filled(count: channels, seed: 3, mean: 1), Filled(count: channels, seed: 4))
    let mean = Filled(count: channels, seed: 5, mean: test.mean, deviation: test.deviation)
    let variance = Filled(count: channels, seed: 6, mean: 1, deviation: 0.1)
    let output = Filled(images: images, shape: shape, seed: 7, format: format)
    let execution = Execution.test(path.set, scratch: normalizationScratch(shape, batch: images))
    normalizeInference(
      input.tensor, gamma: gamma.base, beta: beta.base, residual: residual.tensor, rectify: true, into: output.tensor,
      runningMean: mean.base, runningVariance: variance.base, on: execution)
    let reference = Reference.normalize(
      input.doubles, mean: mean.doubles,
      scale: Reference.scale(gamma.doubles, variance: variance.doubles, epsilon: 1e-5), shift: beta.doubles,
      residual: residual.doubles, rectify: true)
    #expect(relativeError(of: output.floats, to: reference, rounding: path.rounding) < 1e-6)
    normalizeInference(
      inPlace.tensor, gamma: gamma.base, beta: beta.base, residual: residual.tensor, rectify: true,
      into: inPlace.tensor, runningMean: mean.base, runningVariance: variance.base, on: execution)
    let same = inPlace.bits == output.bits
    #expect(same)
  }

  @Test func oneValueAChannelIsItsOwnMean() {
    let shape = Shape(height: 1, width: 1, channels: 3)
    let (input, output) = (Filled(images: 1, shape: shape, seed: 1), Filled(images: 1, shape: shape, seed: 2))
    let values = (3..<9).map { Filled(count: 3, seed: $0) }
    normalizeTraining(
      input.tensor, gamma: values[0].base, beta: values[1].base, rectify: false, into: output.tensor,
      mean: values[2].base, inverseDeviation: values[3].base, runningMean: values[4].base,
      runningVariance: values[5].base, on: .test(.avx2, scratch: normalizationScratch(shape, batch: 1)))
    #expect(Bool(values[2].floats == input.floats))
    #expect(Bool(output.floats == values[1].floats))
    #expect(values[5].floats.allSatisfy { $0.isFinite })
  }
}
