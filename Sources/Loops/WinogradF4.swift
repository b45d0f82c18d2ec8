package import LoopTypes

// The minimal algorithm F(4x4, 3x3) of Winograd (Lavin and Gray: "Fast Algorithms for Convolutional Neural Networks",
// CVPR 2016, section 4.3): 36 multiplications for 16 outputs of a 3x3 convolution instead of 144.
//
// The finite points are 0, ±a and ±b with a = 5/8 and b = 3/2. Their powers stay near 1, so the results' rounding errors
// are about twice those of a plain convolution (Lavin and Gray's 0, ±1, ±2: five times), and the constants of Bᵀ and Aᵀ
// are exact. Row p of Bᵀ holds the coefficients of the product of x − q over the other points q: for 0
// x⁴ − (a² + b²) x² + a² b², for ±a x (x ± a) (x² − b²), for ±b x (x ± b) (x² − a²), and for infinity x times the first.
// G divides by the products of p − q: a² b², 2 a² (a² − b²), 2 b² (b² − a²).

enum PointsF4 {
  static var a: Float { 0.625 }
  static var b: Float { 1.5 }
  static var aa: Float { 0.390625 }
  static var bb: Float { 2.25 }
  static var aaa: Float { 0.244140625 }
  static var bbb: Float { 3.375 }
  static var product: Float { 0.87890625 }
  static var sum: Float { 2.640625 }
  static var overZero: Float { 1 / 0.87890625 }
  static var overA: Float { 1 / -1.45263671875 }
  static var overB: Float { 1 / 8.3671875 }
}

/// Two finite points, ±`point`, with its powers and the square of the other two.
struct PointPair {
  let point: Float
  let square: Float
  let cube: Float
  let otherSquare: Float

  static var a: PointPair {
    PointPair(point: PointsF4.a, square: PointsF4.aa, cube: PointsF4.aaa, otherSquare: PointsF4.bb)
  }
  static var b: PointPair {
    PointPair(point: PointsF4.b, square: PointsF4.bb, cube: PointsF4.bbb, otherSquare: PointsF4.aa)
  }
}

typealias Two = (Lanes, Lanes)
typealias Three = (Lanes, Lanes, Lanes)
typealias Four = (Lanes, Lanes, Lanes, Lanes)
typealias Six = (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)

@inline(__always)
func plus(_ value: Lanes, _ factor: Float, _ other: Lanes) -> Lanes {
  value.addingProduct(other, Lanes(repeating: factor))
}

/// The first and, for x1, x3, x5, the last row of Bᵀ.
@inline(__always)
private func outer(_ x0: Lanes, _ x2: Lanes, _ x4: Lanes) -> Lanes {
  plus(plus(x4, -PointsF4.sum, x2), PointsF4.product, x0)
}

/// The rows of Bᵀ for the points of a pair.
@inline(__always)
private func pair(_ x: Four, _ p: PointPair) -> Two {
  let even = plus(x.3, -p.otherSquare, x.1), odd = plus(x.2, -p.otherSquare, x.0)
  return (plus(even, p.point, odd), plus(even, -p.point, odd))
}

/// Bᵀ applied to a row of six values, whose results go to six neighbouring planes.
@inline(__always)
private func spread(_ x: Six, _ plane: UnsafeMutablePointer<Float>, _ pitch: Int) {
  put(outer(x.0, x.2, x.4), plane)
  let (p, q) = pair((x.1, x.2, x.3, x.4), .a)
  put(p, plane + pitch)
  put(q, plane + 2 * pitch)
  let (r, s) = pair((x.1, x.2, x.3, x.4), .b)
  put(r, plane + 3 * pitch)
  put(s, plane + 4 * pitch)
  put(outer(x.1, x.3, x.5), plane + 5 * pitch)
}

extension WinogradF4 {
  /// Transforms some tiles of one padded image: plane p of 36 receives value p of Bᵀ d B for each tile and channel.
  ///
  /// Tile t covers the 6x6 values from row 4 (t / tiles in a row), column 4 (t mod tiles in a row) on. Its channels
  /// are a multiple of 16.
  @inline(never)
  package static func input(
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
        spreadTile(
          corner + at, rowPitch, channels, target + (at >> 4) * pitches.panel + (at & 15), planePitch)
        at += Lanes.scalarCount
      }
      tile += 1
    }
  }
}

