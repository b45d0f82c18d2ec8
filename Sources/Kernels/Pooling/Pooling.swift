internal import LoopTypes

/// A square window that moves over an image, and the shapes before and after. The padding is at most half of the
/// kernel, so that no window lies wholly outside of the image.
package struct PoolingGeometry: Hashable, Sendable {
  package let input: Shape
  package let kernel: Int
  package let stride: Int
  package let padding: Int

  package init(input: Shape, kernel: Int, stride: Int, padding: Int = 0) {
    precondition(kernel > 0 && stride > 0 && padding >= 0, "kernel and stride are at least 1, padding 0")
    precondition(2 * padding <= kernel, "the padding of a pooling is at most half of its kernel")
    precondition(
      input.height + 2 * padding >= kernel && input.width + 2 * padding >= kernel,
      "the window is larger than the padded image")
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  package var output: Shape {
    Shape(
      height: ConvolutionGeometry.positions(extent: input.height, kernel: kernel, stride: stride, padding: padding),
      width: ConvolutionGeometry.positions(extent: input.width, kernel: kernel, stride: stride, padding: padding),
      channels: input.channels)
  }

  var extents: PoolingExtents {
    let output = output
    return PoolingExtents(
      input: input, kernel: kernel, stride: stride, padding: padding,
      output: Size(height: output.height, width: output.width))
  }

  /// Whether the windows are 2x2 blocks side by side of whole vectors of channels, for which there are loops of their own.
  var isBlocks: Bool { kernel == 2 && stride == 2 && padding == 0 && input.channels % 16 == 0 }
}

/// The largest value under each window; the padding never is. A NaN under a window is its result.
package func poolMaximum(_ input: Tensor, into output: Tensor, geometry: PoolingGeometry, on execution: Execution) {
  check(input, output, geometry)
  let (from, to, extents) = (input.shape, output.shape, geometry.extents)
  execution.pool.run(chunks: input.images) { image, _ in
    let (at, place) = (image * from.count, image * to.count)
    switch input.format {
    case .fp32 where geometry.isBlocks:
      execution.floats.maximumBlocks(input.base + at, extents, into: output.base + place)
    case .bf16 where geometry.isBlocks:
      execution.bf16.maximumBlocks(input.bf16Base + at, extents, into: output.bf16Base + place)
    case .fp32:
      execution.floats.maximumWindows(input.base + at, extents, into: output.base + place)
    case .bf16:
      execution.bf16.maximumWindows(input.bf16Base + at, extents, into: output.bf16Base + place)
    }
  }
}

/// The gradient of `poolMaximum` with respect to its input, written or added: each window's goes to the first of its
/// largest values in row order, as in PyTorch.
package func poolMaximumBackward(
  _ outputGradient: Tensor, input: Tensor, into inputGradient: Tensor, accumulating: Bool = false,
  geometry: PoolingGeometry, on execution: Execution
) {
  check(input, outputGradient, geometry)
  checkShapes(input, inputGradient, nil)
  let (from, to, extents) = (input.shape, outputGradient.shape, geometry.extents)
  let writesBlocks = geometry.isBlocks && !accumulating
  let isCovered = writesBlocks && from.height % 2 == 0 && from.width % 2 == 0
  execution.pool.run(chunks: input.images) { image, _ in
    let (at, place) = (image * from.count, image * to.count)
    switch input.format {
    case .fp32 where writesBlocks:
      if !isCovered { (inputGradient.base + at).update(repeating: 0, count: from.count) }
      execution.floats.maximumBlocksBackward(
        outputGradient.base + place, image: input.base + at, extents, into: inputGradient.base + at)
    case .bf16 where writesBlocks:
      if !isCovered { (inputGradient.bf16Base + at).update(repeating: 0, count: from.count) }
      execution.bf16.maximumBlocksBackward(
        outputGradient.bf16Base + place, image: input.bf16Base + at, extents, into: inputGradient.bf16Base + at)
    case .fp32:
      if !accumulating { (inputGradient.base + at).update(repeating: 0, count: from.count) }
      execution.floats.maximumWindowsBackward(
        outputGradient.base + place, image: input.base + at, extents, accumulating: inputGradient.base + at)
    case .bf16:
      if !accumulating { (inputGradient.bf16Base + at).update(repeating: 0, count: from.count) }
      execution.bf16.maximumWindowsBackward(
        outputGradient.bf16Base + place, image: input.bf16Base + at, extents, accumulating: inputGradient.bf16Base + at)
    }
  }
}

/// The mean of the kernel x kernel values under each window, the padding's zeros included (PyTorch's
/// `count_include_pad=True`).
package func poolAverage(_ input: Tensor, into output: Tensor, geometry: PoolingGeometry, on execution: Execution) {
  check(input, output, geometry)
  let (extents, factor) = (geometry.extents, 1 / Float(geometry.kernel * geometry.kernel))
  execution.pool.run(chunks: input.images) { image, _ in
    execution.floats.averageWindows(
      input.base + image * input.shape.count, extents, factor: factor, into: output.base + image * output.shape.count)
  }
}

/// The mean of the values under each window that lie inside the image (PyTorch's `count_include_pad=False`).
package func poolAverageInside(
  _ input: Tensor, into output: Tensor, geometry: PoolingGeometry, on execution: Execution
) {
  poolAverage(input, into: output, geometry: geometry, on: execution)
  guard geometry.padding > 0 else { return }
  func inside(_ position: Int, _ extent: Int) -> Int {
    let first = position * geometry.stride - geometry.padding
    return min(extent, first + geometry.kernel) - max(0, first)
  }
  let (shape, whole) = (output.shape, geometry.kernel * geometry.kernel)
  execution.pool.run(chunks: output.images) { image, _ in
    for row in 0..<shape.height {
      for column in 0..<shape.width {
        let count = inside(row, input.shape.height) * inside(column, input.shape.width)
        guard count < whole else { continue }
        let target = output.base + image * shape.count + (row * shape.width + column) * shape.channels
        let factor = Float(whole) / Float(count)
        for channel in 0..<shape.channels { target[channel] *= factor }
      }
    }
  }
}

private func check(_ input: Tensor, _ output: Tensor, _ geometry: PoolingGeometry) {
  precondition(
    input.shape == geometry.input && output.shape == geometry.output && input.images == output.images,
    "the tensors do not have the pooling's shapes")
}
