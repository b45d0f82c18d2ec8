// Changes of each channel by a table of 256 values, as in Pillow's `ImageOps`.
extension Image {
  /// Values from `threshold` on are inverted.
  package func solarized(threshold: Double) -> Image {
    toned { _ in (0...255).map { Double($0) < threshold ? UInt8($0) : UInt8(255 - $0) } }
  }

  /// Only the `bits` highest bits of each value are kept.
  package func posterized(bits: Int) -> Image {
    let mask = UInt8(truncatingIfNeeded: 0xFF << max(0, 8 - bits))
    return toned { _ in (0...255).map { UInt8($0) & mask } }
  }

  /// Each channel is stretched to 0 to 255.
  package func withAutomaticContrast() -> Image {
    toned { histogram in
      guard let low = histogram.firstIndex(where: { $0 > 0 }), let high = histogram.lastIndex(where: { $0 > 0 }),
        low < high
      else { return nil }
      let scale = 255 / Double(high - low)
      let offset = -Double(low) * scale
      return (0...255).map { UInt8(max(0, min(255, Double($0) * scale + offset))) }
    }
  }

  /// The values of each channel are spread so that all are about equally frequent.
  package func equalized() -> Image {
    toned { histogram in
      let counts = histogram.filter { $0 > 0 }
      guard counts.count > 1, let last = counts.last else { return nil }
      let step = (counts.reduce(0, +) - last) / 255
      guard step > 0 else { return nil }
      var sum = step / 2
      return histogram.map { count in
        defer { sum += count }
        return UInt8(min(255, sum / step))
      }
    }
  }

  /// - Parameter table: the new value of each value, computed from the channel's histogram; nil for no change.
  private func toned(_ table: (_ histogram: [Int]) -> [UInt8]?) -> Image {
    var result = self
    for channel in 0..<channels {
      var histogram = [Int](repeating: 0, count: 256)
      for at in stride(from: channel, to: pixels.count, by: channels) { histogram[Int(pixels[at])] += 1 }
      guard let table = table(histogram) else { continue }
      for at in stride(from: channel, to: pixels.count, by: channels) { result.pixels[at] = table[Int(pixels[at])] }
    }
    return result
  }
}
