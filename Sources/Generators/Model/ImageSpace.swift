/// The finite set of images that a model with exact likelihood gives probabilities to: every pixel has one of `levels`
/// levels in each channel.
///
/// Bytes become levels by equal portions of 0...255; with 256 levels they are the levels. Likelihoods of spaces with
/// different numbers of levels are about different things, and are never compared.
package struct ImageSpace: Codable, Sendable, Equatable {
  package let height: Int
  package let width: Int
  /// One (grey) or three (RGB).
  package let channels: Int
  /// 2...256.
  package let levels: Int

  package init(height: Int, width: Int, channels: Int, levels: Int = 256) {
    precondition(height > 0 && width > 0, "an image has pixels")
    precondition(channels == 1 || channels == 3, "an image has one channel or three")
    precondition((2...256).contains(levels), "a space has 2 to 256 levels")
    (self.height, self.width, self.channels, self.levels) = (height, width, channels, levels)
  }

  /// The numbers of an image, D: height x width x channels.
  package var dimensions: Int { height * width * channels }

  /// Such as 28x28x1, 256 levels.
  package var text: String { "\(height)x\(width)x\(channels), \(levels) levels" }
}

extension ImageSpace {
  /// The level of a byte: 0...255 in `levels` equal portions.
  package func level(ofByte byte: UInt8) -> UInt8 { UInt8((Int(byte) * levels) >> 8) }

  /// The byte that shows a level: levels spread over 0...255, rounded up, so that its level is the same again.
  package func byte(ofLevel level: UInt8) -> UInt8 { UInt8((Int(level) * 255 + levels - 2) / (levels - 1)) }

  /// Bits per dimension, −ll / (D ln 2), from the log-likelihood of an image in nats.
  package func bitsPerDimension(nats: Double) -> Double { -nats / (Double(dimensions) * 0.693_147_180_559_945_3) }
}
