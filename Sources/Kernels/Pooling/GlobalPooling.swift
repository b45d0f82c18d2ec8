internal import LoopTypes

/// The mean over all positions of each image, per channel, into images of 1 x 1 positions, which are floats.
package func poolGlobalAverage(_ input: Tensor, into output: Tensor, on execution: Execution) {
  check(input, output)
  let (shape, channels) = (input.shape, input.shape.channels)
  execution.pool.run(chunks: input.images) { image, _ in
    let (at, target) = (image * shape.count, output.base + image * channels)
    let factor = 1 / Float(shape.pixels)
    switch input.format {
    case .fp32:
      execution.floats.averageWindows(input.base + at, .whole(shape), factor: factor, into: target)
    case .bf16:
      execution.bf16.averageWindows(input.bf16Base + at, .whole(shape), factor: factor, into: target)
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
      execution.floats.averageWindowsBackward(
        source, .whole(shape), factor: factor, accumulating: inputGradient.base + at)
    case .bf16:
      if !accumulating { (inputGradient.bf16Base + at).update(repeating: 0, count: shape.count) }
      execution.bf16.averageWindowsBackward(
        source, .whole(shape), factor: factor, accumulating: inputGradient.bf16Base + at)
    }
  }
}

extension PoolingExtents {
  /// One window of one row of all positions: the whole image.
  fileprivate static func whole(_ shape: Shape) -> PoolingExtents {
    PoolingExtents(
      input: Shape(height: 1, width: shape.pixels, channels: shape.channels), kernel: shape.pixels, stride: 1,
      padding: 0, output: Size(height: 1, width: 1))
  }
}

private func check(_ input: Tensor, _ output: Tensor) {
  precondition(
    input.images == output.images && output.shape == Shape(height: 1, width: 1, channels: input.shape.channels),
    "a global mean has one position and the channels of its input")
}