// Not inlined: otherwise each of the 72 addresses becomes a variable of the loop over channels, in memory.
@inline(never)
private func spreadTile(
  _ x: UnsafePointer<Float>, _ pitch: Int, _ c: Int, _ plane: UnsafeMutablePointer<Float>, _ planePitch: Int
) {
  spread(
    (
      outerColumn(x, pitch), outerColumn(x + c, pitch), outerColumn(x + 2 * c, pitch), outerColumn(x + 3 * c, pitch),
      outerColumn(x + 4 * c, pitch), outerColumn(x + 5 * c, pitch)
    ), plane, planePitch)
  let (p, q) = pairRows(x + pitch, pitch, c, .a)
  spread(p, plane + 6 * planePitch, planePitch)
  spread(q, plane + 12 * planePitch, planePitch)
  let (r, s) = pairRows(x + pitch, pitch, c, .b)
  spread(r, plane + 18 * planePitch, planePitch)
  spread(s, plane + 24 * planePitch, planePitch)
  let y = x + pitch
  spread(
    (
      outerColumn(y, pitch), outerColumn(y + c, pitch), outerColumn(y + 2 * c, pitch), outerColumn(y + 3 * c, pitch),
      outerColumn(y + 4 * c, pitch), outerColumn(y + 5 * c, pitch)
    ), plane + 30 * planePitch, planePitch)
}

@inline(__always)
private func outerColumn(_ x: UnsafePointer<Float>, _ pitch: Int) -> Lanes {
  outer(lanes(at: x), lanes(at: x + 2 * pitch), lanes(at: x + 4 * pitch))
}

@inline(__always)
private func pairRows(_ x: UnsafePointer<Float>, _ pitch: Int, _ c: Int, _ p: PointPair) -> (Six, Six) {
  let (p0, q0) = pairColumn(x, pitch, p)
  let (p1, q1) = pairColumn(x + c, pitch, p)
  let (p2, q2) = pairColumn(x + 2 * c, pitch, p)
  let (p3, q3) = pairColumn(x + 3 * c, pitch, p)
  let (p4, q4) = pairColumn(x + 4 * c, pitch, p)
  let (p5, q5) = pairColumn(x + 5 * c, pitch, p)
  return ((p0, p1, p2, p3, p4, p5), (q0, q1, q2, q3, q4, q5))
}

@inline(__always)
private func pairColumn(_ x: UnsafePointer<Float>, _ pitch: Int, _ p: PointPair) -> Two {
  pair((lanes(at: x), lanes(at: x + pitch), lanes(at: x + 2 * pitch), lanes(at: x + 3 * pitch)), p)
}

/// Aᵀ applied to six values: the sums of p^i times the value of point p, for i from 0 to 3.
@inline(__always)
private func gather(_ m: Six) -> Four {
  let s = m.1 + m.2, d = m.1 - m.2, t = m.3 + m.4, e = m.3 - m.4
  return (
    m.0 + s + t, plus(d * PointsF4.a, PointsF4.b, e), plus(s * PointsF4.aa, PointsF4.bb, t),
    plus(plus(m.5, PointsF4.aaa, d), PointsF4.bbb, e)
  )
}

extension WinogradF4 {
  /// Transforms the products back and writes (or adds) the up to 4x4 outputs of each tile that lie inside of the image.
  @inline(never)
  package static func output(
    _ planes: UnsafePointer<Float>, planePitch: Int, _ tiles: WinogradTiles, into output: UnsafeMutablePointer<Float>,
    accumulating: Bool
  ) {
    let (height, width, channels) = (tiles.image.height, tiles.image.width, tiles.image.channels)
    let (tilesPerRow, first, last) = (tiles.tilesPerRow, tiles.tiles.lowerBound, tiles.tiles.upperBound)
    var tile = first
    while tile < last {
      let row = tile / tilesPerRow
      let (y, x) = (4 * row, 4 * (tile - row * tilesPerRow))
      let source = planes + (tile - first) * channels
      var place = TilePlace(
        output: output + (y * width + x) * channels, right: channels, below: width * channels,
        size: Size(height: min(4, height - y), width: min(4, width - x)), isAccumulating: accumulating)
      var at = 0
      while at < channels {
        gatherTile(source + at, planePitch, place)
        place.output += Lanes.scalarCount
        at += Lanes.scalarCount
      }
      tile += 1
    }
  }
}

/// Where the outputs of one tile go: the distances of neighbours, and how many rows and columns lie inside of the image.
private struct TilePlace {
  var output: UnsafeMutablePointer<Float>
  let right: Int
  let below: Int
  let size: Size
  let isAccumulating: Bool

