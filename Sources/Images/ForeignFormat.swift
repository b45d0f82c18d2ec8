/// Names the format of a file that is neither PNG nor JPEG, so that its error can name the remedy.
enum ForeignFormat {
  private static let signatures: [(offset: Int, bytes: [UInt8], name: String)] = [
    (0, Array("GIF8".utf8), "a GIF"),
    (8, Array("WEBP".utf8), "a WebP"),
    (0, Array("BM".utf8), "a BMP"),
    (0, [0x49, 0x49, 0x2A, 0x00], "a TIFF"),
    (0, [0x4D, 0x4D, 0x00, 0x2A], "a TIFF"),
    (4, Array("ftypavi".utf8), "an AVIF"),
    (4, Array("ftyp".utf8), "a HEIC or a video"),
    (0, [0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20], "a JPEG 2000"),
    (0, [0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000"),
    (0, [0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL"),
    (0, [0xFF, 0x0A], "a JPEG XL"),
    (0, [0x00, 0x00, 0x01, 0x00], "an icon"),
    (0, Array("8BPS".utf8), "a Photoshop file"),
    (0, Array("qoif".utf8), "a QOI"),
    (0, [0x93] + Array("NUMPY".utf8), "a NumPy array"),
    (0, [0x89] + Array("HDF".utf8), "an HDF5 file"),
    (0, Array("PK".utf8) + [3, 4], "a zip archive"),
    (0, [0x1F, 0x8B], "a gzip file"),
    (0, Array("%PDF".utf8), "a PDF"),
    (0, Array("version https://git-lfs".utf8), "a Git LFS pointer, not the picture itself (git lfs pull fetches it)"),
  ]

  private static let texts: [(beginning: String, name: String)] = [
    ("<!doctype html", "an HTML page"), ("<html", "an HTML page"), ("<svg", "an SVG drawing"), ("<?xml", "an XML file"),
    ("{", "a JSON text"),
  ]

  /// What the bytes look like, with its article, as in "a WebP"; never empty.
  static func name(of bytes: [UInt8]) -> String {
    for (offset, signature, name) in signatures where bytes.dropFirst(offset).starts(with: signature) { return name }
    if bytes.count > 2, bytes[0] == UInt8(ascii: "P"), (0x31...0x37).contains(bytes[1]), bytes[2] <= 0x20 {
      return "a PNM"
    }
    let beginning = bytes.prefix(512)
    let text = beginning.drop { $0 <= 0x20 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    for (start, name) in texts where text.starts(with: start.utf8) { return name }
    if beginning.allSatisfy({ $0 == 0 }) { return "zero bytes only" }
    if beginning.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) { return "a text" }
    let first = bytes.prefix(4).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    return "an unknown format that begins with the bytes " + first.joined(separator: " ")
  }
}
