// The weights' gradient of F(2x2, 3x3): with the images' transform V and M = A dy Aᵀ, the sum of V and M over all tiles,
// plane by plane, is transformed back by Gᵀ U G. It is the transpose of the forward algorithm, so that the savings are
// the same: 16 multiplications a tile instead of 36.

/// A applied to two values: a, a + b, a − b, −b.
@inline(__always)
private func spread(_ a: Lanes, _ b: Lanes) -> (Lanes, Lanes, Lanes, Lanes) { (a, a + b, a - b, Lanes.zero - b) }

/// Transforms some tiles of an image of output gradients; what lies outside of the image counts as zero. The arguments
/// are those of `winogradInput`, but for the image, which is not padded.
@inline(never)
package func winogradGradient(
  _ image: UnsafePointer<Stored>, _ height: Int, _ width: Int, _ channels: Int, _ tilesPerRow: Int, _ first: Int,
  _ last: Int, _ planes: UnsafeMutablePointer<Stored>, _ planePitch: Int
) {
  var tile = first
  while tile < last {
    let row = tile / tilesPerRow
    let (y, x) = (2 * row, 2 * (tile - row * tilesPerRow))
    let source = image + (y * width + x) * channels
    let target = planes + (tile - first) * channels
    let hasRight = x + 1 < width, hasLower = y + 1 < height
    var at = 0
    while at < channels {
      let place = source + at
      let lower = place + width * channels
      let upperRight = hasRight ? lanes(at: place + channels) : .zero
      let lowerLeft = hasLower ? lanes(at: lower) : .zero
      let lowerRight = hasRight && hasLower ? lanes(at: lower + channels) : .zero
      let (a0, b0, c0, d0) = spread(lanes(at: place), lowerLeft)
      let (a1, b1, c1, d1) = spread(upperRight, lowerRight)
      var plane = target + at
      putPlanes(spread(a0, a1), &plane, planePitch)
      putPlanes(spread(b0, b1), &plane, planePitch)
      putPlanes(spread(c0, c1), &plane, planePitch)
      putPlanes(spread(d0, d1), &plane, planePitch)
      at += Lanes.scalarCount
    }
    tile += 1
  }
}
