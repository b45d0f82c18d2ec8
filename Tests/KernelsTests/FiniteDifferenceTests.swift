import Kernels
import Support
import Testing

/// The derivative of `weights` times the values of `function` with respect to each of `values`, by central
/// differences in double precision.
private func derivative(
  of function: ([Double]) -> [Double], at values: [Double], weights: [Double], epsilon: Double = 1e-3
) -> [Double] {
  values.indices.map { index in
    var shifted = values
    shifted[index] = values[index] + epsilon
    let above = zip(function(shifted), weights).reduce(0) { $0 + $1.0 * $1.1 }
    shifted[index] = values[index] - epsilon
    let below = zip(function(shifted), weights).reduce(0) { $0 + $1.0 * $1.1 }
    return (above - below) / (2 * epsilon)
  }
}

/// The fast backward kernels against differences of the slow forward ones.
@Suite struct FiniteDifferenceTests {
  @Test(arguments: InstructionSet.available, [(3, 1, 1), (3, 2, 1), (1, 2, 0), (5, 1, 3), (2, 1, 0)])
  func convolution(set: InstructionSet, test: (Int, Int, Int)) {
    let geometry = ConvolutionGeometry(
      input: Shape(height: 5, width: 6, channels: 3), outputChannels: 4, kernelHeight: test.0, kernelWidth: test.0,
      stride: test.1, padding: test.2)
    let input = Filled(images: 2, shape: geometry.input, seed: 1)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let gradient = Filled(images: 2, shape: geometry.output, seed: 3)
    let execution = Execution.test(set, scratch: convolutionScratch(geometry, batch: 2))
    let (x, w, dy) = (input.doubles, weights.doubles, gradient.doubles)

    let data = Filled(images: 2, shape: geometry.input, seed: 4)
    convolveBackwardData(
      gradient.tensor, weights: weights.base, into: data.tensor, accumulating: false, geometry: geometry,
      on: execution)
    let dataReference = derivative(
      of: { Reference.convolve($0, weights: w, images: 2, geometry) }, at: x, weights: dy)
    #expect(relativeError(of: data.floats, to: dataReference) < 1e-5)

    let weight = Filled(count: geometry.weightCount, seed: 5)
    convolveBackwardWeights(gradient.tensor, input: input.tensor, into: weight.base, geometry: geometry, on: execution)
    let weightReference = derivative(
      of: { Reference.convolve(x, weights: $0, images: 2, geometry) }, at: w, weights: dy)
    #expect(relativeError(of: weight.floats, to: weightReference) < 1e-5)
  }

  @Test(arguments: InstructionSet.available, [false, true])
  func normalization(set: InstructionSet, rectify: Bool) {
    let (shape, channels) = (Shape(height: 3, width: 4, channels: 18), 18)
    let input = Filled(images: 2, shape: shape, seed: 1, mean: 0.5)
    let residual = Filled(images: 2, shape: shape, seed: 2)
    let (gamma, beta) = (Filled(count: channels, seed: 3, mean: 1, deviation: 0.2), Filled(count: channels, seed: 4))
    let rows = (5..<11).map { Filled(count: channels, seed: $0) }
    let output = Filled(images: 2, shape: shape, seed: 11)
    let gradient = Filled(images: 2, shape: shape, seed: 12)
    let execution = Execution.test(set, scratch: normalizationScratch(shape, batch: 2))
    normalizeTraining(
      input.tensor, gamma: gamma.base, beta: beta.base, residual: residual.tensor, rectify: rectify,
      into: output.tensor, mean: rows[0].base, inverseDeviation: rows[1].base, runningMean: rows[2].base,
      runningVariance: rows[3].base, on: execution)
    let (data, other) = (Filled(images: 2, shape: shape, seed: 13), Filled(images: 2, shape: shape, seed: 14))
    normalizeBackward(
      gradient.tensor, output: output.tensor, input: input.tensor, gamma: gamma.base, mean: rows[0].base,
      inverseDeviation: rows[1].base, into: data.tensor, residualGradient: other.tensor, gammaGradient: rows[4].base,
      betaGradient: rows[5].base, rectify: rectify, on: execution)

    // A value that the rectifier's bend lies within epsilon of has no derivative to compare with.
    let epsilon = 1e-5
    let (x, g, b, r, dy) = (input.doubles, gamma.doubles, beta.doubles, residual.doubles, gradient.doubles)
    func forward(_ x: [Double], _ g: [Double], _ b: [Double], _ r: [Double]) -> [Double] {
      Reference.normalizeTraining(
        x, channels: channels, gamma: g, beta: b, residual: r, rectify: rectify, epsilon: 1e-5
      ).output
    }
    let smooth = Reference.normalizeTraining(
      x, channels: channels, gamma: g, beta: b, residual: r, rectify: false, epsilon: 1e-5)
    #expect(smooth.output.allSatisfy { abs($0) > 10 * epsilon })
    let byInput = derivative(of: { forward($0, g, b, r) }, at: x, weights: dy, epsilon: epsilon)
    #expect(relativeError(of: data.floats, to: byInput) < 1e-5)
    let byGamma = derivative(of: { forward(x, $0, b, r) }, at: g, weights: dy, epsilon: epsilon)
    #expect(relativeError(of: rows[4].floats, to: byGamma) < 1e-5)
    let byBeta = derivative(of: { forward(x, g, $0, r) }, at: b, weights: dy, epsilon: epsilon)
    #expect(relativeError(of: rows[5].floats, to: byBeta) < 1e-5)
    let byResidual = derivative(of: { forward(x, g, b, $0) }, at: r, weights: dy, epsilon: epsilon)
    #expect(relativeError(of: other.floats, to: byResidual) < 1e-5)
  }

