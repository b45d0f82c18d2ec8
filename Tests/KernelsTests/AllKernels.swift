import Kernels
import Support

/// Every kernel on one problem, of several chunks unless the images are few, as bits.
struct AllKernels {
  let execution: Execution
  var bits: [UInt32] = []
  let images: Int

  init(threads: Int, _ set: InstructionSet, images: Int = 37) {
    self.images = images
    let shape = Shape(height: 12, width: 12, channels: 16)
    let classes = Shape(height: 1, width: 1, channels: 23)
    let geometries = [
      ConvolutionGeometry(input: shape, outputChannels: 24, kernelHeight: 3, kernelWidth: 3, stride: 1, padding: 1),
      ConvolutionGeometry(input: shape, outputChannels: 24, kernelHeight: 3, kernelWidth: 3, stride: 2, padding: 1),
      ConvolutionGeometry(
        input: Shape(height: 3, width: 3, channels: 64), outputChannels: 48, kernelHeight: 3, kernelWidth: 3,
        stride: 1, padding: 1),
      ConvolutionGeometry(input: shape, outputChannels: 24, kernelHeight: 1, kernelWidth: 1),
    ]
    let linear = LinearGeometry(inputs: shape.count, outputs: classes.count)
    var scratch = normalizationScratch(shape, batch: images).union(lossScratch(classes: classes.count, batch: images))
    scratch.formUnion(linearScratch(linear))
    for geometry in geometries { scratch.formUnion(convolutionScratch(geometry, batch: images)) }
    execution = .test(threads: threads, set, scratch: scratch)
    for geometry in geometries { convolution(geometry) }
    normalization(shape)
    poolings(shape)
    classifier(linear, shape, classes)
    updates()
  }

  private mutating func convolution(_ geometry: ConvolutionGeometry) {
    let input = Filled(images: images, shape: geometry.input, seed: 1)
    let output = Filled(images: images, shape: geometry.output, seed: 2)
    let (weights, gradient) = (
      Filled(count: geometry.weightCount, seed: 3), Filled(count: geometry.weightCount, seed: 4)
    )
    convolve(input.tensor, weights: weights.base, into: output.tensor, geometry: geometry, on: execution)
    convolveBackwardWeights(
      output.tensor, input: input.tensor, into: gradient.base, geometry: geometry, on: execution)
    convolveBackwardData(
      output.tensor, weights: weights.base, into: input.tensor, accumulating: true, geometry: geometry, on: execution)
    bits += input.bits + output.bits + gradient.bits
  }

  private mutating func normalization(_ shape: Shape) {
    let tensors = (0..<4).map { Filled(images: images, shape: shape, seed: $0) }
    let rows = (4..<12).map { Filled(count: shape.channels, seed: $0, mean: 1, deviation: 0.1) }
    normalizeTraining(
      tensors[0].tensor, gamma: rows[0].base, beta: rows[1].base, residual: tensors[1].tensor, rectify: true,
      into: tensors[2].tensor, mean: rows[2].base, inverseDeviation: rows[3].base, runningMean: rows[4].base,
      runningVariance: rows[5].base, on: execution)
    normalizeBackward(
      tensors[1].tensor, output: tensors[2].tensor, input: tensors[0].tensor, gamma: rows[0].base, mean: rows[2].base,
      inverseDeviation: rows[3].base, into: tensors[1].tensor, residualGradient: tensors[3].tensor,
      residualAccumulating: true, gammaGradient: rows[6].base, betaGradient: rows[7].base, rectify: true,
      on: execution)
    normalizeInference(
      tensors[0].tensor, gamma: rows[0].base, beta: rows[1].base, rectify: false, into: tensors[0].tensor,
      runningMean: rows[4].base, runningVariance: rows[5].base, on: execution)
    for filled in tensors + rows { bits += filled.bits }
  }

  private mutating func poolings(_ shape: Shape) {
    let geometry = PoolingGeometry(input: shape, kernel: 3, stride: 2, padding: 1)
    let input = Filled(images: images, shape: shape, seed: 1)
    let output = Filled(images: images, shape: geometry.output, seed: 2)
    poolMaximum(input.tensor, into: output.tensor, geometry: geometry, on: execution)
    poolMaximumBackward(
      output.tensor, input: input.tensor, into: input.tensor, accumulating: true, geometry: geometry, on: execution)
    poolAverage(input.tensor, into: output.tensor, geometry: geometry, on: execution)
    bits += input.bits + output.bits
  }

  private mutating func classifier(_ linear: LinearGeometry, _ shape: Shape, _ classes: Shape) {
    let (input, logits) = (
      Filled(images: images, shape: shape, seed: 1), Filled(images: images, shape: classes, seed: 2)
    )
    let (weights, bias) = (Filled(count: linear.weightCount, seed: 3), Filled(count: linear.outputs, seed: 4))
    multiplyLinear(
      input.tensor, weights: weights.base, bias: bias.base, into: logits.tensor, geometry: linear, on: execution)
    let labels = (0..<images).map { Int32($0 % classes.count) }
    let loss = labels.withUnsafeBufferPointer {
      softmaxCrossEntropy(logits.tensor, labels: $0, smoothing: 0.1, gradient: logits.tensor, on: execution)
    }
    multiplyLinearBackwardData(
      logits.tensor, weights: weights.base, into: input.tensor, geometry: linear, on: execution)
    multiplyLinearBackwardWeights(
      logits.tensor, input: input.tensor, into: weights.base, bias: bias.base, geometry: linear, on: execution)
    bits += [UInt32(truncatingIfNeeded: loss.bitPattern), UInt32(loss.bitPattern >> 32)]
    for filled in [input, logits, weights, bias] { bits += filled.bits }
  }

  private mutating func updates() {
    let values = (0..<4).map { Filled(count: 300_001, seed: $0) }
    let range = 3..<300_001
    sgdStep(
      values[0].arena, gradients: values[1].arena, velocities: values[2].arena, range: range,
      step: SGDStep(learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4, nesterov: true), on: execution)
    average(values[0].arena, into: values[3].arena, range: range, decay: 0.999, on: execution)
    for filled in values { bits += filled.bits }
  }
}
