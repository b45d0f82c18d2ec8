internal import LoopTypes

/// What a convolution of one image computes: cross-correlation of an NHWC image, padded with zeros on all sides,
/// with `outputChannels` kernels. Weights are laid out [kernelHeight][kernelWidth][inputChannels][outputChannels].
package struct ConvolutionGeometry: Hashable, Sendable {
  package let input: Shape
  package let outputChannels: Int
  package let kernelHeight: Int
  package let kernelWidth: Int
  package let stride: Int
  package let padding: Int

  package init(
    input: Shape, outputChannels: Int, kernelHeight: Int, kernelWidth: Int, stride: Int = 1, padding: Int = 0
  ) {
    precondition(
      input.height > 0 && input.width > 0 && input.channels > 0 && outputChannels > 0,
      "a convolution needs a non-empty image and at least one output channel")
    precondition(
      kernelHeight > 0 && kernelWidth > 0 && stride > 0 && padding >= 0, "kernel and stride are at least 1, padding 0")
    precondition(
      input.height + 2 * padding >= kernelHeight && input.width + 2 * padding >= kernelWidth,
      "the kernel is larger than the padded image")
    self.input = input
    self.outputChannels = outputChannels
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.stride = stride
    self.padding = padding
  }
}

extension ConvolutionGeometry {
  /// The number of positions of a window of `kernel` values on `extent` values with `padding` more on both sides;
  /// zero or less when the window does not fit.
  package static func positions(extent: Int, kernel: Int, stride: Int, padding: Int) -> Int {
    extent + 2 * padding < kernel ? 0 : (extent + 2 * padding - kernel) / stride + 1
  }

  package var output: Shape {
    Shape(
      height: Self.positions(extent: input.height, kernel: kernelHeight, stride: stride, padding: padding),
      width: Self.positions(extent: input.width, kernel: kernelWidth, stride: stride, padding: padding),
      channels: outputChannels)
  }

  /// The number of weights that one output value depends on: kernelHeight x kernelWidth x inputChannels.
  package var k: Int { kernelHeight * kernelWidth * input.channels }
  package var weightCount: Int { k * outputChannels }
  /// The number of multiply-adds of one image, those with the padding's zeros counted too.
  package var multiplyAdds: Int { output.pixels * weightCount }
}

extension Im2colExtents {
  /// Whether the patch matrix is the image itself.
  var isIdentity: Bool {
    kernel == Size(height: 1, width: 1) && stride == 1 && padding == Padding(top: 0, left: 0)
  }

  /// Writes the same rows of the patch matrices of consecutive images.
  func im2col(
    _ first: UnsafePointer<Float>, images: Int, rows: Range<Int>, into patches: UnsafeMutablePointer<Float>,
    _ floats: any FloatLoops.Type
  ) {
    for index in 0..<images {
      floats.im2col(first + index * image.count, self, rows: rows, into: patches + index * rows.count * depth)
    }
  }

  /// Adds the same rows of the patch matrices of consecutive images to these.
  func col2im(
    _ patches: UnsafePointer<Float>, images: Int, rows: Range<Int>, into first: UnsafeMutablePointer<Float>,
    _ floats: any FloatLoops.Type
  ) {
    for index in 0..<images {
      floats.col2im(patches + index * rows.count * depth, self, rows: rows, accumulating: first + index * image.count)
    }
  }
}

extension ConvolutionGeometry {
  var kernel: Size { Size(height: kernelHeight, width: kernelWidth) }

  /// The patches of the input.
  var im2col: Im2colExtents {
    Im2colExtents(
      image: input, kernel: kernel, stride: stride, padding: Padding(top: padding, left: padding),
      output: Size(height: output.height, width: output.width))
  }

  /// The patches of the output's gradient whose product with the flipped and transposed kernel is the input's
  /// gradient; only for stride 1.
  var adjointIm2col: Im2colExtents {
    Im2colExtents(
      image: output, kernel: kernel, stride: 1,
      padding: Padding(top: kernelHeight - 1 - padding, left: kernelWidth - 1 - padding),
      output: Size(height: input.height, width: input.width))
  }
}
