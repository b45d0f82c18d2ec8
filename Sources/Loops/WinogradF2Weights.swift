package import LoopTypes

// The transforms of F(2x2, 3x3) on weights and on their gradients, which are floats whatever the images are.

extension WinogradF2 {
  /// Transforms rows of 3x3 weights: G g Gᵀ for each value of the taps.
  @inline(never)
  package static func weights(
    _ weights: UnsafePointer<Float>, _ extents: WinogradWeightExtents, into planes: UnsafeMutablePointer<Float>
  ) {
    let (tapPitch, planePitch) = (extents.tapPitch, extents.planePitch)
    var at = 0
    while at < extents.count {
      let w = weights + at
      let (a0, b0, c0, d0) = widenColumn(w, 3 * tapPitch)
      let (a1, b1, c1, d1) = widenColumn(w + tapPitch, 3 * tapPitch)
      let (a2, b2, c2, d2) = widenColumn(w + 2 * tapPitch, 3 * tapPitch)
      var plane = planes + (at >> 4) * extents.panelPitch + (at & 15)
      putFour(widen(a0, a1, a2), &plane, planePitch)
      putFour(widen(b0, b1, b2), &plane, planePitch)
      putFour(widen(c0, c1, c2), &plane, planePitch)
      putFour(widen(d0, d1, d2), &plane, planePitch)
      at += Lanes.scalarCount
    }
  }
}

/// G applied to three values: a, (a + b + c) / 2, (a − b + c) / 2, c.
@inline(__always)
private func widen(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> (Lanes, Lanes, Lanes, Lanes) {
  (a, (a + b + c) * 0.5, (a - b + c) * 0.5, c)
}

/// The same for one column of the kernel, whose rows lie `pitch` apart.
@inline(__always)
private func widenColumn(_ column: UnsafePointer<Float>, _ pitch: Int) -> (Lanes, Lanes, Lanes, Lanes) {
  widen(lanes(at: column), lanes(at: column + pitch), lanes(at: column + 2 * pitch))
}

@inline(__always)
private func putFour(
  _ values: (Lanes, Lanes, Lanes, Lanes), _ plane: inout UnsafeMutablePointer<Float>, _ pitch: Int
) {
  put(values.0, plane)
  put(values.1, plane + pitch)
  put(values.2, plane + 2 * pitch)
  put(values.3, plane + 3 * pitch)
  plane += 4 * pitch
}

/// Gᵀ applied to four values: a + (b + c) / 2, (b − c) / 2, (b + c) / 2 + d.
@inline(__always)
private func narrow(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes) -> (Lanes, Lanes, Lanes) {
  let sum = (b + c) * 0.5
  return (a + sum, (b - c) * 0.5, sum + d)
}

extension WinogradF2 {
  /// Transforms rows of 16 neighbouring sums of each plane to the gradients of the nine taps; the twin of `weights`.
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
        let (a0, b0, c0) = narrowColumn(p, planePitch)
        let (a1, b1, c1) = narrowColumn(p + planePitch, planePitch)
        let (a2, b2, c2) = narrowColumn(p + 2 * planePitch, planePitch)
        let (a3, b3, c3) = narrowColumn(p + 3 * planePitch, planePitch)
        var tap = weights + row * extents.rowPitch + at
        putThree(narrow(a0, a1, a2, a3), &tap, tapPitch)
        putThree(narrow(b0, b1, b2, b3), &tap, tapPitch)
        putThree(narrow(c0, c1, c2, c3), &tap, tapPitch)
        at += Lanes.scalarCount
      }
      row += 1
    }
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
