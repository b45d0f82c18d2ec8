import Images
import Reports

/// A PNG encoder that does not compress, so that pages with pictures are the same bytes whatever library is installed.
enum StoredPNG {
  static func picture(_ image: Image) -> EncodedPicture { EncodedPicture(type: "image/png", bytes: encode(image)) }

  static func encode(_ image: Image) -> [UInt8] {
    let stride = image.width * image.channels
    let rows = (0..<image.height).flatMap { [0] + image.pixels[$0 * stride..<($0 + 1) * stride] }
    let header = bigEndian(image.width) + bigEndian(image.height) + [8, image.channels == 1 ? 0 : 2, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", stored(rows))
      + chunk("IEND", [])
  }

  /// A zlib stream of stored blocks (RFC 1950, RFC 1951).
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: bytes.count, by: 65535) {
      let block = bytes[start..<min(start + 65535, bytes.count)]
      let length = UInt16(block.count)
      stream.append(start + 65535 >= bytes.count ? 1 : 0)
      for value in [length, ~length] { stream += [UInt8(value & 0xFF), UInt8(value >> 8)] }
      stream += block
    }
    var (a, b) = (1, 0)
    for byte in bytes {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    return stream + bigEndian(b << 16 | a)
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    var remainder: UInt32 = ~0
    for byte in body {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return bigEndian(content.count) + body + bigEndian(Int(~remainder))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) } }
}
