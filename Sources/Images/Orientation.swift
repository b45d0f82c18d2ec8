/// The transformation that makes a stored image upright: the EXIF tag 0x0112 and its eight values (CIPA DC-008, 4.6.4).
package enum Orientation: Int, CaseIterable, Sendable {
  case upright = 1
  case mirrored, upsideDown, flipped, transposed, turnLeftwards, transverse, turnRightwards

  /// The orientation that a JPEG's EXIF, or failing that its XMP, states before the first scan; upright if neither does.
  package init(jpeg bytes: [UInt8]) {
    var exif: [UInt8] = []
    var xmp: ArraySlice<UInt8> = []
    let name = "http://ns.adobe.com/xap/1.0/\0".utf8
    for (marker, segment) in JPEGSegments(bytes) where marker == 0xE1 {
      if segment.starts(with: "Exif\0\0".utf8) { exif += segment.dropFirst(6) }
      if segment.starts(with: name) { xmp = segment.dropFirst(name.count) }
    }
    self = Self.exif(exif) ?? Self.xmp(xmp) ?? .upright
  }

  /// The orientation that a PNG's eXIf chunk, or failing that its uncompressed XMP text, states; upright if neither does.
  package init(png bytes: [UInt8]) {
    var exif: ArraySlice<UInt8> = []
    var xmp: ArraySlice<UInt8> = []
    var at = 8
    while at + 12 <= bytes.count {
      let end = at + 12 + bytes.bigEndian32(at: at)
      guard end <= bytes.count else { break }
      let data = bytes[at + 8..<end - 4]
      if bytes[at + 4..<at + 8].elementsEqual("eXIf".utf8) { exif = data }
      if bytes[at + 4..<at + 8].elementsEqual("iTXt".utf8) {
        let name = "XML:com.adobe.xmp\0\0".utf8
        if data.starts(with: name) { xmp = data.dropFirst(name.count) }
      }
      at = end
    }
    if exif.starts(with: "Exif\0\0".utf8) { exif = exif.dropFirst(6) }
    self = Self.exif(Array(exif)) ?? Self.xmp(xmp) ?? .upright
  }

  /// Tag 0x0112 of the first directory of a TIFF structure; nil if it is absent or the structure is invalid. Values
  /// outside 1 to 8 mean upright.
  private static func exif(_ tiff: [UInt8]) -> Orientation? {
    guard tiff.count >= 8 else { return nil }
    let little = tiff[0] == 0x49
    guard tiff[0] == tiff[1], little || tiff[0] == 0x4D else { return nil }
    func number(at index: Int, bytes count: Int) -> Int? {
      guard index >= 0, index <= tiff.count - count else { return nil }
      let field = tiff[index..<index + count]
      return little ? field.reversed().reduce(0) { $0 << 8 | Int($1) } : field.reduce(0) { $0 << 8 | Int($1) }
    }
    guard tiff[2] &+ tiff[3] == 42, let directory = number(at: 4, bytes: 4),
      let entries = number(at: directory, bytes: 2)
    else { return nil }
    let sizes = [3: 2, 4: 4, 8: 2, 9: 4]  // SHORT, LONG and their signed forms
    for entry in 0..<entries {
      let at = directory + 2 + 12 * entry
      guard let tag = number(at: at, bytes: 2), let type = number(at: at + 2, bytes: 2),
        let count = number(at: at + 4, bytes: 4), let offset = number(at: at + 8, bytes: 4)
      else { return nil }
      guard tag == 0x0112, count > 0, let size = sizes[type] else { continue }
      guard let value = number(at: count * size > 4 ? offset : at + 8, bytes: size) else { continue }
      return Orientation(rawValue: value) ?? .upright
    }
    return nil
  }

  /// The digit after the first `tiff:Orientation`, written as an attribute or an element.
  private static func xmp(_ text: ArraySlice<UInt8>) -> Orientation? {
    let name = Array("tiff:Orientation".utf8)
    for at in text.indices where text[at] == name[0] && text[at...].starts(with: name) {
      let rest = text[(at + name.count)...]
      for separator in ["=\"", ">"] where rest.starts(with: separator.utf8) {
        guard let digit = rest.dropFirst(separator.utf8.count).first, (0x30...0x39).contains(digit) else { continue }
        return Orientation(rawValue: Int(digit) - 0x30) ?? .upright
      }
    }
    return nil
  }
}

extension Image {
  /// The image after applying `orientation`; the last four values swap width and height.
  package func turned(_ orientation: Orientation) -> Image {
    // Where the first pixel of the result comes from, and the steps in the source for one step right and one down.
    let (lastX, lastY) = (width - 1, height - 1)
    let (x, y, right, down): (Int, Int, (Int, Int), (Int, Int))
    switch orientation {
    case .upright: return self
    case .mirrored: (x, y, right, down) = (lastX, 0, (-1, 0), (0, 1))
    case .upsideDown: (x, y, right, down) = (lastX, lastY, (-1, 0), (0, -1))
    case .flipped: (x, y, right, down) = (0, lastY, (1, 0), (0, -1))
    case .transposed: (x, y, right, down) = (0, 0, (0, 1), (1, 0))
    case .turnLeftwards: (x, y, right, down) = (0, lastY, (0, -1), (1, 0))
    case .transverse: (x, y, right, down) = (lastX, lastY, (0, -1), (-1, 0))
    case .turnRightwards: (x, y, right, down) = (lastX, 0, (0, 1), (-1, 0))
    }
    let exchanged = right.0 == 0
    let (newWidth, newHeight) = exchanged ? (height, width) : (width, height)
    let rightStep = (right.1 * width + right.0) * channels
    let downStep = (down.1 * width + down.0) * channels
    var turned: [UInt8] = []
    turned.reserveCapacity(pixels.count)
    for row in 0..<newHeight {
      var from = (y * width + x) * channels + row * downStep
      for _ in 0..<newWidth {
        for channel in 0..<channels { turned.append(pixels[from + channel]) }
        from += rightStep
      }
    }
    return Image(width: newWidth, height: newHeight, channels: channels, pixels: turned)
  }
}
