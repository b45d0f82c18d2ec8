internal import Glibc

/// A map of the plane: (x, y) to (xx · x + xy · y + x0, yx · x + yy · y + y0).
package struct AffineMap: Sendable, Equatable {
  package var (xx, xy, x0): (Double, Double, Double)
  package var (yx, yy, y0): (Double, Double, Double)

  /// - Parameter numbers: row by row, as Pillow's `Image.transform` takes them.
  package init(_ numbers: (Double, Double, Double, Double, Double, Double)) {
    (xx, xy, x0, yx, yy, y0) = numbers
  }

  /// The inverse of a shear that moves row y by `x` · y and column x by `y` · x.
  package static func shear(x: Double = 0, y: Double = 0) -> AffineMap { AffineMap((1, x, 0, y, 1, 0)) }

  /// The inverse of a translation to the right and down.
  package static func move(x: Int = 0, y: Int = 0) -> AffineMap { AffineMap((1, 0, Double(-x), 0, 1, Double(-y))) }

  /// The inverse of a counterclockwise rotation around the centre of an image.
  package static func turn(degrees: Double, width: Int, height: Int) -> AffineMap {
    let angle = -(degrees - 360 * floor(degrees / 360)) * .pi / 180
    func rounded(_ value: Double) -> Double { (value * 1e15).rounded(.toNearestOrEven) / 1e15 }
    let (cosine, sine) = (rounded(cos(angle)), rounded(sin(angle)))
    let (x, y) = (Double(width) / 2, Double(height) / 2)
    return AffineMap((cosine, sine, x - cosine * x - sine * y, -sine, cosine, y + sine * x - cosine * y))
  }
}

extension Image {
  /// The image whose pixel at (x, y) is this image's nearest pixel at `map`(x, y), black if there is none. In fixed
  /// point, as in Pillow (`Geometry.c`, `affine_fixed`).
  package func mapped(by map: AffineMap) -> Image {
    func fixed(_ value: Double) -> Int { Int((value * 65536 + 0.5).rounded(.down)) }
    let (acrossX, acrossY) = (fixed(map.xx), fixed(map.yx))
    let (downX, downY) = (fixed(map.xy), fixed(map.yy))
    var (rowX, rowY) = (fixed(map.x0 + map.xx / 2 + map.xy / 2), fixed(map.y0 + map.yx / 2 + map.yy / 2))
    var result = Image(
      width: width, height: height, channels: channels, pixels: [UInt8](repeating: 0, count: pixels.count))
    for row in 0..<height {
      var (x, y) = (rowX, rowY)
      for column in 0..<width {
        let (fromX, fromY) = (x >> 16, y >> 16)
        if fromX >= 0, fromX < width, fromY >= 0, fromY < height {
          let (to, from) = ((row * width + column) * channels, (fromY * width + fromX) * channels)
          for channel in 0..<channels { result.pixels[to + channel] = pixels[from + channel] }
        }
        x += acrossX
        y += acrossY
      }
      rowX += downX
      rowY += downY
    }
    return result
  }
}
