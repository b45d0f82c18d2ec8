/// A decoded image, with notes about its file.
package struct DecodedImage: Sendable, Equatable {
  /// Upright, 8 bits, grey (1 channel) or RGB (3).
  package let image: Image
  package let codec: ImageCodec
  /// The file had an alpha channel or transparent colours, some pixel was not opaque, and its alpha was dropped.
  package let droppedAlpha: Bool
  /// Bits of a sample in the file: 1 to 16 for PNG (of an index, for a palette), 8 for JPEG.
  package let bitDepth: Int
  /// The path has the extension of the other codec.
  package let mislabelled: Bool
}

/// Decodes PNG and JPEG files, told apart by their content, as Pillow's `exif_transpose` and `convert` do. Grey files
/// give one channel; all others, palettes included, give RGB.
package enum ImageDecoder {
  /// The maximum number of pixels in a header: Pillow's limit for a decompression bomb.
  package static let pixelLimit = 2 * 89_478_485
  /// The longest side that is read, libpng's own default: the weights of a resampling grow with it.
  package static let sideLimit = 1_000_000

  /// Decodes the bytes of one file; `path` is only used for errors and `mislabelled`. Throws `ImageError`.
  ///
  /// - Parameter leastSide: the length that the shorter side must keep, if a smaller image is enough: a JPEG is then
  ///   decoded at 1/2, 1/4 or 1/8 of its size, which is faster and gives other pixels.
  package static func decode(
    _ bytes: [UInt8], path: String, pixelLimit: Int = pixelLimit, leastSide: Int? = nil
  ) throws(ImageError) -> DecodedImage {
    guard !bytes.isEmpty else { throw .empty(path: path) }
    guard let codec = ImageCodec.detect(bytes) else {
      throw .unknownFormat(path: path, looksLike: ForeignFormat.name(of: bytes))
    }
    let stored: Image
    var droppedAlpha = false
    var bitDepth = 8
    var orientation = Orientation.upright
    switch codec {
    case .png:
      let header = try PNG.Header(bytes, path: path, pixelLimit: pixelLimit)
      (stored, droppedAlpha) = try PNG.decode(bytes, header: header, path: path)
      bitDepth = header.bitDepth
      orientation = Orientation(png: bytes)
    case .jpeg:
      stored = try JPEG.decode(bytes, path: path, pixelLimit: pixelLimit, leastSide: leastSide)
      orientation = Orientation(jpeg: bytes)
    }
    let claimed = ImageCodec.claimed(byExtensionOf: path)
    return DecodedImage(
      image: stored.turned(orientation), codec: codec, droppedAlpha: droppedAlpha, bitDepth: bitDepth,
      mislabelled: claimed != nil && claimed != codec)
  }

  /// Reads and decodes one file. Throws `ImageError`.
  package static func decode(
    contentsOf path: String, pixelLimit: Int = pixelLimit
  ) throws(ImageError) -> DecodedImage {
    try decode(ImageFile.bytes(at: path), path: path, pixelLimit: pixelLimit)
  }

  /// `width * height`, if that and the sides are within the limits; throws `tooLarge` or `sideTooLong` if not.
  static func pixelCount(
    width: Int, height: Int, path: String, limit: Int
  ) throws(ImageError) -> Int {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, count <= limit else {
      throw .tooLarge(path: path, width: width, height: height, limit: limit)
    }
    guard max(width, height) <= sideLimit else {
      throw .sideTooLong(path: path, width: width, height: height, limit: sideLimit)
    }
    return count
  }
}
