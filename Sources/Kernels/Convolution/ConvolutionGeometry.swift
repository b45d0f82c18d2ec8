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

/// Which values of an image make the rows of its patch matrix; what `gatherPatches` needs to know. Row p holds the
/// values under the kernel at output position p, so that a convolution is this matrix times the weights.
struct PatchGeometry {
  let image: Shape
  let kernelHeight: Int
  let kernelWidth: Int
  let stride: Int
  let paddingTop: Int
  let paddingLeft: Int
  let outputHeight: Int
  let outputWidth: Int

  /// The columns of the patch matrix.
  var depth: Int { kernelHeight * kernelWidth * image.channels }
  /// The rows of the patch matrix of one image.
  var pixels: Int { outputHeight * outputWidth }
  /// Whether the patch matrix is the image itself.
  var isIdentity: Bool {
    kernelHeight == 1 && kernelWidth == 1 && stride == 1 && paddingTop == 0 && paddingLeft == 0
  }

  /// Writes the same rows of the patch matrices of consecutive images.
  func gather(
    _ first: UnsafePointer<Float>, images: Int, rows: Range<Int>, into patches: UnsafeMutablePointer<Float>,
    _ table: KernelTable
  ) {
    for index in 0..<images {
      table.gatherPatches(
        first + index * image.count, image.height, image.width, image.channels, kernelHeight, kernelWidth, stride,
        paddingTop, paddingLeft, outputWidth, rows.lowerBound, rows.upperBound, patches + index * rows.count * depth)
    }
  }

  /// Adds the same rows of the patch matrices of consecutive images to these.
  func scatter(
    _ patches: UnsafePointer<Float>, images: Int, rows: Range<Int>, into first: UnsafeMutablePointer<Float>,
    _ table: KernelTable
  ) {
    for index in 0..<images {
      table.scatterPatches(
        patches + index * rows.count * depth, image.height, image.width, image.channels, kernelHeight, kernelWidth,
        stride, paddingTop, paddingLeft, outputWidth, rows.lowerBound, rows.upperBound, first + index * image.count)
    }
  }
}

extension ConvolutionGeometry {
  /// The patches of the input.
  var patches: PatchGeometry {
    PatchGeometry(
      image: input, kernelHeight: kernelHeight, kernelWidth: kernelWidth, stride: stride, paddingTop: padding,
      paddingLeft: padding, outputHeight: output.height, outputWidth: output.width)
  }

  /// The patches of the output's gradient whose product with the flipped and transposed kernel is the input's
  /// gradient; only for stride 1.
  var adjointPatches: PatchGeometry {
    PatchGeometry(
      image: output, kernelHeight: kernelHeight, kernelWidth: kernelWidth, stride: 1,
      paddingTop: kernelHeight - 1 - padding, paddingLeft: kernelWidth - 1 - padding, outputHeight: input.height,
      outputWidth: input.width)
  }
}