  @Test(arguments: InstructionSet.available, [(2, 2, 0), (3, 2, 1)])
  func pooling(set: InstructionSet, test: (Int, Int, Int)) {
    let geometry = PoolingGeometry(
      input: Shape(height: 5, width: 6, channels: 17), kernel: test.0, stride: test.1, padding: test.2)
    let execution = Execution.test(set, scratch: ScratchSize())
    let input = Filled(images: 1, shape: geometry.input, seed: 1)
    let gradient = Filled(images: 1, shape: geometry.output, seed: 2)
    let target = Filled(images: 1, shape: geometry.input, seed: 3)
    poolMaximumBackward(
      gradient.tensor, input: input.tensor, into: target.tensor, geometry: geometry, on: execution)
    // Small enough that no largest value changes.
    let maximum = derivative(
      of: { Reference.poolMaximum($0, images: 1, geometry) }, at: input.doubles, weights: gradient.doubles,
      epsilon: 1e-6)
    #expect(relativeError(of: target.floats, to: maximum) < 1e-6)
  }

  @Test(arguments: InstructionSet.available)
  func globalPoolingAndLinear(set: InstructionSet) {
    let shape = Shape(height: 3, width: 2, channels: 5)
    let linear = LinearGeometry(inputs: 5, outputs: 4)
    let execution = Execution.test(set, scratch: linearScratch(linear))
    let input = Filled(images: 3, shape: shape, seed: 1)
    let pooled = Filled(images: 3, shape: Shape(height: 1, width: 1, channels: 5), seed: 2)
    let gradient = Filled(images: 3, shape: Shape(height: 1, width: 1, channels: 4), seed: 3)
    let (weights, bias) = (Filled(count: 20, seed: 4), Filled(count: 4, seed: 5))
    let (weightGradient, biasGradient) = (Filled(count: 20, seed: 6), Filled(count: 4, seed: 7))
    poolGlobalAverage(input.tensor, into: pooled.tensor, on: execution)
    multiplyLinearBackwardWeights(
      gradient.tensor, input: pooled.tensor, into: weightGradient.base, bias: biasGradient.base, geometry: linear,
      on: execution)
    multiplyLinearBackwardData(
      gradient.tensor, weights: weights.base, into: pooled.tensor, geometry: linear, on: execution)
    let target = Filled(images: 3, shape: shape, seed: 8)
    poolGlobalAverageBackward(pooled.tensor, into: target.tensor, on: execution)

    let (x, w, b, dy) = (input.doubles, weights.doubles, bias.doubles, gradient.doubles)
    func forward(_ x: [Double], _ w: [Double], _ b: [Double]) -> [Double] {
      Reference.multiplyLinear(
        Reference.poolGlobalAverage(x, images: 3, shape), weights: w, bias: b, inputs: 5)
    }
    let byInput = derivative(of: { forward($0, w, b) }, at: x, weights: dy)
    #expect(relativeError(of: target.floats, to: byInput) < 1e-6)
    let byWeights = derivative(of: { forward(x, $0, b) }, at: w, weights: dy)
    #expect(relativeError(of: weightGradient.floats, to: byWeights) < 1e-6)
    let byBias = derivative(of: { forward(x, w, $0) }, at: b, weights: dy)
    #expect(relativeError(of: biasGradient.floats, to: byBias) < 1e-6)
  }

  @Test(arguments: InstructionSet.available, [0, 0.1] as [Float])
  func loss(set: InstructionSet, smoothing: Float) {
    let logits = Filled(images: 4, shape: Shape(height: 1, width: 1, channels: 19), seed: 1)
    let gradient = Filled(images: 4, shape: logits.tensor.shape, seed: 2)
    let labels: [Int32] = [3, 18, 0, 7]
    let x = logits.doubles
    _ = labels.withUnsafeBufferPointer {
      softmaxCrossEntropy(
        logits.tensor, labels: $0, smoothing: smoothing, gradient: gradient.tensor,
        on: .test(set, scratch: lossScratch(classes: 19, batch: 4)))
    }
    let reference = derivative(
      of: {
        [Reference.softmaxCrossEntropy($0, labels: labels, classes: 19, smoothing: Double(smoothing)).loss]
      }, at: x, weights: [1])
    #expect(relativeError(of: gradient.floats, to: reference) < 1e-5)
  }
}
