// The weights' gradient of F(2x2, 3x3): with the images' transform V and M = A dy Aᵀ, the sum of V and M over all tiles,
// plane by plane, is transformed back by Gᵀ U G. It is the transpose of the forward algorithm, so that the savings are
// the same: 16 multiplications a tile instead of 36.

/// A applied to two values: a, a + b, a − b, −b.
@inline(__always)
private func spread(_ a: Lanes, _ b: Lanes) -> (Lanes, Lanes, Lanes, Lanes) { (a, a + b, a - b, Lanes.zero - b) }

/// Transforms some tiles of an image of output gradients, whose height and width reach to the end of the last tiles. The
/// other arguments are those of `winogradInput`.
@inline(never)
package func winogradGradient(
  _ image: UnsafePointer<Float>, _ rowPitch: Int, _ channels: Int, _ tilesPerRow: Int, _ first: Int, _ last: Int,
  _ planes: UnsafeMutablePointer<Float>, _ planePitch: Int, _ tilePitch: Int, _ panelPitch: Int
) {
  var tile = first
  while tile < last {
    let row = tile / tilesPerRow
    let corner = image + 2 * row * rowPitch + 2 * (tile - row * tilesPerRow) * channels
    let target = planes + (tile - first) * tilePitch
    var at = 0
    while at < channels {
      let upper = corner + at, lower = upper + rowPitch
      let (a0, b0, c0, d0) = spread(lanes(at: upper), lanes(at: lower))
      let (a1, b1, c1, d1) = spread(lanes(at: upper + channels), lanes(at: lower + channels))
      var plane = target + (at >> 4) * panelPitch + (at & 15)
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

/// Transforms `rows` rows of 16 neighbouring sums of each plane to the gradients of the nine taps, whose rows lie
/// `rowPitch` floats apart; the twin of `winogradWeights`.
@inline(never)
package func winogradWeightGradient(
  _ planes: UnsafePointer<Float>, _ planePitch: Int, _ weights: UnsafeMutablePointer<Float>, _ tapPitch: Int,
  _ rowPitch: Int, _ rows: Int
) {
  var row = 0
  while row < rows {
    var at = 0
    while at < 16 {
      let p = planes + row * 16 + at
      let (a0, b0, c0) = narrowColumn(p, planePitch)
      let (a1, b1, c1) = narrowColumn(p + planePitch, planePitch)
      let (a2, b2, c2) = narrowColumn(p + 2 * planePitch, planePitch)
      let (a3, b3, c3) = narrowColumn(p + 3 * planePitch, planePitch)
      var tap = weights + row * rowPitch + at
      putThree(narrow(a0, a1, a2, a3), &tap, tapPitch)
      putThree(narrow(b0, b1, b2, b3), &tap, tapPitch)
      putThree(narrow(c0, c1, c2, c3), &tap, tapPitch)
      at += Lanes.scalarCount
    }
    row += 1
  }
}

@inline(__always)
private func narrowColumn(_ plane: UnsafePointer<Float>, _ pitch: Int) -> (Lanes, Lanes, Lanes) {
  narrow(lanes(at: plane), lanes(at: plane + 4 * pitch), lanes(at: plane + 8 * pitch), lanes(at: plane + 12 * pitch))
}

@inline(__always)
func putThree(_ values: (Lanes, Lanes, Lanes), _ tap: inout UnsafeMutablePointer<Float>, _ pitch: Int) {
  put(values.0, tap)
  put(values.1, tap + pitch)
  put(values.2, tap + 2 * pitch)
  tap += 3 * pitch
}