  @inline(__always)
  func write(_ values: Four, row: Int) {
    guard row < size.height else { return }
    let place = output + row * below
    put(values.0, place)
    if size.width > 1 { put(values.1, place + right) }
    if size.width > 2 { put(values.2, place + 2 * right) }
    if size.width > 3 { put(values.3, place + 3 * right) }
  }

  @inline(__always)
  private func put(_ value: Lanes, _ place: UnsafeMutablePointer<Float>) { store(value, place, isAccumulating) }
}

@inline(never)
private func gatherTile(_ p: UnsafePointer<Float>, _ planePitch: Int, _ place: TilePlace) {
  let k0 = gatherColumn(p, planePitch), k1 = gatherColumn(p + planePitch, planePitch)
  let k2 = gatherColumn(p + 2 * planePitch, planePitch), k3 = gatherColumn(p + 3 * planePitch, planePitch)
  let k4 = gatherColumn(p + 4 * planePitch, planePitch), k5 = gatherColumn(p + 5 * planePitch, planePitch)
  place.write(gather((k0.0, k1.0, k2.0, k3.0, k4.0, k5.0)), row: 0)
  place.write(gather((k0.1, k1.1, k2.1, k3.1, k4.1, k5.1)), row: 1)
  place.write(gather((k0.2, k1.2, k2.2, k3.2, k4.2, k5.2)), row: 2)
  place.write(gather((k0.3, k1.3, k2.3, k3.3, k4.3, k5.3)), row: 3)
}

@inline(__always)
private func gatherColumn(_ plane: UnsafePointer<Float>, _ pitch: Int) -> Four {
  gather(
    (
      lanes(at: plane), lanes(at: plane + 6 * pitch), lanes(at: plane + 12 * pitch), lanes(at: plane + 18 * pitch),
      lanes(at: plane + 24 * pitch), lanes(at: plane + 30 * pitch)
    ))
}

extension WinogradF4 {
  /// Transforms rows of 3x3 weights: G g Gᵀ for each value of the taps.
  @inline(never)
  package static func weights(
    _ weights: UnsafePointer<Float>, _ extents: WinogradWeightExtents, into planes: UnsafeMutablePointer<Float>
  ) {
    let (tapPitch, planePitch) = (extents.tapPitch, extents.planePitch)
    var at = 0
    while at < extents.count {
      let w = weights + at, plane = planes + (at >> 4) * extents.panelPitch + (at & 15)
      let k0 = widenColumn(w, 3 * tapPitch)
      let k1 = widenColumn(w + tapPitch, 3 * tapPitch)
      let k2 = widenColumn(w + 2 * tapPitch, 3 * tapPitch)
      putSix(widen(k0.0, k1.0, k2.0), plane, planePitch)
      putSix(widen(k0.1, k1.1, k2.1), plane + 6 * planePitch, planePitch)
      putSix(widen(k0.2, k1.2, k2.2), plane + 12 * planePitch, planePitch)
      putSix(widen(k0.3, k1.3, k2.3), plane + 18 * planePitch, planePitch)
      putSix(widen(k0.4, k1.4, k2.4), plane + 24 * planePitch, planePitch)
      putSix(widen(k0.5, k1.5, k2.5), plane + 30 * planePitch, planePitch)
      at += Lanes.scalarCount
    }
  }
}

/// G applied to three values: (g0 + p g1 + p² g2) / N for each finite point p, and g2.
@inline(__always)
private func widen(_ g0: Lanes, _ g1: Lanes, _ g2: Lanes) -> Six {
  let evenA = plus(g0, PointsF4.aa, g2) * PointsF4.overA, oddA = g1 * (PointsF4.a * PointsF4.overA)
  let evenB = plus(g0, PointsF4.bb, g2) * PointsF4.overB, oddB = g1 * (PointsF4.b * PointsF4.overB)
  return (g0 * PointsF4.overZero, evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, g2)
}

@inline(__always)
private func widenColumn(_ column: UnsafePointer<Float>, _ pitch: Int) -> Six {
  widen(lanes(at: column), lanes(at: column + pitch), lanes(at: column + 2 * pitch))
}

@inline(__always)
func putSix(_ values: Six, _ plane: UnsafeMutablePointer<Float>, _ pitch: Int) {
  put(values.0, plane)
  put(values.1, plane + pitch)
  put(values.2, plane + 2 * pitch)
  put(values.3, plane + 3 * pitch)
  put(values.4, plane + 4 * pitch)
  put(values.5, plane + 5 * pitch)
}
