/// How a JPEG was made, from its header: its quantisation tables and its chroma subsampling.
package struct JPEGTables: Sendable, Equatable {
  /// The quality on libjpeg's scale from 1 to 100 whose table is nearest to the luminance table.
  package let quality: Int
  /// Whether the table is exactly one of libjpeg's; cameras and other programs write others.
  package let isStandard: Bool
  /// Luminance samples for each colour sample, across and down, such as "4:2:0"; "grey" without colours.
  package let sampling: String
  package let isProgressive: Bool
}

extension JPEGTables {
  /// Reads the markers up to the first scan; nil if a table or the frame's header is missing or damaged.
  package init?(_ bytes: [UInt8]) {
    var tables: [UInt8: [Int]] = [:]
    var frame: ArraySlice<UInt8>?
    var isProgressive = false
    var segments = JPEGSegments(bytes)
    while let (marker, segment) = segments.next() {
      if marker == 0xDB { Self.read(segment, into: &tables) }
      // The frames of ITU-T T.81 table B.1, without the tables that lie between their codes.
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        frame = segment
        isProgressive = marker & 3 == 2
      }
    }
    guard !segments.isBroken else { return nil }
    guard let frame, frame.count >= 9 else { return nil }
    let components = Int(frame[frame.startIndex + 5])
    guard components > 0, frame.count >= 6 + 3 * components else { return nil }
    func component(_ index: Int) -> (horizontal: Int, vertical: Int, table: UInt8) {
      let start = frame.startIndex + 6 + 3 * index
      return (Int(frame[start + 1] >> 4), Int(frame[start + 1] & 15), frame[start + 2])
    }
    let first = component(0)
    guard let table = tables[first.table] else { return nil }
    let nearest = (1...100).map { quality in (quality, Self.distance(table, quality)) }.min { $0.1 < $1.1 }
    quality = nearest?.0 ?? 1
    isStandard = nearest?.1 == 0
    self.isProgressive = isProgressive
    guard components >= 3 else {
      sampling = "grey"
      return
    }
    let second = component(1)
    let across = second.horizontal > 0 ? first.horizontal / second.horizontal : 0
    let down = second.vertical > 0 ? first.vertical / second.vertical : 0
    switch (across, down) {
    case (1, 1): sampling = "4:4:4"
    case (2, 1): sampling = "4:2:2"
    case (2, 2): sampling = "4:2:0"
    case (1, 2): sampling = "4:4:0"
    case (4, 1): sampling = "4:1:1"
    default: sampling = "\(across)x\(down)"
    }
  }

  /// The tables of a DQT segment by their numbers, in the file's zigzag order (ITU-T T.81 B.2.4.1).
  private static func read(_ segment: ArraySlice<UInt8>, into tables: inout [UInt8: [Int]]) {
    var rest = segment
    while let head = rest.first {
      let bytes = head >> 4 == 0 ? 1 : 2
      guard rest.count >= 1 + 64 * bytes else { return }
      let values = rest.dropFirst().prefix(64 * bytes)
      tables[head & 15] = (0..<64).map { place in
        let start = values.startIndex + place * bytes
        return bytes == 1 ? Int(values[start]) : Int(values[start]) << 8 | Int(values[start + 1])
      }
      rest = rest.dropFirst(1 + 64 * bytes)
    }
  }

  private static func distance(_ table: [Int], _ quality: Int) -> Int {
    zip(table, zigzag).reduce(0) { $0 + abs($1.0 - scaled(luminance[$1.1], quality)) }
  }

  /// libjpeg's `jpeg_quality_scaling` and `jpeg_add_quant_table`.
  private static func scaled(_ value: Int, _ quality: Int) -> Int {
    let scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
    return max(1, min(255, (value * scale + 50) / 100))
  }

  /// ITU-T T.81 table K.1.
  private static let luminance = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]

  /// ITU-T T.81 figure A.6: for each place of a table in a file, its place in natural order.
  private static let zigzag = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
    55,
    62, 63,
  ]
}
