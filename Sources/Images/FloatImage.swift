/// An image of 32-bit floats of any range, HWC. Clean-FID resizes such images, so that nothing is rounded.
package struct FloatImage: Equatable, Sendable {
  package let width: Int
  package let height: Int
  package let channels: Int
  /// `height * width * channels` samples.
  package var values: [Float]

  package init(width: Int, height: Int, channels: Int, values: [Float]) {
    precondition(width > 0 && height > 0 && channels > 0, "an image has at least one sample")
    precondition(values.count == width * height * channels, "the samples do not fill the image")
    self.width = width
    self.height = height
    self.channels = channels
    self.values = values
  }

  /// The same samples, 0 to 255.
  package init(_ image: Image) {
    self.init(
      width: image.width, height: image.height, channels: image.channels, values: image.pixels.map { Float($0) })
  }
}
