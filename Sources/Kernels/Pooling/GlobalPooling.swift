/// The mean over all positions of each image, per channel, into images of 1 x 1 positions, which are floats.
package func poolGlobalAverage(_ input: Tensor, into output: Tensor, on execution: Execution) {
  check(input, output)
  let (shape, channels) = (input.shape, input.shape.channels)
  // A window of one row of `pixels` positions is the whole image.
  execution.pool.run(chunks: input.images) { image, _ in
    let (at, target) = (image * shape.count, output.base + image * channels)
    let factor = 1 / Float(shape.pixels)
    switch input.format {
    case .fp32:
      execution.table.averageWindows(
        input.base + at, 1, shape.pixels, channels, shape.pixels, 1, 0, 1, 1, factor, target)
    case .bf16:
      execution.dots.averageWindows(
        input.bfloats + at, 1, shape.pixels, channels, shape.pixels, 1, 0, 1, 1, factor, target)
    }
  }
}

/// The gradient of `poolGlobalAverage` with respect to its input, written or added.
package func poolGlobalAverageBackward(
  _ outputGradient: Tensor, into inputGradient: Tensor, accumulating: Bool = false, on execution: Execution
) {
  check(inputGradient, outputGradient)
  let (shape, channels) = (inputGradient.shape, inputGradient.shape.channels)
  execution.pool.run(chunks: inputGradient.images) { image, _ in
    let (at, source) = (image * shape.count, outputGradient.base + image * channels)
    let factor = 1 / Float(shape.pixels)
    switch inputGradient.format {
    case .fp32:
      if !accumulating { (inputGradient.base + at).update(repeating: 0, count: shape.count) }
      execution.table.averageWindowsBackward(
        source, 1, shape.pixels, channels, shape.pixels, 1, 0, 1, 1, factor, inputGradient.base + at)
    case .bf16:
      if !accumulating { (inputGradient.bfloats + at).update(repeating: 0, count: shape.count) }
      execution.dots.averageWindowsBackward(
        source, 1, shape.pixels, channels, shape.pixels, 1, 0, 1, 1, factor, inputGradient.bfloats + at)
    }
  }
}

private func check(_ input: Tensor, _ output: Tensor) {
  precondition(
    input.images == output.images && output.shape == Shape(height: 1, width: 1, channels: input.shape.channels),
    "a global mean has one position and the channels of its input")
}
