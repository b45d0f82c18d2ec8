/// A picture of 8-bit samples, grey (one channel) or RGB (three), rows from the top, height by width by channel.
package struct Image: Equatable, Sendable {
  package let width: Int
  package let height: Int
  package let channels: Int
  /// `height * width * channels` samples.
  package var pixels: [UInt8]

  package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(channels == 1 || channels == 3, "an image has one channel or three")
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    precondition(pixels.count == width * height * channels, "the samples do not fill the image")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }
}
