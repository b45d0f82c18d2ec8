/// The extent of one image or feature map: height, width and channels, in that order in memory.
package struct Shape: Hashable, Sendable, Codable, CustomStringConvertible {
  package var height: Int
  package var width: Int
  package var channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The number of positions, height times width.
  package var pixels: Int { height * width }
  /// The number of values, height times width times channels.
  package var count: Int { height * width * channels }
  package var description: String { "\(height)x\(width)x\(channels)" }
}

/// A shaped view of part of an arena: `images` feature maps of one shape, NHWC, 32-bit floats, contiguous.
///
/// What you give up by using it: it does not own its memory, so it must not outlive the arena it looks into,
/// and nothing stops two threads from writing to the same place. The plan hands out views that do not overlap.
package struct Tensor: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let images: Int
  package let shape: Shape

  package init(base: UnsafeMutablePointer<Float>, images: Int, shape: Shape) {
    self.base = base
    self.images = images
    self.shape = shape
  }

  /// The number of values in all images.
  package var count: Int { images * shape.count }
  /// The number of positions in all images: the rows of the matrix whose columns are the channels.
  package var rows: Int { images * shape.pixels }

  /// The images of `range`, without a copy.
  package subscript(range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= images, "the range of images lies outside of the tensor")
    return Tensor(base: base + range.lowerBound * shape.count, images: range.count, shape: shape)
  }

  package var values: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }
}
