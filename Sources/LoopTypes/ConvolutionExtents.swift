/// Which values of an image make the rows of its patch matrix (im2col): row p holds the values under the kernel at output
/// position p, so that a convolution is this matrix times the weights.
package struct Im2colExtents: Hashable, Sendable {
  package let image: Shape
  package let kernel: Size
  package let stride: Int
  package let padding: Padding
  /// The output positions.
  package let output: Size

  package init(image: Shape, kernel: Size, stride: Int, padding: Padding, output: Size) {
    self.image = image
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.output = output
  }

  /// The columns of the patch matrix.
  package var depth: Int { kernel.height * kernel.width * image.channels }
  /// The rows of the patch matrix of one image.
  package var pixels: Int { output.height * output.width }
}

/// An image with zeros around it.
package struct PaddedImage: Hashable, Sendable {
  /// The image without them.
  package let shape: Shape
  package let top: Int
  package let left: Int
  /// Rows and columns of the whole.
  package let height: Int
  package let width: Int

  package init(shape: Shape, top: Int, left: Int, height: Int, width: Int) {
    self.shape = shape
    self.top = top
    self.left = left
    self.height = height
    self.width = width
  }

  /// The image as it is.
  package init(_ shape: Shape) { self.init(shape: shape, top: 0, left: 0, height: shape.height, width: shape.width) }

  package var count: Int { height * width * shape.channels }
  package var rowPitch: Int { width * shape.channels }
  /// The extent with the zeros.
  package var padded: Shape { Shape(height: height, width: width, channels: shape.channels) }
  package var isPlain: Bool { top == 0 && left == 0 && height == shape.height && width == shape.width }
}

/// The extents of a direct convolution of one padded image.
package struct DirectExtents: Hashable, Sendable {
  /// The output; its channels are a multiple of 16.
  package let output: Shape
  package let kernel: Size
  package let stride: Int
  package let inputChannels: Int
  /// Floats from one row of the padded image to the next.
  package let rowPitch: Int

  package init(output: Shape, kernel: Size, stride: Int, inputChannels: Int, rowPitch: Int) {
    self.output = output
    self.kernel = kernel
    self.stride = stride
    self.inputChannels = inputChannels
    self.rowPitch = rowPitch
  }
}

/// The extents of a depthwise convolution of one image.
package struct DepthwiseExtents: Hashable, Sendable {
  package let input: Shape
  /// Rows and columns of the square kernel.
  package let kernel: Int
  package let stride: Int
  package let padding: Padding
  package let output: Size

  package init(input: Shape, kernel: Int, stride: Int, padding: Padding, output: Size) {
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.output = output
  }
}
