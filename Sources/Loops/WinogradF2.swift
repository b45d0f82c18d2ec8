package import LoopTypes

// The minimal algorithm F(2x2, 3x3) of Winograd (Lavin and Gray: "Fast Algorithms for Convolutional Neural Networks",
// CVPR 2016, section 4.1): 16 multiplications for four outputs of a 3x3 convolution instead of 36. All three transforms
// need additions only, but for the halves in that of the weights.

/// Bᵀ applied to four values: a − c, b + c, c − b, b − d.
@inline(__always)
private func spread(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes) -> (Lanes, Lanes, Lanes, Lanes) {
  (a - c, b + c, c - b, b - d)
}

extension WinogradF2 {
  /// Transforms some tiles of one padded image: plane p of 16 receives value p of Bᵀ d B for each tile and channel.
  ///
  /// Tile t covers the 4x4 values from row 2 (t / tiles in a row), column 2 (t mod tiles in a row) on. Its channels
  /// are a multiple of 16.
  @inline(never)
  package static func input(
    _ image: UnsafePointer<Stored>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<Stored>,
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
        let r0 = corner + at, r1 = r0 + rowPitch, r2 = r1 + rowPitch, r3 = r2 + rowPitch
        let c1 = channels, c2 = 2 * channels, c3 = 3 * channels
        let (a0, b0, d0, e0) = spread(lanes(at: r0), lanes(at: r1), lanes(at: r2), lanes(at: r3))
        let (a1, b1, d1, e1) = spread(lanes(at: r0 + c1), lanes(at: r1 + c1), lanes(at: r2 + c1), lanes(at: r3 + c1))
        let (a2, b2, d2, e2) = spread(lanes(at: r0 + c2), lanes(at: r1 + c2), lanes(at: r2 + c2), lanes(at: r3 + c2))
        let (a3, b3, d3, e3) = spread(lanes(at: r0 + c3), lanes(at: r1 + c3), lanes(at: r2 + c3), lanes(at: r3 + c3))
        var plane = target + (at >> 4) * pitches.panel + (at & 15)
        putPlanes(spread(a0, a1, a2, a3), &plane, planePitch)
        putPlanes(spread(b0, b1, b2, b3), &plane, planePitch)
        putPlanes(spread(d0, d1, d2, d3), &plane, planePitch)
        putPlanes(spread(e0, e1, e2, e3), &plane, planePitch)
        at += Lanes.scalarCount
      }
      tile += 1
    }
  }
}

@inline(__always)
func putPlanes(
  _ values: (Lanes, Lanes, Lanes, Lanes), _ plane: inout UnsafeMutablePointer<Stored>, _ pitch: Int
) {
  put(values.0, plane)
  put(values.1, plane + pitch)
  put(values.2, plane + 2 * pitch)
  put(values.3, plane + 3 * pitch)
  plane += 4 * pitch
}

/// Aᵀ applied to four values: a + b + c, b − c − d.
@inline(__always)
private func gather(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes) -> (Lanes, Lanes) { (a + b + c, b - c - d) }

extension WinogradF2 {
  /// Transforms the products back and writes (or adds) the up to 2x2 outputs of each tile that lie inside of the image.
  @inline(never)
  package static func output(
    _ planes: UnsafePointer<Float>, planePitch: Int, _ tiles: WinogradTiles, into output: UnsafeMutablePointer<Stored>,
    accumulating: Bool
  ) {
    let (height, width, channels) = (tiles.image.height, tiles.image.width, tiles.image.channels)
    let (tilesPerRow, first, last) = (tiles.tilesPerRow, tiles.tiles.lowerBound, tiles.tiles.upperBound)
    var tile = first
    while tile < last {
      let row = tile / tilesPerRow
      let (y, x) = (2 * row, 2 * (tile - row * tilesPerRow))
      let source = planes + (tile - first) * channels
      let target = output + (y * width + x) * channels
      let hasRight = x + 1 < width, hasLower = y + 1 < height
      var at = 0
      while at < channels {
        let p = source + at
        let (a0, b0) = gatherColumn(p, planePitch)
        let (a1, b1) = gatherColumn(p + planePitch, planePitch)
        let (a2, b2) = gatherColumn(p + 2 * planePitch, planePitch)
        let (a3, b3) = gatherColumn(p + 3 * planePitch, planePitch)
        let (upperLeft, upperRight) = gather(a0, a1, a2, a3)
        let (lowerLeft, lowerRight) = gather(b0, b1, b2, b3)
        let place = target + at
        store(upperLeft, place, accumulating)
        if hasRight { store(upperRight, place + channels, accumulating) }
        if hasLower {
          store(lowerLeft, place + width * channels, accumulating)
          if hasRight { store(lowerRight, place + (width + 1) * channels, accumulating) }
        }
        at += Lanes.scalarCount
      }
      tile += 1
    }
  }
}

@inline(__always)
private func gatherColumn(_ plane: UnsafePointer<Float>, _ pitch: Int) -> (Lanes, Lanes) {
  gather(lanes(at: plane), lanes(at: plane + 4 * pitch), lanes(at: plane + 8 * pitch), lanes(at: plane + 12 * pitch))
}

@inline(__always)
func store(_ value: Lanes, _ place: UnsafeMutablePointer<Stored>, _ accumulating: Bool) {
  if accumulating { increase(place, by: value) } else { put(value, place) }
}
