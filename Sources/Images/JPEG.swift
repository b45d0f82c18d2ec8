internal import CJPEG

/// JPEG files through libjpeg-turbo: baseline and progressive, grey, YCbCr, RGB, CMYK and YCCK.
package enum JPEG {
  /// The version of the libjpeg-turbo in use, such as "2.1.5".
  package static var version: String {
    let number = cas_jpeg_version()
    return "\(number / 1_000_000).\(number / 1000 % 1000).\(number % 1000)"
  }

  /// The longest side that the library accepts.
  package static let longestSide = 65_500

  /// Encodes grey as grey and RGB as YCbCr 4:2:0; `quality` from 1 to 100 on libjpeg's scale, clamped. Deterministic.
  /// Throws `ImageError.cannotEncode`.
  package static func encode(_ image: Image, quality: Int = 90) throws(ImageError) -> [UInt8] {
    guard max(image.width, image.height) <= longestSide else {
      throw .cannotEncode(
        codec: .jpeg, width: image.width, height: image.height, detail: .sideAbove(longestSide))
    }
    var size = cas_jpeg_report()
    size.width = UInt32(image.width)
    size.height = UInt32(image.height)
    size.channels = Int32(image.channels)
    var report = cas_jpeg_report()
    var encoded: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = cas_jpeg_write(
      image.pixels, &size, Int32(max(1, min(100, quality))), &encoded, &count, &report)
    guard status == CAS_JPEG_OK else {
      throw .cannotEncode(codec: .jpeg, width: image.width, height: image.height, detail: .library(message(report)))
    }
    defer { cas_jpeg_free(encoded) }
    return [UInt8](UnsafeBufferPointer(start: encoded, count: count))
  }

  /// Decodes as stored, without the EXIF orientation. Throws `ImageError`.
  ///
  /// - Parameter leastSide: decodes at the smallest of 1/2, 1/4 and 1/8 of the size at which no side is shorter, as
  ///   Pillow's `draft` does; nil decodes all pixels.
  static func decode(
    _ bytes: [UInt8], path: String, pixelLimit: Int, leastSide: Int? = nil
  ) throws(ImageError) -> Image {
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(ImageError) in
        try decode(buffer, path: path, pixelLimit: pixelLimit, leastSide: leastSide)
      }
    }
    return try result.get()
  }

  private static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, path: String, pixelLimit: Int, leastSide: Int?
  ) throws(ImageError) -> Image {
    var report = cas_jpeg_report()
    var status = CAS_JPEG_OK
    guard let reader = cas_jpeg_open(bytes.baseAddress, bytes.count, &status, &report) else {
      throw failure(status, report, path)
    }
    defer { cas_jpeg_close(reader) }
    let channels = Int(report.channels)
    var (width, height) = (Int(report.width), Int(report.height))
    var count = try ImageDecoder.pixelCount(width: width, height: height, path: path, limit: pixelLimit)
    // Each block of each component has a Huffman code for its mean, of one bit at least (ITU-T T.81 F.1.2.1).
    guard report.arithmetic != 0 || report.blocks / 8 <= UInt64(bytes.count) else {
      throw .damaged(
        path: path, codec: .jpeg,
        detail: .moreThanItsBytes(width: width, height: height, bytes: bytes.count))
    }
    if let leastSide, let shrink = [8, 4, 2].first(where: { min(width, height) / $0 >= leastSide }) {
      status = cas_jpeg_shrink(reader, UInt32(shrink), &report)
      guard status == CAS_JPEG_OK else { throw failure(status, report, path) }
      (width, height) = (Int(report.width), Int(report.height))
      count = width * height
    }
    let capacity = count * channels
    let pixels = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
      status = cas_jpeg_read(reader, buffer.baseAddress, &report)
      filled = status == CAS_JPEG_OK ? capacity : 0
    }
    guard status == CAS_JPEG_OK else { throw failure(status, report, path) }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }

  private static func failure(_ status: cas_jpeg_status, _ report: cas_jpeg_report, _ path: String) -> ImageError {
    switch status {
    case CAS_JPEG_TRUNCATED: .truncated(path: path, codec: .jpeg)
    case CAS_JPEG_UNSUPPORTED: .unsupported(path: path, codec: .jpeg, detail: .library(message(report)))
    case CAS_JPEG_MEMORY: .outOfMemory(path: path)
    default: .damaged(path: path, codec: .jpeg, detail: .library(message(report)))
    }
  }

  private static func message(_ report: cas_jpeg_report) -> String {
    withUnsafeBytes(of: report.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
