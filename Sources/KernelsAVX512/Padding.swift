/// Copies one NHWC image into the middle of a larger one of zeros, with `spread - 1` empty positions between two of its
/// own: the image that a strided convolution's data gradient runs over.
@inline(never)
package func padImage(
  _ image: UnsafePointer<Float>, _ padded: UnsafeMutablePointer<Float>, _ height: Int, _ width: Int, _ channels: Int,
  _ top: Int, _ left: Int, _ paddedHeight: Int, _ paddedWidth: Int, _ spread: Int
) {
  let row = paddedWidth * channels
  padded.update(repeating: 0, count: paddedHeight * row)
  for y in 0..<height {
    let to = padded + (top + y * spread) * row + left * channels
    let from = image + y * width * channels
    if spread == 1 {
      to.update(from: from, count: width * channels)
    } else {
      for x in 0..<width { (to + x * spread * channels).update(from: from + x * channels, count: channels) }
    }
  }
}
