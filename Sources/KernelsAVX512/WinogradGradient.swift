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
  _ image: UnsafePointer<Float>, _ height: Int, _ width: Int, _ channels: Int, _ tilesPerRow: Int, _ first: Int,
  _ last: Int, _ planes: UnsafeMutablePointer<Float>, _ planePitch: Int
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

/// Gᵀ applied to four values: a + (b + c) / 2, (b − c) / 2, (b + c) / 2 + d.
@inline(__always)
private func narrow(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes) -> (Lanes, Lanes, Lanes) {
  let sum = (b + c) * 0.5
  return (a + sum, (b - c) * 0.5, sum + d)
}

/// Transforms `count` neighbouring sums of each plane to the gradients of the nine taps; the twin of `winogradWeights`.
@inline(never)
package func winogradWeightGradient(
  _ planes: UnsafePointer<Float>, _ planePitch: Int, _ weights: UnsafeMutablePointer<Float>, _ tapPitch: Int,
  _ count: Int
) {
  var at = 0
  while at < count {
    let p = planes + at
    let (a0, b0, c0) = narrowColumn(p, planePitch)
    let (a1, b1, c1) = narrowColumn(p + planePitch, planePitch)
    let (a2, b2, c2) = narrowColumn(p + 2 * planePitch, planePitch)
    let (a3, b3, c3) = narrowColumn(p + 3 * planePitch, planePitch)
    var tap = weights + at
    putThree(narrow(a0, a1, a2, a3), &tap, tapPitch)
    putThree(narrow(b0, b1, b2, b3), &tap, tapPitch)
    putThree(narrow(c0, c1, c2, c3), &tap, tapPitch)
    at += Lanes.scalarCount
  }
}

@inline(__always)
private func narrowColumn(_ plane: UnsafePointer<Float>, _ pitch: Int) -> (Lanes, Lanes, Lanes) {
  narrow(lanes(at: plane), lanes(at: plane + 4 * pitch), lanes(at: plane + 8 * pitch), lanes(at: plane + 12 * pitch))
}

@inline(__always)
private func putThree(_ values: (Lanes, Lanes, Lanes), _ tap: inout UnsafeMutablePointer<Float>, _ pitch: Int) {
  put(values.0, tap)
  put(values.1, tap + pitch)
  put(values.2, tap + 2 * pitch)
  tap += 3 * pitch
}
