// Colour changes as in Pillow's `ImageEnhance`: a blend of the image with one that lacks the property, in single
// precision, truncated to integers (Pillow, `Blend.c`).
extension Image {
  /// 0 is black, 1 the picture.
  package func withBrightness(_ factor: Float) -> Image { blended(with: { _ in 0 }, factor) }

  /// 0 is the picture's mean grey, 1 the picture.
  package func withContrast(_ factor: Float) -> Image {
    let grey = luminance().pixels
    let sum = grey.reduce(0) { $0 + Int($1) }
    let mean = UInt8(Int(Double(sum) / Double(grey.count) + 0.5))
    return blended(with: { _ in mean }, factor)
  }

  /// 0 is the picture in grey, 1 the picture.
  package func withSaturation(_ factor: Float) -> Image {
    if channels == 1 { return self }
    let grey = luminance().pixels
    return blended(with: { grey[$0] }, factor)
  }

  /// 0 is the picture smoothed by a 3x3 filter (all but its border), 1 the picture.
  package func withSharpness(_ factor: Float) -> Image {
    let smooth = smoothed()
    return blended(with: { smooth.pixels[$0 * channels + $1] }, factor)
  }

  /// A mean over 3x3 pixels with a weight of 5 in the middle; the border stays (Pillow, `ImageFilter.SMOOTH`).
  private func smoothed() -> Image {
    var result = self
    guard width > 2, height > 2 else { return self }
    let line = width * channels
    for row in 1..<height - 1 {
      for at in row * line + channels..<(row + 1) * line - channels {
        var sum = 4 * Int(pixels[at])
        for above in stride(from: at - line, through: at + line, by: line) {
          sum += Int(pixels[above - channels]) + Int(pixels[above]) + Int(pixels[above + channels])
        }
        result.pixels[at] = UInt8((2 * sum + 13) / 26)
      }
    }
    return result
  }

  private func blended(with other: (_ pixel: Int) -> UInt8, _ factor: Float) -> Image {
    blended(with: { pixel, _ in other(pixel) }, factor)
  }

  private func blended(with other: (_ pixel: Int, _ channel: Int) -> UInt8, _ factor: Float) -> Image {
    if factor == 1 { return self }
    var result = self
    result.pixels.withUnsafeMutableBufferPointer { pixels in
      var at = 0
      for pixel in 0..<width * height {
        for channel in 0..<channels {
          let base = Float(other(pixel, channel))
          let value = base + factor * (Float(pixels[at]) - base)
          pixels[at] = value <= 0 ? 0 : value >= 255 ? 255 : UInt8(value)
          at += 1
        }
      }
    }
    return result
  }

  /// The image with its hue shifted by a fraction of the circle, through HSV in bytes as in Pillow (`Convert.c`) and
  /// torchvision's `adjust_hue`.
  package func withHue(turnedBy turn: Double) -> Image {
    if channels == 1 { return self }
    let shift = UInt8(truncatingIfNeeded: Int(turn * 255))
    var result = self
    result.pixels.withUnsafeMutableBufferPointer { pixels in
      for at in stride(from: 0, to: pixels.count, by: 3) {
        let (hue, saturation, value) = Self.hsv(pixels[at], pixels[at + 1], pixels[at + 2])
        (pixels[at], pixels[at + 1], pixels[at + 2]) = Self.rgb(hue &+ shift, saturation, value)
      }
    }
    return result
  }

  private static func hsv(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> (UInt8, UInt8, UInt8) {
    let (most, least) = (max(red, green, blue), min(red, green, blue))
    guard most > least else { return (0, 0, most) }
    let spread = Float(most - least)
    let saturation = spread / Float(most)
    let (r, g, b) = (Float(most - red) / spread, Float(most - green) / spread, Float(most - blue) / spread)
    let sector: Float =
      red == most
      ? b - g : green == most ? Float(2 + Double(r) - Double(b)) : Float(4 + Double(g) - Double(r))
    // Between 5/6 and 11/6; the fractional part is the hue.
    let turns = Double(sector) / 6 + 1
    let hue = Float(turns < 1 ? turns : turns - 1)
    return (clipped(Int(Double(hue) * 255)), clipped(Int(Double(saturation) * 255)), most)
  }

  private static func rgb(_ hue: UInt8, _ saturation: UInt8, _ value: UInt8) -> (UInt8, UInt8, UInt8) {
    guard saturation > 0 else { return (value, value, value) }
    let position = Double(Float(hue)) * 6 / 255
    let sector = Int(position.rounded(.down))
    let part = Double(Float(position - Double(Float(sector))))
    let share = Double(Float(Double(Float(saturation)) / 255))
    let light = Double(Float(value))
    let p = rounded(light * (1 - share))
    let q = rounded(light * (1 - share * part))
    let t = rounded(light * (1 - share * (1 - part)))
    switch sector % 6 {
    case 0: return (value, t, p)
    case 1: return (q, value, p)
    case 2: return (p, value, t)
    case 3: return (p, q, value)
    case 4: return (t, p, value)
    default: return (value, p, q)
    }
  }

  /// Rounds a non-negative number, halves up.
  private static func rounded(_ value: Double) -> UInt8 {
    let whole = value.rounded(.down)
    return clipped(Int(whole) + (value - whole >= 0.5 ? 1 : 0))
  }

  private static func clipped(_ value: Int) -> UInt8 { UInt8(max(0, min(255, value))) }
}
