internal import LoopTypes

/// A square convolution of each channel with its own kernel, with zeros around the image that need not be the same on all
/// sides. Weights are laid out [kernel][kernel][channel].
package struct DepthwiseGeometry: Hashable, Sendable {
  package let input: Shape
  package let output: Shape
  package let kernel: Int
  package let stride: Int
  /// Rows and columns of zeros before the image; as many as the output needs stand behind it.
  package let top: Int
  package let left: Int

  /// TensorFlow's "SAME": as many outputs as strides fit into the image, an odd zero behind it.
  package init(same input: Shape, kernel: Int, stride: Int) {
    precondition(kernel > 0 && stride > 0 && input.count > 0, "a kernel, a stride and an image are at least 1")
    self.input = input
    self.kernel = kernel
    self.stride = stride
    output = Shape(
      height: (input.height + stride - 1) / stride, width: (input.width + stride - 1) / stride,
      channels: input.channels)
    top = max(0, (output.height - 1) * stride + kernel - input.height) / 2
    left = max(0, (output.width - 1) * stride + kernel - input.width) / 2
  }

  package var weightCount: Int { kernel * kernel * input.channels }
}

/// Convolves each channel of `input` with its own weights (Sifre 2014, section 6.2).
package func convolveDepthwise(
  _ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor, geometry: DepthwiseGeometry,
  on execution: Execution
) {
  precondition(
    input.shape == geometry.input && output.shape == geometry.output && input.images == output.images,
    "the tensors do not have the convolution's shapes")
  let (from, to) = (geometry.input, geometry.output)
  let extents = DepthwiseExtents(
    input: from, kernel: geometry.kernel, stride: geometry.stride,
    padding: Padding(top: geometry.top, left: geometry.left), output: Size(height: to.height, width: to.width))
  execution.pool.run(chunks: input.images) { image, _ in
    execution.floats.depthwiseConvolve(
      input.base + image * from.count, by: weights, extents, into: output.base + image * to.count)
  }
}
