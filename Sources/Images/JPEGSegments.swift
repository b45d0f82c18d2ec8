/// The marker segments of a JPEG file before its first scan, in their order (ITU-T T.81, B.1.1).
struct JPEGSegments: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private var at = 2
  /// Whether a segment exceeds the file; the sequence then ends before it.
  private(set) var isBroken = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> (marker: UInt8, content: ArraySlice<UInt8>)? {
    while !isBroken, at + 4 <= bytes.count {
      guard bytes[at] == 0xFF else {
        at += 1
        continue
      }
      let marker = bytes[at + 1]
      if marker == 0xDA || marker == 0xD9 { return nil }
      // Fill bytes, and markers without a length.
      if marker == 0xFF || marker == 0 || marker == 1 || (0xD0...0xD8).contains(marker) {
        at += marker == 0xFF ? 1 : 2
        continue
      }
      let start = at + 4
      let end = at + 2 + (Int(bytes[at + 2]) << 8 | Int(bytes[at + 3]))
      guard end >= start, end <= bytes.count else {
        isBroken = true
        return nil
      }
      at = end
      return (marker, bytes[start..<end])
    }
    return nil
  }
}
