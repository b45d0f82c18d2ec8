extension Image {
  /// Rows of pictures of one size on white, each pixel `scale` times as large, `gap` pixels apart.
  package static func sheet(_ rows: [[Image]], scale: Int = 1, gap: Int = 4) -> Image {
    guard let first = rows.first?.first else { preconditionFailure("a sheet shows at least one picture") }
    precondition(scale > 0 && gap >= 0, "pixels stay at least as large as they are")
    let columns = rows.map(\.count).max() ?? 0
    let (cellWidth, cellHeight) = (first.width * scale + gap, first.height * scale + gap)
    let (width, height) = (columns * cellWidth + gap, rows.count * cellHeight + gap)
    var pixels = [UInt8](repeating: 255, count: width * height * 3)
    for (rowIndex, row) in rows.enumerated() {
      for (columnIndex, picture) in row.enumerated() {
        precondition(
          picture.width == first.width && picture.height == first.height, "a sheet's pictures have one size")
        for y in 0..<picture.height * scale {
          for x in 0..<picture.width * scale {
            let place = (rowIndex * cellHeight + gap + y) * width + columnIndex * cellWidth + gap + x
            let source = (y / scale * picture.width + x / scale) * picture.channels
            for channel in 0..<3 {
              pixels[place * 3 + channel] = picture.pixels[source + (picture.channels == 1 ? 0 : channel)]
            }
          }
        }
      }
    }
    return Image(width: width, height: height, channels: 3, pixels: pixels)
  }
}
