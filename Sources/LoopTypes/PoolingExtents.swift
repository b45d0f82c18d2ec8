/// The windows of a pooling of one image.
package struct PoolingExtents: Hashable, Sendable {
  package let input: Shape
  /// Rows and columns of the square window.
  package let kernel: Int
  package let stride: Int
  /// Rows and columns outside of the image, on all sides.
  package let padding: Int
  package let output: Size

  package init(input: Shape, kernel: Int, stride: Int, padding: Int, output: Size) {
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.output = output
  }
}
