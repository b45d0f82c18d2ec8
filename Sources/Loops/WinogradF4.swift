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

/// The rows of Bᵀ for the points ±`point`, where `square` is the square of the other pair.
@inline(__always)
private func pair(_ x1: Lanes, _ x2: Lanes, _ x3: Lanes, _ x4: Lanes, _ point: Float, _ square: Float) -> Two {
  let even = plus(x4, -square, x2), odd = plus(x3, -square, x1)
  return (plus(even, point, odd), plus(even, -point, odd))
}

/// Bᵀ applied to a row of six values, whose results go to six neighbouring planes.
@inline(__always)
private func spread(_ x: Six, _ plane: UnsafeMutablePointer<Float>, _ pitch: Int) {
  put(outer(x.0, x.2, x.4), plane)
  let (p, q) = pair(x.1, x.2, x.3, x.4, PointsF4.a, PointsF4.bb)
  put(p, plane + pitch)
  put(q, plane + 2 * pitch)
  let (r, s) = pair(x.1, x.2, x.3, x.4, PointsF4.b, PointsF4.aa)
  put(r, plane + 3 * pitch)
  put(s, plane + 4 * pitch)
  put(outer(x.1, x.3, x.5), plane + 5 * pitch)
}

/// Transforms some tiles of one padded image: plane p of 36 receives value p of Bᵀ d B for each tile and channel.
///
/// Tile t covers the 6x6 values from row 4 (t / `tilesPerRow`), column 4 (t mod `tilesPerRow`) on. `channels` is a
/// multiple of 16. The value of channel c of tile t lies `tilePitch` (t − first) + `panelPitch` (c / 16) + c mod 16
/// floats behind the start of each plane.
@inline(never)
package func winogradF4Input(
  _ image: UnsafePointer<Float>, _ rowPitch: Int, _ channels: Int, _ tilesPerRow: Int, _ first: Int, _ last: Int,
  _ planes: UnsafeMutablePointer<Float>, _ planePitch: Int, _ tilePitch: Int, _ panelPitch: Int
) {
  var tile = first
  while tile < last {
    let row = tile / tilesPerRow
    let corner = image + 4 * row * rowPitch + 4 * (tile - row * tilesPerRow) * channels
    let target = planes + (tile - first) * tilePitch
    var at = 0
    while at < channels {
      spreadTile(
        corner + at, rowPitch, channels, target + (at >> 4) * panelPitch + (at & 15), planePitch)
      at += Lanes.scalarCount
    }
    tile += 1
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
  spreadPair(x + pitch, pitch, c, plane + 6 * planePitch, planePitch, PointsF4.a, PointsF4.bb)
  spreadPair(x + pitch, pitch, c, plane + 18 * planePitch, planePitch, PointsF4.b, PointsF4.aa)
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
private func spreadPair(
  _ x: UnsafePointer<Float>, _ pitch: Int, _ c: Int, _ plane: UnsafeMutablePointer<Float>, _ planePitch: Int,
  _ point: Float, _ square: Float
) {
  let (p0, q0) = pairColumn(x, pitch, point, square)
  let (p1, q1) = pairColumn(x + c, pitch, point, square)
  let (p2, q2) = pairColumn(x + 2 * c, pitch, point, square)
  let (p3, q3) = pairColumn(x + 3 * c, pitch, point, square)
  let (p4, q4) = pairColumn(x + 4 * c, pitch, point, square)
  let (p5, q5) = pairColumn(x + 5 * c, pitch, point, square)
  spread((p0, p1, p2, p3, p4, p5), plane, planePitch)
  spread((q0, q1, q2, q3, q4, q5), plane + 6 * planePitch, planePitch)
}

@inline(__always)
private func pairColumn(_ x: UnsafePointer<Float>, _ pitch: Int, _ point: Float, _ square: Float) -> Two {
  pair(lanes(at: x), lanes(at: x + pitch), lanes(at: x + 2 * pitch), lanes(at: x + 3 * pitch), point, square)
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

/// Transforms the products back and writes (or adds) the up to 4x4 outputs of each tile that lie inside of the image.
@inline(never)
package func winogradF4Output(
  _ planes: UnsafePointer<Float>, _ planePitch: Int, _ channels: Int, _ tilesPerRow: Int, _ first: Int, _ last: Int,
  _ output: UnsafeMutablePointer<Float>, _ height: Int, _ width: Int, _ accumulating: Bool
) {
  var tile = first
  while tile < last {
    let row = tile / tilesPerRow
    let (y, x) = (4 * row, 4 * (tile - row * tilesPerRow))
    let source = planes + (tile - first) * channels
    let target = output + (y * width + x) * channels
    let (rows, columns) = (min(4, height - y), min(4, width - x))
    var at = 0
    while at < channels {
      gatherTile(
        source + at, planePitch, target + at, channels, width * channels, rows, columns, accumulating)
      at += Lanes.scalarCount
    }
    tile += 1
  }
}

@inline(never)
private func gatherTile(
  _ p: UnsafePointer<Float>, _ planePitch: Int, _ place: UnsafeMutablePointer<Float>, _ channels: Int, _ below: Int,
  _ rows: Int, _ columns: Int, _ accumulating: Bool
) {
  let k0 = gatherColumn(p, planePitch), k1 = gatherColumn(p + planePitch, planePitch)
  let k2 = gatherColumn(p + 2 * planePitch, planePitch), k3 = gatherColumn(p + 3 * planePitch, planePitch)
  let k4 = gatherColumn(p + 4 * planePitch, planePitch), k5 = gatherColumn(p + 5 * planePitch, planePitch)
  writeRow(gather((k0.0, k1.0, k2.0, k3.0, k4.0, k5.0)), place, channels, columns, accumulating)
  if rows > 1 {
    writeRow(gather((k0.1, k1.1, k2.1, k3.1, k4.1, k5.1)), place + below, channels, columns, accumulating)
  }
  if rows > 2 {
    writeRow(gather((k0.2, k1.2, k2.2, k3.2, k4.2, k5.2)), place + 2 * below, channels, columns, accumulating)
  }
  if rows > 3 {
    writeRow(gather((k0.3, k1.3, k2.3, k3.3, k4.3, k5.3)), place + 3 * below, channels, columns, accumulating)
  }
}

@inline(__always)
private func gatherColumn(_ plane: UnsafePointer<Float>, _ pitch: Int) -> Four {
  gather(
    (
      lanes(at: plane), lanes(at: plane + 6 * pitch), lanes(at: plane + 12 * pitch), lanes(at: plane + 18 * pitch),
      lanes(at: plane + 24 * pitch), lanes(at: plane + 30 * pitch)
    ))
}

@inline(__always)
private func writeRow(
  _ values: Four, _ place: UnsafeMutablePointer<Float>, _ channels: Int, _ columns: Int, _ accumulating: Bool
) {
  write(values.0, place, accumulating)
  if columns > 1 { write(values.1, place + channels, accumulating) }
  if columns > 2 { write(values.2, place + 2 * channels, accumulating) }
  if columns > 3 { write(values.3, place + 3 * channels, accumulating) }
}

/// Transforms rows of 3x3 weights: G g Gᵀ for `count` neighbouring values of each tap, a multiple of 16. Tap t lies
/// `tapPitch` floats behind tap t − 1, plane p `planePitch` floats behind plane p − 1, and in a plane each 16 values
/// `panelPitch` floats behind the 16 before.
@inline(never)
package func winogradF4Weights(
  _ weights: UnsafePointer<Float>, _ tapPitch: Int, _ planes: UnsafeMutablePointer<Float>, _ planePitch: Int,
  _ panelPitch: Int, _ count: Int
) {
  var at = 0
  while at < count {
    let w = weights + at, plane = planes + (at >> 4) * panelPitch + (at & 15)
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
