internal import CPNG

/// PNG files through libpng: 1 to 16 bits, grey, palette and RGB, with and without alpha, interlaced or not.
package enum PNG {
  /// The version of the libpng in use, such as "1.6.39".
  package static var version: String { String(cString: cas_png_version()) }

  /// Encodes to 8-bit grey or RGB, not interlaced; the same image gives the same bytes under the same zlib.
  /// Throws `ImageError.cannotEncode`.
  package static func encode(_ image: Image) throws(ImageError) -> [UInt8] {
    guard let width = UInt32(exactly: image.width), let height = UInt32(exactly: image.height) else {
      throw .cannotEncode(codec: .png, width: image.width, height: image.height, detail: .longSide)
    }
    var report = cas_png_report()
    var encoded: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = cas_png_write(image.pixels, width, height, Int32(image.channels), &encoded, &count, &report)
    defer { cas_png_free(encoded) }
    guard status == CAS_PNG_OK else {
      throw .cannotEncode(codec: .png, width: image.width, height: image.height, detail: .library(message(report)))
    }
    return [UInt8](UnsafeBufferPointer(start: encoded, count: count))
  }

  /// Decodes a file whose header was read. Returns the image and whether alpha of non-opaque pixels was dropped.
  static func decode(
    _ bytes: [UInt8], header: Header, path: String
  ) throws(ImageError) -> (image: Image, droppedAlpha: Bool) {
    let capacity = header.pixelCount * header.channels
    var report = cas_png_report()
    var status = CAS_PNG_OK
    let pixels = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
      status = cas_png_read(bytes, bytes.count, buffer.baseAddress, capacity, &report)
      filled = status == CAS_PNG_OK ? capacity : 0
    }
    switch status {
    case CAS_PNG_OK: break
    case CAS_PNG_TRUNCATED: throw .truncated(path: path, codec: .png)
    case CAS_PNG_MEMORY: throw .outOfMemory(path: path)
    default: throw .damaged(path: path, codec: .png, detail: .library(message(report)))
    }
    let image = Image(width: header.width, height: header.height, channels: header.channels, pixels: pixels)
    return (image, report.translucent != 0)
  }

  private static func message(_ report: cas_png_report) -> String {
    withUnsafeBytes(of: report.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

extension PNG {
  /// The fields of IHDR that determine the memory of a decoded file.
  struct Header {
    let width: Int
    let height: Int
    let bitDepth: Int
    /// After decoding: 1 for grey with or without alpha, otherwise 3.
    let channels: Int
    let pixelCount: Int

    /// DEFLATE's maximum: one byte becomes 1,032 (258 bytes from a length and a distance of one bit each, RFC 1951).
    private static let greatestExpansion = 1032

    /// Reads and checks IHDR before anything is allocated. Throws `truncated`, `damaged` or `tooLarge`.
    init(_ bytes: [UInt8], path: String, pixelLimit: Int) throws(ImageError) {
      guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A].prefix(bytes.count)) else {
        throw .damaged(path: path, codec: .png, detail: .changedSignature)
      }
      guard bytes.count >= 33 else { throw .truncated(path: path, codec: .png) }
      guard bytes.bigEndian32(at: 8) == 13, bytes[12..<16].elementsEqual("IHDR".utf8) else {
        throw .damaged(path: path, codec: .png, detail: .noHeader)
      }
      width = bytes.bigEndian32(at: 16)
      height = bytes.bigEndian32(at: 20)
      bitDepth = Int(bytes[24])
      guard width > 0, height > 0 else {
        throw .damaged(path: path, codec: .png, detail: .header(width: width, height: height))
      }
      let samples: Int
      switch (bytes[25], bitDepth) {
      case (0, 1), (0, 2), (0, 4), (0, 8), (0, 16): (channels, samples) = (1, 1)
      case (2, 8), (2, 16): (channels, samples) = (3, 3)
      case (3, 1), (3, 2), (3, 4), (3, 8): (channels, samples) = (3, 1)
      case (4, 8), (4, 16): (channels, samples) = (1, 2)
      case (6, 8), (6, 16): (channels, samples) = (3, 4)
      default:
        throw .damaged(
          path: path, codec: .png, detail: .noSuchPixels(colourType: bytes[25], bits: bitDepth))
      }
      pixelCount = try ImageDecoder.pixelCount(width: width, height: height, path: path, limit: pixelLimit)
      let (bits, overflow) = pixelCount.multipliedReportingOverflow(by: samples * bitDepth)
      guard !overflow, bits / 8 <= bytes.count * Self.greatestExpansion else {
        throw .damaged(
          path: path, codec: .png,
          detail: .moreThanItsBytes(width: width, height: height, bytes: bytes.count))
      }
    }
  }
}

extension [UInt8] {
  /// The big-endian number in the four bytes from `index`, which must exist.
  func bigEndian32(at index: Int) -> Int {
    self[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
