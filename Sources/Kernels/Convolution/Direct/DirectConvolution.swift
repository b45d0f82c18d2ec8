/// An image with its border of zeros, as the direct kernels read it.
struct PaddedImage {
  let shape: Shape
  let top: Int
  let left: Int
  let height: Int
  let width: Int

  var count: Int { height * width * shape.channels }
  var rowPitch: Int { width * shape.channels }
  var isPlain: Bool { top == 0 && left == 0 && height == shape.height && width == shape.width }

  /// The padded copy in `scratch`, normalised where that is asked for, or the image itself where nothing is to be done.
  func prepare(
    _ image: UnsafePointer<Float>, normalizing: BatchNormalization? = nil, in scratch: UnsafeMutablePointer<Float>,
    _ table: KernelTable
  ) -> UnsafePointer<Float> {
    if let n = normalizing {
      table.padNormalized(
        image, scratch, shape.height, shape.width, shape.channels, top, left, height, width, n.moments.mean,
        n.moments.scale, n.beta, n.rectify)
      return UnsafePointer(scratch)
    }
    if isPlain { return image }
    table.padImage(image, scratch, shape.height, shape.width, shape.channels, top, left, height, width)
    return UnsafePointer(scratch)
  }
}

extension ConvolutionGeometry {
  var paddedInput: PaddedImage {
    PaddedImage(
      shape: input, top: padding, left: padding, height: input.height + 2 * padding,
      width: input.width + 2 * padding)
  }

  /// The output's gradient of stride 1: its convolution with the turned weights is the input's gradient.
  fileprivate var paddedGradient: PaddedImage {
    PaddedImage(
      shape: output, top: kernelHeight - 1 - padding, left: kernelWidth - 1 - padding,
      height: input.height + kernelHeight - 1, width: input.width + kernelWidth - 1)
  }

  /// Floats that one worker needs for the direct passes, forward and backward.
  var directScratch: Int {
    let hasData = stride == 1 && padding < kernelHeight && padding < kernelWidth
    let data = hasData ? paddedGradient.count + input.count : 0
    return max(paddedInput.count, data)
  }
}

/// The forward pass, image by image, each of which is then `finished`.
func convolveDirectly(
  _ input: Tensor, normalizing: BatchNormalization?, weights: UnsafePointer<Float>, into output: Tensor,
  geometry: ConvolutionGeometry, on execution: Execution, finished: ((_ image: Int) -> Void)?
) {
  let padded = geometry.paddedInput
  execution.pool.run(chunks: input.images) { image, worker in
    let source = padded.prepare(
      input.base + image * input.shape.count, normalizing: normalizing,
      in: execution.scratch.worker(worker, padded.count), execution.table)
    execution.table.directConvolve(
      source, weights, output.base + image * output.shape.count, output.shape.height, output.shape.width,
      output.shape.channels, geometry.kernelHeight, geometry.kernelWidth * input.shape.channels, padded.rowPitch,
      geometry.stride, geometry.stride * input.shape.channels)
    finished?(image)
  }
}

/// The gradient with respect to the input: a convolution of the padded gradient with the turned weights.
func convolveBackwardDataDirectly(
  _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool,
  geometry: ConvolutionGeometry, on execution: Execution, finished: ((_ image: Int) -> Void)?
) {
  let turned = UnsafePointer(flippedWeights(weights, geometry, on: execution))
  let padded = geometry.paddedGradient
  let (from, to) = (outputGradient.shape, inputGradient.shape)
  execution.pool.run(chunks: inputGradient.images) { image, worker in
    let scratch = execution.scratch.worker(worker, padded.count + to.count)
    let source = padded.prepare(outputGradient.base + image * from.count, in: scratch, execution.table)
    let target = inputGradient.base + image * to.count
    let result = accumulating ? scratch + padded.count : target
    execution.table.directConvolve(
      source, turned, result, to.height, to.width, to.channels, geometry.kernelHeight,
      geometry.kernelWidth * from.channels, padded.rowPitch, 1, from.channels)
    if accumulating { execution.table.add(target, result, to.count, target) }
    finished?(image)
  }
}

/// The gradient with respect to the weights of some images, written: their shares added one after the other.
func writeWeightGradientDirectly(
  _ outputGradient: Tensor, _ input: Tensor, normalizing: BatchNormalization?, _ geometry: ConvolutionGeometry,
  _ table: KernelTable, into weightGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>,
  prepare: (_ image: Int) -> Void
) {
  let padded = geometry.paddedInput
  let output = outputGradient.shape
  weightGradient.update(repeating: 0, count: geometry.weightCount)
  for image in 0..<input.images {
    prepare(image)
    let source = padded.prepare(
      input.base + image * input.shape.count, normalizing: normalizing, in: scratch, table)
    table.directConvolveWeights(
      source, outputGradient.base + image * output.count, weightGradient, output.height, output.width,
      output.channels, geometry.kernelHeight, geometry.kernelWidth * input.shape.channels, padded.rowPitch,
      geometry.stride, geometry.stride * input.shape.channels)
  }
}
