import Images
import Kernels

/// Images of one shape that were loaded together: in memory as bytes, or decoded on every request.
enum SampleBlock: Sendable {
  /// Image after image in HWC order.
  case memory([UInt8])
  case stream(SampleStream)
}

/// Images that are decoded from their files each time, with the same result as when they were loaded.
struct SampleStream: Sendable {
  let reader: any ImageReader
  /// For each image of the block, its entry in the reader's listing.
  let entries: [Int]
  let fit: SampleFit
  /// The data set, for errors.
  let path: String
  /// Whether an augmentation that crops originals finds more there than in the samples.
  let hasLargerOriginals: Bool

  /// The image as a sample. Throws what the reader throws, or `DataError.damaged` if it has changed.
  func sample(_ index: Int) throws -> Image {
    guard let image = fit.fitted(try source(index)) else { throw changed }
    return image
  }

  /// The image in its own size, in the samples' channels.
  func original(_ index: Int) throws -> Image {
    fit.inChannels(try source(index))
  }

  private func source(_ index: Int) throws -> Image {
    try reader.image(at: entries[index], leastSide: fit.leastSide).image
  }

  private var changed: DataError { .damaged(path, "the size of an image in it changed while it was read") }
}

/// How an image becomes a sample of one shape.
struct SampleFit: Sendable {
  let shape: Shape
  let options: LoadOptions

  /// The shorter side that a decoded JPEG must keep; nil if all pixels are decoded.
  var leastSide: Int? {
    guard options.decoding == .fast, let mode = options.resize else { return nil }
    return options.input.map(mode.shortSide)
  }

  /// The image in the samples' channels.
  func inChannels(_ image: Image) -> Image { shape.channels == 1 ? image.luminance() : image.asRGB() }

  /// Whether the image has the samples' size, and is not resized.
  func keeps(_ image: Image) -> Bool {
    !options.cutsAll && image.width == shape.width && image.height == shape.height
  }

  /// The image in the samples' channels and size; nil if its size is another one and nothing may be resized.
  func fitted(_ image: Image) -> Image? {
    let image = inChannels(image)
    if keeps(image) { return image }
    guard options.input != nil, let mode = options.resize else { return nil }
    return image.resized(toSquare: shape.width, mode: mode, filter: options.filter)
  }
}
