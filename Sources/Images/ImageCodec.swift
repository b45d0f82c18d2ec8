/// A file format that `ImageDecoder` reads and that `PNG` and `JPEG` write.
package enum ImageCodec: String, Sendable, Codable {
  case png, jpeg

  /// The codec whose signature the bytes start with, or which they are a prefix of; nil for everything else and for no
  /// bytes. Sources: PNG (third edition) 5.2; ITU-T T.81 B.2.1.
  package static func detect(_ bytes: some Collection<UInt8>) -> ImageCodec? {
    if bytes.isEmpty { return nil }
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF]
    // Four bytes are enough; the other four detect damage by a transfer in text mode.
    if bytes.starts(with: png.prefix(4)) || png.starts(with: bytes) { return .png }
    if bytes.starts(with: jpeg) || jpeg.starts(with: bytes) { return .jpeg }
    return nil
  }

  /// The codec that the extension of `path` claims, nil for an extension of neither.
  package static func claimed(byExtensionOf path: String) -> ImageCodec? {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    switch String(name[name.index(after: dot)...])?.lowercased() {
    case "png", "apng": return .png
    case "jpg", "jpeg", "jpe", "jfif", "jif": return .jpeg
    default: return nil
    }
  }

  /// The name as in a sentence.
  package var displayName: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    }
  }
}
