extension Image {
  /// Whether every pixel is a shade of grey: one channel, or red, green and blue alike.
  package var isGrey: Bool {
    if channels == 1 { return true }
    return pixels.withUnsafeBufferPointer { samples in
      var at = 0
      while at < samples.count {
        if samples[at] != samples[at + 1] || samples[at] != samples[at + 2] { return false }
        at += 3
      }
      return true
    }
  }

  /// The grey picture of ITU-R BT.601 luma in Pillow's fixed-point arithmetic (`convert("L")`); (v, v, v) becomes v.
  package func luminance() -> Image {
    if channels == 1 { return self }
    let count = width * height
    let grey = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      pixels.withUnsafeBufferPointer { samples in
        for k in 0..<count {
          let sum =
            19595 * UInt32(samples[3 * k]) + 38470 * UInt32(samples[3 * k + 1]) + 7471 * UInt32(samples[3 * k + 2])
          buffer[k] = UInt8(truncatingIfNeeded: (sum &+ 0x8000) >> 16)
        }
      }
      filled = count
    }
    return Image(width: width, height: height, channels: 1, pixels: grey)
  }

  /// The picture with three channels; grey is repeated.
  package func asRGB() -> Image {
    if channels == 3 { return self }
    let rgb = [UInt8](unsafeUninitializedCapacity: pixels.count * 3) { buffer, filled in
      for (k, value) in pixels.enumerated() {
        buffer[3 * k] = value
        buffer[3 * k + 1] = value
        buffer[3 * k + 2] = value
      }
      filled = pixels.count * 3
    }
    return Image(width: width, height: height, channels: 3, pixels: rgb)
  }
}
