/// The positions of the new pixels' centres in a bilinear interpolation without antialiasing.
package enum PlainBilinear: Sendable {
  /// At whole multiples of the scale: `tf.image.resize_bilinear` of TensorFlow 1.x, which the original FID uses.
  case corners
  /// At the centre of the pixels that they cover: PyTorch's `interpolate(…, align_corners=False)`.
  case centres

  /// For each new position its two neighbours and the weight of the second, in float32 as the references compute them.
  fileprivate func taps(from input: Int, to output: Int) -> [(first: Int, second: Int, weight: Float)] {
    let scale = Float(Double(input) / Double(output))
    return (0..<output).map { position in
      let place =
        switch self {
        case .corners: Float(position) * scale
        case .centres: max(0, (Float(position) + 0.5) * scale - 0.5)
        }
      let first = min(Int(place), input - 1)
      return (first, min(first + 1, input - 1), place - Float(first))
    }
  }
}

extension FloatImage {
  /// Scales to `width` by `height` by plain bilinear interpolation. Shrinking skips pixels, which Clean-FID corrects.
  package func interpolated(width: Int, height: Int, _ convention: PlainBilinear) -> FloatImage {
    let columns = convention.taps(from: self.width, to: width)
    let rows = convention.taps(from: self.height, to: height)
    var result = [Float](repeating: 0, count: width * height * channels)
    for (y, row) in rows.enumerated() {
      let (upper, lower) = (row.first * self.width * channels, row.second * self.width * channels)
      for (x, column) in columns.enumerated() {
        for channel in 0..<channels {
          func line(_ start: Int) -> Float {
            let (left, right) = (
              values[start + column.first * channels + channel], values[start + column.second * channels + channel]
            )
            return left + (right - left) * column.weight
          }
          let above = line(upper)
          result[(y * width + x) * channels + channel] = above + (line(lower) - above) * row.weight
        }
      }
    }
    return FloatImage(width: width, height: height, channels: channels, values: result)
  }
}
