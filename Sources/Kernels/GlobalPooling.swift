/// The mean over all positions of each image, per channel, into images of 1 x 1 positions.
package func poolGlobalAverage(_ input: Tensor, into output: Tensor, on execution: Execution) {
  check(input, output)
  let (shape, channels) = (input.shape, input.shape.channels)
  // A window of one row of `pixels` positions is the whole image.
  execution.pool.run(chunks: input.images) { image, _ in
    execution.table.averageWindows(
      input.base + image * shape.count, 1, shape.pixels, channels, shape.pixels, 1, 0, 1, 1, 1 / Float(shape.pixels),
      output.base + image * channels)
  }
}

/// The gradient of `poolGlobalAverage` with respect to its input, written or added.
package func poolGlobalAverageBackward(
  _ outputGradient: Tensor, into inputGradient: Tensor, accumulating: Bool = false, on execution: Execution
) {
  check(inputGradient, outputGradient)
  let (shape, channels) = (inputGradient.shape, inputGradient.shape.channels)
  execution.pool.run(chunks: inputGradient.images) { image, _ in
    let target = inputGradient.base + image * shape.count
    if !accumulating { target.update(repeating: 0, count: shape.count) }
    execution.table.averageWindowsBackward(
      outputGradient.base + image * channels, 1, shape.pixels, channels, shape.pixels, 1, 0, 1, 1,
      1 / Float(shape.pixels), target)
  }
}

private func check(_ input: Tensor, _ output: Tensor) {
  precondition(
    input.images == output.images && output.shape == Shape(height: 1, width: 1, channels: input.shape.channels),
    "a global mean has one position and the channels of its input")
}
