package import Images

/// How decoded images become samples of one shape.
package struct LoadOptions: Sendable, Equatable {
  /// The size at which JPEGs are decoded that will be shrunk.
  package enum Decoding: String, Sendable, Codable, CaseIterable {
    /// All pixels.
    case exact
    /// The smallest of 1, 1/2, 1/4 and 1/8 of its size that is not below the input's: faster, with other pixels.
    case fast
  }

  /// Where samples are kept. It changes no result.
  package enum Storage: Sendable, Equatable {
    case memory
    /// Decoded whenever they are needed.
    case stream
    /// In memory if all of them take no more than so many bytes.
    case memoryUpTo(Int)
  }

  /// One or three; nil detects it: one if every image is grey (or has R = G = B), otherwise three.
  package var channels: Int?
  /// The side of the square that every image must have or is resized to; nil takes the images' own size.
  package var input: Int?
  /// How images of another size are resized to `input`; nil makes another size an error.
  package var resize: ResizeMode?
  package var filter: ResampleFilter
  package var decoding = Decoding.exact
  package var storage = Storage.memory
  /// Whether an augmentation needs images before resizing. They are then streamed if any was resized.
  package var keepsOriginals = false

  /// Whether images that have the right size lose their margin, too.
  var cutsAll: Bool { input != nil && resize == .cropInner }

  package init(
    channels: Int? = nil, input: Int? = nil, resize: ResizeMode? = nil, filter: ResampleFilter = .bicubic
  ) {
    precondition(channels == nil || channels == 1 || channels == 3, "samples have one channel or three")
    precondition(input.map { $0 > 0 } ?? true, "the side of the input must be positive")
    self.channels = channels
    self.input = input
    self.resize = resize
    self.filter = filter
  }
}
