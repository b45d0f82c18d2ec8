package import Images

/// An image between operations: bytes, and which pixels are blank. A blank pixel is 0 after normalisation: the mean
/// colour, which no byte represents.
package struct Canvas: Sendable, Equatable {
  package var image: Image
  /// For each pixel whether it is blank; empty if none is.
  package var blank: [Bool] = []

  package init(_ image: Image) { self.image = image }

  package var width: Int { image.width }
  package var height: Int { image.height }
  var channels: Int { image.channels }
}

extension Canvas {
  /// Shifts the image: row y and column x of the result are y + `rowOffset` and x + `columnOffset`, blank outside.
  mutating func shift(rowOffset: Int, columnOffset: Int) {
    if rowOffset == 0 && columnOffset == 0 { return }
    var pixels = [UInt8](repeating: 0, count: image.pixels.count)
    var marks = [Bool](repeating: true, count: width * height)
    for y in 0..<height where (0..<height).contains(y + rowOffset) {
      for x in 0..<width where (0..<width).contains(x + columnOffset) {
        let (to, from) = (y * width + x, (y + rowOffset) * width + x + columnOffset)
        for channel in 0..<channels { pixels[to * channels + channel] = image.pixels[from * channels + channel] }
        marks[to] = blank.isEmpty ? false : blank[from]
      }
    }
    image.pixels = pixels
    blank = marks
  }

  /// Moves bytes and blank pixels; pixels from outside become black.
  mutating func map(by map: AffineMap) {
    image = image.mapped(by: map)
    guard !blank.isEmpty else { return }
    let marks = Image(width: width, height: height, channels: 1, pixels: blank.map { $0 ? 1 : 0 })
    blank = marks.mapped(by: map).pixels.map { $0 == 1 }
  }

  mutating func mirror() {
    image = image.turned(.mirrored)
    guard !blank.isEmpty else { return }
    for y in 0..<height { blank[y * width..<(y + 1) * width].reverse() }
  }

  /// Blanks the part of the rectangle that lies within the picture.
  mutating func erase(rows: Range<Int>, columns: Range<Int>) {
    let (rows, columns) = (rows.clamped(to: 0..<height), columns.clamped(to: 0..<width))
    if blank.isEmpty { blank = [Bool](repeating: false, count: width * height) }
    for y in rows {
      for x in columns { blank[y * width + x] = true }
    }
  }
}
