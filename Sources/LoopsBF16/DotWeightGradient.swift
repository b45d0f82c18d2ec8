package import LoopTypes

// The weights' gradient of a convolution in bf16: a block of taps by output channels stays in registers while the
// positions stream by, two neighbouring ones at a time (see `pairTaps`, `pairOutputs`).

extension Loops {
  /// weights[k][j][n] += Σ over images i, rows y, pairs q of image[i][y · stride + k][q][j] · gradient[i][y][q][n].
  @inline(never)
  package static func dotConvolveWeights(
    _ image: UnsafePointer<UInt32>, gradient: UnsafePointer<UInt32>, _ e: DotGradientExtents,
    accumulating weights: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<e.rows {
      var tap = 0
      while tap < e.taps {
        var n = 0
        let left = e.taps - tap
        let isWide = left >= 8
        var covered = 1
        while n < e.channels {
          let span = Span(
            image: image + row * e.pairs * e.tapPitch + tap, gradient: gradient + n,
            weights: weights + (row * e.taps + tap) * e.channels + n, e: e)
          // Every block of a run of taps must be as tall as the others.
          if e.channels >= 32 && isWide {
            covered = 8
            if n + 32 <= e.channels {
              accumulate8x2(span)
              n += 32
            } else {
              accumulate8x1(span)
              n += 16
            }
          } else {
            if left >= 16 {
              covered = 16
              accumulate16x1(span)
            } else if isWide {
              covered = 8
              accumulate8x1(span)
            } else {
              accumulate1x1(span)
            }
            n += 16
          }
        }
        tap += covered
      }
    }
  }
}

private struct Span {
  let image: UnsafePointer<UInt32>
  let gradient: UnsafePointer<UInt32>
  let weights: UnsafeMutablePointer<Float>
  let e: DotGradientExtents
}

/// Calls `body` with the first pair of taps and of gradients of each row.
@inline(__always)
private func forEachRow(_ s: Span, _ body: (UnsafePointer<UInt32>, UnsafePointer<UInt32>) -> Void) {
  let pitch = s.e.stride * s.e.pairs * s.e.tapPitch
  let gradientPitch = s.e.pairs * s.e.channels
  var g = s.gradient
  for image in 0..<s.e.images {
    var x = s.image + image * s.e.imagePitch
    for _ in 0..<s.e.height {
      body(x, g)
      x += pitch
      g += gradientPitch
    }
  }
}

@inline(__always)
private func increase(_ target: UnsafeMutablePointer<Float>, _ sum: Vector) { store(load(target) + sum, target) }

@inline(__always)
private func accumulate8x2(_ s: Span) {
  let (taps, channels, count) = (s.e.tapPitch, s.e.channels, s.e.pairs)
  var a0 = Vector.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
  var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
  forEachRow(s) { row, gradients in
    var x = row
    var g = gradients
    for _ in 0..<count {
      let u = pairs(at: g), v = pairs(at: g + 16)
      let x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3]
      addDot(&a0, u, x0); addDot(&d0, v, x0); addDot(&a1, u, x1); addDot(&d1, v, x1)
      addDot(&a2, u, x2); addDot(&d2, v, x2); addDot(&a3, u, x3); addDot(&d3, v, x3)
      let x4 = x[4], x5 = x[5], x6 = x[6], x7 = x[7]
      addDot(&a4, u, x4); addDot(&d4, v, x4); addDot(&a5, u, x5); addDot(&d5, v, x5)
      addDot(&a6, u, x6); addDot(&d6, v, x6); addDot(&a7, u, x7); addDot(&d7, v, x7)
      x += taps
      g += channels
    }
  }
  let (w, c) = (s.weights, channels)
  increase(w, a0); increase(w + c, a1); increase(w + 2 * c, a2); increase(w + 3 * c, a3)
  increase(w + 4 * c, a4); increase(w + 5 * c, a5); increase(w + 6 * c, a6); increase(w + 7 * c, a7)
  let z = w + 16
  increase(z, d0); increase(z + c, d1); increase(z + 2 * c, d2); increase(z + 3 * c, d3)
  increase(z + 4 * c, d4); increase(z + 5 * c, d5); increase(z + 6 * c, d6); increase(z + 7 * c, d7)
}

@inline(__always)
private func accumulate16x1(_ s: Span) {
  let (taps, channels, count) = (s.e.tapPitch, s.e.channels, s.e.pairs)
  var a0 = Vector.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
  var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
  forEachRow(s) { row, gradients in
    var x = row
    var g = gradients
    for _ in 0..<count {
      let u = pairs(at: g)
      addDot(&a0, u, x[0]); addDot(&a1, u, x[1]); addDot(&a2, u, x[2]); addDot(&a3, u, x[3])
      addDot(&a4, u, x[4]); addDot(&a5, u, x[5]); addDot(&a6, u, x[6]); addDot(&a7, u, x[7])
      addDot(&d0, u, x[8]); addDot(&d1, u, x[9]); addDot(&d2, u, x[10]); addDot(&d3, u, x[11])
      addDot(&d4, u, x[12]); addDot(&d5, u, x[13]); addDot(&d6, u, x[14]); addDot(&d7, u, x[15])
      x += taps
      g += channels
    }
  }
  let (w, c) = (s.weights, channels)
  increase(w, a0); increase(w + c, a1); increase(w + 2 * c, a2); increase(w + 3 * c, a3)
  increase(w + 4 * c, a4); increase(w + 5 * c, a5); increase(w + 6 * c, a6); increase(w + 7 * c, a7)
  let z = w + 8 * c
  increase(z, d0); increase(z + c, d1); increase(z + 2 * c, d2); increase(z + 3 * c, d3)
  increase(z + 4 * c, d4); increase(z + 5 * c, d5); increase(z + 6 * c, d6); increase(z + 7 * c, d7)
}

@inline(__always)
private func accumulate8x1(_ s: Span) {
  let (taps, channels, count) = (s.e.tapPitch, s.e.channels, s.e.pairs)
  var a0 = Vector.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
  forEachRow(s) { row, gradients in
    var x = row
    var g = gradients
    for _ in 0..<count {
      let u = pairs(at: g)
      addDot(&a0, u, x[0]); addDot(&a1, u, x[1]); addDot(&a2, u, x[2]); addDot(&a3, u, x[3])
      addDot(&a4, u, x[4]); addDot(&a5, u, x[5]); addDot(&a6, u, x[6]); addDot(&a7, u, x[7])
      x += taps
      g += channels
    }
  }
  let (w, c) = (s.weights, channels)
  increase(w, a0); increase(w + c, a1); increase(w + 2 * c, a2); increase(w + 3 * c, a3)
  increase(w + 4 * c, a4); increase(w + 5 * c, a5); increase(w + 6 * c, a6); increase(w + 7 * c, a7)
}

@inline(__always)
private func accumulate1x1(_ s: Span) {
  let (taps, channels, count) = (s.e.tapPitch, s.e.channels, s.e.pairs)
  var a0 = Vector.zero
  forEachRow(s) { row, gradients in
    var x = row
    var g = gradients
    for _ in 0..<count {
      addDot(&a0, pairs(at: g), x[0])
      x += taps
      g += channels
    }
  }
  increase(s.weights, a0)
}
