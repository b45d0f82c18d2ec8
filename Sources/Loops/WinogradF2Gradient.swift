package import LoopTypes

// The weights' gradient of F(2x2, 3x3): with the images' transform V and M = A dy Aᵀ, the sum of V and M over all tiles,
// plane by plane, is transformed back by Gᵀ U G. It is the transpose of the forward algorithm, so that the savings are
// the same: 16 multiplications a tile instead of 36.

/// A applied to two values: a, a + b, a − b, −b.
@inline(__always)
private func spread(_ a: Lanes, _ b: Lanes) -> (Lanes, Lanes, Lanes, Lanes) { (a, a + b, a - b, Lanes.zero - b) }

extension WinogradF2 {
  /// Transforms some tiles of an image of output gradients, whose height and width reach to the end of the last tiles. The
  /// other arguments are those of `input`.
  @inline(never)
  package static func gradient(
    _ image: UnsafePointer<Float>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<Float>,
    _ pitches: PlanePitches
  ) {
    let (channels, tilesPerRow, rowPitch) = (
      tiles.image.channels, tiles.tilesPerRow, tiles.image.width * tiles.image.channels
    )
    let (first, last, planePitch) = (tiles.tiles.lowerBound, tiles.tiles.upperBound, pitches.plane)
    var tile = first
    while tile < last {
      let row = tile / tilesPerRow
      let corner = image + 2 * row * rowPitch + 2 * (tile - row * tilesPerRow) * channels
      let target = planes + (tile - first) * pitches.tile
      var at = 0
      while at < channels {
        let upper = corner + at, lower = upper + rowPitch
        let (a0, b0, c0, d0) = spread(lanes(at: upper), lanes(at: lower))
        let (a1, b1, c1, d1) = spread(lanes(at: upper + channels), lanes(at: lower + channels))
        var plane = target + (at >> 4) * pitches.panel + (at & 15)
        putPlanes(spread(a0, a1), &plane, planePitch)
        putPlanes(spread(b0, b1), &plane, planePitch)
        putPlanes(spread(c0, c1), &plane, planePitch)
        putPlanes(spread(d0, d1), &plane, planePitch)
        at += Lanes.scalarCount
      }
      tile += 1
    }
  }
}
