package import Images

/// How decoded images become samples of one shape.
package struct LoadOptions: Sendable, Equatable {
  /// One or three; nil finds out: one where every image is grey (or has R = G = B), else three.
  package var channels: Int?
  /// The side of the square that every image must have or is resized to; nil takes the images' own size.
  package var input: Int?
  /// How images of another size are made to fit `input`; nil makes another size an error.
  package var resize: ResizeMode?
  package var filter: ResampleFilter

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
