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

/// Turns weights [rows][columns][inputs][outputs] by half a turn and swaps inputs with outputs: the weights of the
/// convolution that carries gradients back.
@inline(never)
package func turnWeights(
  _ weights: UnsafePointer<Float>, _ turned: UnsafeMutablePointer<Float>, _ taps: Int, _ inputs: Int, _ outputs: Int
) {
  for tap in 0..<taps {
    let from = weights + (taps - 1 - tap) * inputs * outputs
    let to = turned + tap * inputs * outputs
    for input in 0..<inputs { for output in 0..<outputs { to[output * inputs + input] = from[input * outputs + output] } }
  }
}
