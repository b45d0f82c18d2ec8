package import LoopTypes

// A 3x3 convolution of an image of 2x2 values with nine multiplications instead of 36. Along one axis the two outputs
// w1 x0 + w2 x1 and w0 x0 + w1 x1, a product with a Toeplitz matrix, share w1 (x0 + x1); the others are
// (w2 − w1) x1 and (w0 − w1) x0 (Winograd: "Arithmetic Complexity of Computations", SIAM 1980, chapter III).
// The arguments of these functions are those of their namesakes in WinogradF2.swift and WinogradF2Gradient.swift, the tiles
// those of one image: a single one.

extension WinogradSquare {
  /// Transforms one padded image, of which the inner 2x2 values count.
  @inline(never)
  package static func input(
    _ image: UnsafePointer<Float>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<Float>,
    _ pitches: PlanePitches
  ) {
    let (channels, rowPitch, planePitch) = (
      tiles.image.channels, tiles.image.width * tiles.image.channels, pitches.plane
    )
    var at = 0
    while at < channels {
      let x = image + rowPitch + channels + at
      let plane = planes + (at >> 4) * pitches.panel + (at & 15)
      let a = spread(lanes(at: x), lanes(at: x + channels))
      let b = spread(lanes(at: x + rowPitch), lanes(at: x + rowPitch + channels))
      putRow((a.0 + b.0, a.1 + b.1, a.2 + b.2), plane, planePitch)
      putRow(b, plane + 3 * planePitch, planePitch)
      putRow(a, plane + 6 * planePitch, planePitch)
      at += Lanes.scalarCount
    }
  }
}

/// x0 + x1, x1, x0.
@inline(__always)
private func spread(_ x0: Lanes, _ x1: Lanes) -> Three { (x0 + x1, x1, x0) }

@inline(__always)
private func putRow(_ values: Three, _ plane: UnsafeMutablePointer<Float>, _ pitch: Int) {
  put(values.0, plane)
  put(values.1, plane + pitch)
  put(values.2, plane + 2 * pitch)
}

extension WinogradSquare {
  @inline(never)
  package static func output(
    _ planes: UnsafePointer<Float>, planePitch: Int, _ tiles: WinogradTiles, into output: UnsafeMutablePointer<Float>,
    accumulating: Bool
  ) {
    let channels = tiles.image.channels
    var at = 0
    while at < channels {
      let p = planes + at
      let (a0, b0) = gatherRow(p, planePitch)
      let (a1, b1) = gatherRow(p + 3 * planePitch, planePitch)
      let (a2, b2) = gatherRow(p + 6 * planePitch, planePitch)
      store(a0 + a1, output + at, accumulating)
      store(b0 + b1, output + channels + at, accumulating)
      store(a0 + a2, output + 2 * channels + at, accumulating)
      store(b0 + b2, output + 3 * channels + at, accumulating)
      at += Lanes.scalarCount
    }
  }
}

@inline(__always)
private func gatherRow(_ p: UnsafePointer<Float>, _ pitch: Int) -> Two {
  let shared = lanes(at: p)
  return (shared + lanes(at: p + pitch), shared + lanes(at: p + 2 * pitch))
}

extension WinogradSquare {
  @inline(never)
  package static func weights(
    _ weights: UnsafePointer<Float>, _ extents: WinogradWeightExtents, into planes: UnsafeMutablePointer<Float>
  ) {
    let (tapPitch, planePitch) = (extents.tapPitch, extents.planePitch)
    var at = 0
    while at < extents.count {
      let w = weights + at, plane = planes + (at >> 4) * extents.panelPitch + (at & 15)
      let upper = widenRow(w, tapPitch), middle = widenRow(w + 3 * tapPitch, tapPitch)
      let lower = widenRow(w + 6 * tapPitch, tapPitch)
      putRow(middle, plane, planePitch)
      putRow(
        (lower.0 - middle.0, lower.1 - middle.1, lower.2 - middle.2), plane + 3 * planePitch, planePitch)
      putRow((upper.0 - middle.0, upper.1 - middle.1, upper.2 - middle.2), plane + 6 * planePitch, planePitch)
      at += Lanes.scalarCount
    }
  }
}

/// w1, w2 − w1, w0 − w1.
@inline(__always)
private func widenRow(_ w: UnsafePointer<Float>, _ pitch: Int) -> Three {
  let middle = lanes(at: w + pitch)
  return (middle, lanes(at: w + 2 * pitch) - middle, lanes(at: w) - middle)
}

extension WinogradSquare {
  @inline(never)
  package static func gradient(
    _ image: UnsafePointer<Float>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<Float>,
    _ pitches: PlanePitches
  ) {
    let (channels, rowPitch, planePitch) = (
      tiles.image.channels, tiles.image.width * tiles.image.channels, pitches.plane
    )
    var at = 0
    while at < channels {
      let y = image + at
      let plane = planes + (at >> 4) * pitches.panel + (at & 15)
      let a = spread(lanes(at: y + channels), lanes(at: y))
      let b = spread(lanes(at: y + rowPitch + channels), lanes(at: y + rowPitch))
      putRow((a.0 + b.0, a.1 + b.1, a.2 + b.2), plane, planePitch)
      putRow(a, plane + 3 * planePitch, planePitch)
      putRow(b, plane + 6 * planePitch, planePitch)
      at += Lanes.scalarCount
    }
  }
}

extension WinogradSquare {
  @inline(never)
  package static func weightGradient(
    _ planes: UnsafePointer<Float>, _ extents: WinogradGradientExtents, into weights: UnsafeMutablePointer<Float>
  ) {
    let (planePitch, tapPitch) = (extents.planePitch, extents.tapPitch)
    var row = 0
    while row < extents.rows {
      var at = 0
      while at < 16 {
        let p = planes + row * 16 + at, w = weights + row * extents.rowPitch + at
        let a = narrowRow(p, planePitch), b = narrowRow(p + 3 * planePitch, planePitch)
        let c = narrowRow(p + 6 * planePitch, planePitch)
        putRow(c, w, tapPitch)
        putRow((a.0 - b.0 - c.0, a.1 - b.1 - c.1, a.2 - b.2 - c.2), w + 3 * tapPitch, tapPitch)
        putRow(b, w + 6 * tapPitch, tapPitch)
        at += Lanes.scalarCount
      }
      row += 1
    }
  }
}

/// The transpose of `widenRow`: the gradients of w0, w1, w2.
@inline(__always)
private func narrowRow(_ p: UnsafePointer<Float>, _ pitch: Int) -> Three {
  let u1 = lanes(at: p + pitch), u2 = lanes(at: p + 2 * pitch)
  return (u2, lanes(at: p) - u1 - u2, u1)
}
