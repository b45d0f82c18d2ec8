import Foundation
import Kernels
import Support
import Testing

/// What Golden/make.py wrote: PyTorch's results in double precision.
private struct Golden: Decodable {
  struct Convolution: Decodable {
    let images, height, width, inputs, outputs, kernelHeight, kernelWidth, stride, padding: Int
    let input, weights, output, outputGradient, inputGradient, weightGradient: [Double]
  }

  struct Normalization: Decodable {
    let images, height, width, channels: Int
    let rectify: Bool
    let gamma, beta, input, residual, output, outputGradient, inputGradient, residualGradient: [Double]
    let gammaGradient, betaGradient, runningMean, runningVariance, inference: [Double]
  }

  struct Pooling: Decodable {
    let images, height, width, channels, kernel, stride, padding: Int
    let input, maximum, average, outputGradient, maximumGradient: [Double]
  }

  struct Loss: Decodable {
    let classes: Int
    let smoothing: Float
    let loss: Double
    let labels: [Int32]
    let logits, gradient, probabilities: [Double]
  }

  struct Descent: Decodable {
    let learningRate, momentum, weightDecay: Float
    let nesterov: Bool
    let start: [Double]
    let gradients, after: [[Double]]
  }

  let convolutions: [Convolution]
  let normalizations: [Normalization]
  let poolings: [Pooling]
  let losses: [Loss]
  let descents: [Descent]

  static func read() throws -> Golden {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/golden.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }
}

extension Filled {
  fileprivate init(_ values: [Double], images: Int, shape: Shape) {
    self.init(images: images, shape: shape, seed: 0)
    for (index, value) in values.enumerated() { base[index] = Float(value) }
  }

  fileprivate init(_ values: [Double]) {
    self.init(values, images: 1, shape: Shape(height: 1, width: 1, channels: values.count))
  }
}

@Suite struct GoldenTests {
  @Test(arguments: InstructionSet.available)
  func convolutions(set: InstructionSet) throws {
    for golden in try Golden.read().convolutions {
      let geometry = ConvolutionGeometry(
        input: Shape(height: golden.height, width: golden.width, channels: golden.inputs),
        outputChannels: golden.outputs, kernelHeight: golden.kernelHeight, kernelWidth: golden.kernelWidth,
        stride: golden.stride, padding: golden.padding)
      let execution = Execution.test(set, scratch: convolutionScratch(geometry, batch: golden.images))
      let input = Filled(golden.input, images: golden.images, shape: geometry.input)
      let gradient = Filled(golden.outputGradient, images: golden.images, shape: geometry.output)
      let weights = Filled(golden.weights)
      let output = Filled(images: golden.images, shape: geometry.output, seed: 1)
      let inputGradient = Filled(images: golden.images, shape: geometry.input, seed: 2)
      let weightGradient = Filled(count: geometry.weightCount, seed: 3)
      convolve(input.tensor, weights: weights.base, into: output.tensor, geometry: geometry, on: execution)
      convolveBackwardData(
        gradient.tensor, weights: weights.base, into: inputGradient.tensor, accumulating: false, geometry: geometry,
        on: execution)
      convolveBackwardWeights(
        gradient.tensor, input: input.tensor, into: weightGradient.base, geometry: geometry, on: execution)
      #expect(relativeError(of: output.floats, to: golden.output) < 1e-6)
      #expect(relativeError(of: inputGradient.floats, to: golden.inputGradient) < 1e-6)
      #expect(relativeError(of: weightGradient.floats, to: golden.weightGradient) < 1e-6)
    }
  }

