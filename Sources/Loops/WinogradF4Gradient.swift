package import LoopTypes

// The weights' gradient of F(4x4, 3x3): with the images' transform V and M = A dy Aᵀ, the sum of V and M over all tiles,
// plane by plane, is transformed back by Gᵀ U G. It is the transpose of the forward algorithm, with the same savings.

/// The rows of A for the points of a pair, applied to four values.
@inline(__always)
private func pair(_ y: Four, _ p: PointPair) -> Two {
  let even = plus(y.0, p.square, y.2), odd = plus(y.1 * p.point, p.cube, y.3)
  return (even + odd, even - odd)
}

/// A applied to a row of four values, whose results go to six neighbouring planes.
@inline(__always)
private func spread(_ y: Four, _ plane: UnsafeMutablePointer<Float>, _ pitch: Int) {
  let (p, q) = pair(y, .a)
  let (r, s) = pair(y, .b)
  putSix((y.0, p, q, r, s, y.3), plane, pitch)
}

extension WinogradF4 {
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
      let corner = image + 4 * row * rowPitch + 4 * (tile - row * tilesPerRow) * channels
      let target = planes + (tile - first) * pitches.tile
      var at = 0
      while at < channels {
        spreadTile(corner + at, rowPitch, channels, target + (at >> 4) * pitches.panel + (at & 15), planePitch)
        at += Lanes.scalarCount
      }
      tile += 1
    }
  }
}

@inline(never)
private func spreadTile(
  _ y: UnsafePointer<Float>, _ pitch: Int, _ c: Int, _ plane: UnsafeMutablePointer<Float>, _ planePitch: Int
) {
  spread(rowOfFour(y, c), plane, planePitch)
  let (p, q) = pairRows(y, pitch, c, .a)
  spread(p, plane + 6 * planePitch, planePitch)
  spread(q, plane + 12 * planePitch, planePitch)
  let (r, s) = pairRows(y, pitch, c, .b)
  spread(r, plane + 18 * planePitch, planePitch)
  spread(s, plane + 24 * planePitch, planePitch)
  spread(rowOfFour(y + 3 * pitch, c), plane + 30 * planePitch, planePitch)
}

@inline(__always)
private func rowOfFour(_ y: UnsafePointer<Float>, _ pitch: Int) -> Four {
  (lanes(at: y), lanes(at: y + pitch), lanes(at: y + 2 * pitch), lanes(at: y + 3 * pitch))
}

@inline(__always)
private func pairRows(_ y: UnsafePointer<Float>, _ pitch: Int, _ c: Int, _ p: PointPair) -> (Four, Four) {
  let (p0, q0) = pair(rowOfFour(y, pitch), p)
  let (p1, q1) = pair(rowOfFour(y + c, pitch), p)
  let (p2, q2) = pair(rowOfFour(y + 2 * c, pitch), p)
  let (p3, q3) = pair(rowOfFour(y + 3 * c, pitch), p)
  return ((p0, p1, p2, p3), (q0, q1, q2, q3))
}

/// Gᵀ applied to six values: the sums of pⁱ / N times the value of point p, for i from 0 to 2.
@inline(__always)
private func narrow(_ u: Six) -> Three {
  let sumA = (u.1 + u.2) * PointsF4.overA, differenceA = (u.1 - u.2) * (PointsF4.a * PointsF4.overA)
  let sumB = (u.3 + u.4) * PointsF4.overB, differenceB = (u.3 - u.4) * (PointsF4.b * PointsF4.overB)
  return (
    plus(sumA + sumB, PointsF4.overZero, u.0), differenceA + differenceB,
    plus(plus(u.5, PointsF4.aa, sumA), PointsF4.bb, sumB)
  )
}

extension WinogradF4 {
  /// Transforms rows of 16 neighbouring sums of each plane to the gradients of the nine taps.
  @inline(never)
  package static func weightGradient(
    _ planes: UnsafePointer<Float>, _ extents: WinogradGradientExtents, into weights: UnsafeMutablePointer<Float>
  ) {
    let (planePitch, tapPitch) = (extents.planePitch, extents.tapPitch)
    var row = 0
    while row < extents.rows {
      var at = 0
      while at < 16 {
        let p = planes + row * 16 + at
        let k0 = narrowColumn(p, planePitch), k1 = narrowColumn(p + planePitch, planePitch)
        let k2 = narrowColumn(p + 2 * planePitch, planePitch), k3 = narrowColumn(p + 3 * planePitch, planePitch)
        let k4 = narrowColumn(p + 4 * planePitch, planePitch), k5 = narrowColumn(p + 5 * planePitch, planePitch)
        var tap = weights + row * extents.rowPitch + at
        putThree(narrow((k0.0, k1.0, k2.0, k3.0, k4.0, k5.0)), &tap, tapPitch)
        putThree(narrow((k0.1, k1.1, k2.1, k3.1, k4.1, k5.1)), &tap, tapPitch)
        putThree(narrow((k0.2, k1.2, k2.2, k3.2, k4.2, k5.2)), &tap, tapPitch)
        at += Lanes.scalarCount
      }
      row += 1
    }
  }
}

@inline(__always)
private func narrowColumn(_ plane: UnsafePointer<Float>, _ pitch: Int) -> Three {
  narrow(
    (
      lanes(at: plane), lanes(at: plane + 6 * pitch), lanes(at: plane + 12 * pitch), lanes(at: plane + 18 * pitch),
      lanes(at: plane + 24 * pitch), lanes(at: plane + 30 * pitch)
    ))
}
