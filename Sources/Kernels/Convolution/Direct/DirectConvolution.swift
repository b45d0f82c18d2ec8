internal import LoopTypes

extension PaddedImage {
  /// The padded copy in `scratch`, normalised where that is asked for, or the image itself where nothing is to be done.
  func prepare(
    _ image: UnsafePointer<Float>, normalizing: BatchNormalization? = nil, in scratch: UnsafeMutablePointer<Float>,
    _ floats: any FloatLoops.Type
  ) -> UnsafePointer<Float> {
    if let normalizing {
      floats.padNormalized(image, self, by: normalizing.scaling, into: scratch)
      return UnsafePointer(scratch)
    }
    if isPlain { return image }
    floats.padImage(image, self, into: scratch)
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

extension ConvolutionGeometry {
  /// The extents forward and of the weights' gradient.
  fileprivate var directExtents: DirectExtents {
    DirectExtents(
      output: output, kernel: kernel, stride: stride, inputChannels: input.channels, rowPitch: paddedInput.rowPitch)
  }

  /// Those of the input's gradient.
  fileprivate var directGradientExtents: DirectExtents {
    DirectExtents(
      output: input, kernel: kernel, stride: 1, inputChannels: outputChannels, rowPitch: paddedGradient.rowPitch)
  }
}

/// The forward pass, image by image.
func convolveDirectly(_ pass: FeaturePass) {
  let (padded, extents, execution) = (pass.geometry.paddedInput, pass.geometry.directExtents, pass.execution)
  let (input, output, floats) = (pass.source, pass.target, execution.floats)
  execution.pool.run(chunks: input.images) { image, worker in
    let source = padded.prepare(
      input.base + image * input.shape.count, normalizing: pass.normalization,
      in: execution.scratch.worker(worker, padded.count), floats)
    floats.directConvolve(source, by: pass.weights, extents, into: output.base + image * output.shape.count)
    pass.finished?(image)
  }
}

/// The gradient with respect to the input: a convolution of the padded gradient with the turned weights.
func convolveBackwardDataDirectly(_ pass: FeaturePass) {
  let (geometry, execution, floats) = (pass.geometry, pass.execution, pass.execution.floats)
  let turned = UnsafePointer(flippedWeights(pass.weights, geometry, on: execution))
  let (padded, extents) = (geometry.paddedGradient, geometry.directGradientExtents)
  let (from, to) = (pass.source.shape, pass.target.shape)
  execution.pool.run(chunks: pass.target.images) { image, worker in
    let scratch = execution.scratch.worker(worker, padded.count + to.count)
    let source = padded.prepare(pass.source.base + image * from.count, in: scratch, floats)
    let target = pass.target.base + image * to.count
    let result = pass.isAccumulating ? scratch + padded.count : target
    floats.directConvolve(source, by: turned, extents, into: result)
    if pass.isAccumulating { floats.add(target, result, count: to.count, into: target) }
    pass.finished?(image)
  }
}

/// The gradient with respect to the weights of some images, written: their shares added one after the other.
func writeWeightGradientDirectly(
  _ pass: WeightPass, into weightGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  let (geometry, input, floats) = (pass.geometry, pass.input, pass.execution.floats)
  let (padded, extents) = (geometry.paddedInput, geometry.directExtents)
  weightGradient.update(repeating: 0, count: geometry.weightCount)
  for image in 0..<input.images {
    pass.prepare(image)
    let source = padded.prepare(
      input.base + image * input.shape.count, normalizing: pass.normalization, in: scratch, floats)
    floats.directConvolveWeights(
      source, gradient: pass.outputGradient.base + image * geometry.output.count, extents,
      accumulating: weightGradient)
  }
}