  @Test(arguments: InstructionSet.available)
  func normalizations(set: InstructionSet) throws {
    for golden in try Golden.read().normalizations {
      let shape = Shape(height: golden.height, width: golden.width, channels: golden.channels)
      let execution = Execution.test(set, scratch: normalizationScratch(shape, batch: golden.images))
      let input = Filled(golden.input, images: golden.images, shape: shape)
      let residual = Filled(golden.residual, images: golden.images, shape: shape)
      let gradient = Filled(golden.outputGradient, images: golden.images, shape: shape)
      let (gamma, beta) = (Filled(golden.gamma), Filled(golden.beta))
      let output = Filled(images: golden.images, shape: shape, seed: 1)
      let (mean, inverse) = (Filled(count: golden.channels, seed: 2), Filled(count: golden.channels, seed: 3))
      let runningMean = Filled([Double](repeating: 0, count: golden.channels))
      let runningVariance = Filled([Double](repeating: 1, count: golden.channels))
      normalizeTraining(
        input.tensor, gamma: gamma.base, beta: beta.base, residual: residual.tensor, rectify: golden.rectify,
        into: output.tensor, mean: mean.base, inverseDeviation: inverse.base, runningMean: runningMean.base,
        runningVariance: runningVariance.base, on: execution)
      #expect(relativeError(of: output.floats, to: golden.output) < 2e-6)
      #expect(relativeError(of: runningMean.floats, to: golden.runningMean) < 1e-6)
      #expect(relativeError(of: runningVariance.floats, to: golden.runningVariance) < 1e-6)

      let gammaGradient = Filled(count: golden.channels, seed: 4)
      let betaGradient = Filled(count: golden.channels, seed: 5)
      let (data, other) = (
        Filled(images: golden.images, shape: shape, seed: 6), Filled(images: golden.images, shape: shape, seed: 7)
      )
      normalizeBackward(
        gradient.tensor, output: output.tensor, input: input.tensor, gamma: gamma.base, mean: mean.base,
        inverseDeviation: inverse.base, into: data.tensor, residualGradient: other.tensor,
        gammaGradient: gammaGradient.base, betaGradient: betaGradient.base, rectify: golden.rectify, on: execution)
      #expect(relativeError(of: data.floats, to: golden.inputGradient) < 2e-6)
      #expect(relativeError(of: other.floats, to: golden.residualGradient) < 1e-6)
      #expect(relativeError(of: gammaGradient.floats, to: golden.gammaGradient) < 2e-6)
      #expect(relativeError(of: betaGradient.floats, to: golden.betaGradient) < 1e-6)

      normalizeInference(
        input.tensor, gamma: gamma.base, beta: beta.base, rectify: false, into: output.tensor,
        runningMean: runningMean.base, runningVariance: runningVariance.base, on: execution)
      #expect(relativeError(of: output.floats, to: golden.inference) < 2e-6)
    }
  }

  @Test(arguments: InstructionSet.available)
  func poolings(set: InstructionSet) throws {
    for golden in try Golden.read().poolings {
      let geometry = PoolingGeometry(
        input: Shape(height: golden.height, width: golden.width, channels: golden.channels), kernel: golden.kernel,
        stride: golden.stride, padding: golden.padding)
      let execution = Execution.test(set, scratch: ScratchSize())
      let input = Filled(golden.input, images: golden.images, shape: geometry.input)
      let gradient = Filled(golden.outputGradient, images: golden.images, shape: geometry.output)
      let output = Filled(images: golden.images, shape: geometry.output, seed: 1)
      let target = Filled(images: golden.images, shape: geometry.input, seed: 2)
      poolMaximum(input.tensor, into: output.tensor, geometry: geometry, on: execution)
      #expect(relativeError(of: output.floats, to: golden.maximum) < 1e-6)
      poolAverage(input.tensor, into: output.tensor, geometry: geometry, on: execution)
      #expect(relativeError(of: output.floats, to: golden.average) < 1e-6)
      poolMaximumBackward(
        gradient.tensor, input: input.tensor, into: target.tensor, geometry: geometry, on: execution)
      #expect(relativeError(of: target.floats, to: golden.maximumGradient) < 1e-6)
    }
  }

  @Test(arguments: InstructionSet.available)
  func losses(set: InstructionSet) throws {
    for golden in try Golden.read().losses {
      let (images, shape) = (golden.labels.count, Shape(height: 1, width: 1, channels: golden.classes))
      let execution = Execution.test(set, scratch: lossScratch(classes: golden.classes, batch: images))
      let logits = Filled(golden.logits, images: images, shape: shape)
      let gradient = Filled(images: images, shape: shape, seed: 1)
      let value = golden.labels.withUnsafeBufferPointer {
        softmaxCrossEntropy(
          logits.tensor, labels: $0, smoothing: golden.smoothing, gradient: gradient.tensor, on: execution)
      }
      #expect(abs(value - golden.loss) < 1e-6 * golden.loss)
      #expect(relativeError(of: gradient.floats, to: golden.gradient) < 1e-6)
      softmax(logits.tensor, into: logits.tensor, on: execution)
      #expect(relativeError(of: logits.floats, to: golden.probabilities) < 1e-6)
    }
  }

  @Test(arguments: InstructionSet.available)
  func descents(set: InstructionSet) throws {
    let execution = Execution.test(set, scratch: ScratchSize())
    for golden in try Golden.read().descents {
      let parameters = Filled(golden.start)
      let velocities = Filled([Double](repeating: 0, count: golden.start.count))
      let step = SGDStep(
        learningRate: golden.learningRate, momentum: golden.momentum, weightDecay: golden.weightDecay,
        nesterov: golden.nesterov)
      for (gradient, after) in zip(golden.gradients, golden.after) {
        sgdStep(
          parameters.arena, gradients: Filled(gradient).arena, velocities: velocities.arena,
          range: 0..<golden.start.count, step: step, on: execution)
        #expect(relativeError(of: parameters.floats, to: after) < 1e-6)
      }
    }
  }
}
