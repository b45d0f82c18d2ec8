package import LoopTypes

// Convolution of bf16 images without a matrix of patches: a block of output pixels and channels stays in registers while
// pairs of taps stream by, two multiply-adds a lane and instruction. The taps of a kernel row are contiguous in an NHWC
// image, so a pair is two neighbouring numbers of it, and one 32-bit load broadcasts it.

extension Loops {
  /// output[y][x][n] = Σ over rows k and taps j of image[y · stride + k][x · step + j] · weights[k][j][n], written or added.
  ///
  /// - Parameters:
  ///   - weights: packed as [channels / 16][rows · pairs][16][2], see `packDots`.
  ///   - extents: at least 8 wide; a last block that would overlap the edge is moved back, so some outputs are computed
  ///     twice, to the same bits (but an added one only where it was not counted yet).
  @inline(never)
  package static func dotConvolve(
    _ image: UnsafePointer<UInt16>, by weights: UnsafePointer<UInt16>, _ extents: DotExtents, accumulating: Bool,
    into output: UnsafeMutablePointer<UInt16>
  ) {
    convolveBlocks(image, weights, output, extents, accumulating)
  }
}

extension Loops {
  /// The same into floats, written: the products of Winograd's planes.
  @inline(never)
  package static func dotProducts(
    _ image: UnsafePointer<UInt16>, by weights: UnsafePointer<UInt16>, _ extents: DotExtents,
    into output: UnsafeMutablePointer<Float>
  ) {
    convolveBlocks(image, weights, output, extents, false)
  }
}

/// Where a block's sums go.
protocol DotResult {
  static func put(_ sum: Vector, _ target: UnsafeMutablePointer<Self>, _ accumulating: Bool)
}

extension UInt16: DotResult {
  @inline(__always)
  static func put(_ sum: Vector, _ target: UnsafeMutablePointer<UInt16>, _ accumulating: Bool) {
    store(accumulating ? load(target) + sum : sum, target)
  }
}

extension Float: DotResult {
  @inline(__always)
  static func put(_ sum: Vector, _ target: UnsafeMutablePointer<Float>, _ accumulating: Bool) {
    store(accumulating ? load(target) + sum : sum, target)
  }
}

/// One block of outputs. `skipped` outputs at its left end were computed before and are not touched again.
private struct Block<Result> {
  let image: UnsafePointer<UInt16>
  let weights: UnsafePointer<UInt16>
  let output: UnsafeMutablePointer<Result>
  let rows: Int
  let pairs: Int
  let rowPitch: Int
  let step: Int
  let outputStep: Int
  let skipped: Int
  let accumulating: Bool
}

@inline(__always)
private func convolveBlocks<Result: DotResult>(
  _ image: UnsafePointer<UInt16>, _ weights: UnsafePointer<UInt16>, _ output: UnsafeMutablePointer<Result>,
  _ e: DotExtents, _ accumulating: Bool
) {
  let panel = e.rows * e.pairs * 32
  var n = 0
  while n < e.channels {
    let isPair = n + 32 <= e.channels
    let pixels = isPair || e.width < 16 ? 8 : 16
    for y in 0..<e.height {
      var x = 0
      while x < e.width {
        let wanted = x
        if x + pixels > e.width { x = e.width - pixels }
        let block = Block(
          image: image + y * e.stride * e.rowPitch + x * e.step, weights: weights + n / 16 * panel,
          output: output + y * e.outputPitch + x * e.outputStep + n, rows: e.rows, pairs: e.pairs, rowPitch: e.rowPitch,
          step: e.step, outputStep: e.outputStep, skipped: wanted - x, accumulating: accumulating)
        if isPair { convolve8x2(block, panel) } else if pixels == 16 { convolve16x1(block) } else { convolve8x1(block) }
        x += pixels
      }
    }
    n += isPair ? 32 : 16
  }
}

@inline(__always)
private func put8<Result: DotResult>(
  _ b: Block<Result>, _ target: UnsafeMutablePointer<Result>, _ skipped: Int,
  _ s: (
    Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector
  )
) {
  let (o, a) = (b.outputStep, b.accumulating)
  if skipped < 1 { Result.put(s.0, target, a) }
  if skipped < 2 { Result.put(s.1, target + o, a) }
  if skipped < 3 { Result.put(s.2, target + 2 * o, a) }
  if skipped < 4 { Result.put(s.3, target + 3 * o, a) }
  if skipped < 5 { Result.put(s.4, target + 4 * o, a) }
  if skipped < 6 { Result.put(s.5, target + 5 * o, a) }
  if skipped < 7 { Result.put(s.6, target + 6 * o, a) }
  if skipped < 8 { Result.put(s.7, target + 7 * o, a) }
}

@inline(__always)
private func convolve8x2<Result: DotResult>(_ b: Block<Result>, _ panel: Int) {
  let s = b.step
  var a0 = Vector.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
  var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
  var w = b.weights
  for row in 0..<b.rows {
    var x = b.image + row * b.rowPitch
    for _ in 0..<b.pairs {
      let u = pairs(at: w), v = pairs(at: w + panel)
      let x0 = pair(x, 0), x1 = pair(x, s), x2 = pair(x, 2 * s), x3 = pair(x, 3 * s)
      addDot(&a0, u, x0); addDot(&d0, v, x0); addDot(&a1, u, x1); addDot(&d1, v, x1)
      addDot(&a2, u, x2); addDot(&d2, v, x2); addDot(&a3, u, x3); addDot(&d3, v, x3)
      let x4 = pair(x, 4 * s), x5 = pair(x, 5 * s), x6 = pair(x, 6 * s), x7 = pair(x, 7 * s)
      addDot(&a4, u, x4); addDot(&d4, v, x4); addDot(&a5, u, x5); addDot(&d5, v, x5)
      addDot(&a6, u, x6); addDot(&d6, v, x6); addDot(&a7, u, x7); addDot(&d7, v, x7)
      x += 2
      w += 32
    }
  }
  put8(b, b.output, b.skipped, (a0, a1, a2, a3, a4, a5, a6, a7))
  put8(b, b.output + 16, b.skipped, (d0, d1, d2, d3, d4, d5, d6, d7))
}

@inline(__always)
private func convolve16x1<Result: DotResult>(_ b: Block<Result>) {
  let s = b.step
  var a0 = Vector.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
  var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
  var w = b.weights
  for row in 0..<b.rows {
    var x = b.image + row * b.rowPitch
    for _ in 0..<b.pairs {
      let u = pairs(at: w)
      let z = x + 8 * s
      addDot(&a0, u, pair(x, 0)); addDot(&a1, u, pair(x, s)); addDot(&a2, u, pair(x, 2 * s))
      addDot(&a3, u, pair(x, 3 * s)); addDot(&a4, u, pair(x, 4 * s)); addDot(&a5, u, pair(x, 5 * s))
      addDot(&a6, u, pair(x, 6 * s)); addDot(&a7, u, pair(x, 7 * s))
      addDot(&d0, u, pair(z, 0)); addDot(&d1, u, pair(z, s)); addDot(&d2, u, pair(z, 2 * s))
      addDot(&d3, u, pair(z, 3 * s)); addDot(&d4, u, pair(z, 4 * s)); addDot(&d5, u, pair(z, 5 * s))
      addDot(&d6, u, pair(z, 6 * s)); addDot(&d7, u, pair(z, 7 * s))
      x += 2
      w += 32
    }
  }
  put8(b, b.output, b.skipped, (a0, a1, a2, a3, a4, a5, a6, a7))
  put8(b, b.output + 8 * b.outputStep, b.skipped - 8, (d0, d1, d2, d3, d4, d5, d6, d7))
}

@inline(__always)
private func convolve8x1<Result: DotResult>(_ b: Block<Result>) {
  let s = b.step
  var a0 = Vector.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
  var w = b.weights
  for row in 0..<b.rows {
    var x = b.image + row * b.rowPitch
    for _ in 0..<b.pairs {
      let u = pairs(at: w)
      addDot(&a0, u, pair(x, 0)); addDot(&a1, u, pair(x, s)); addDot(&a2, u, pair(x, 2 * s))
      addDot(&a3, u, pair(x, 3 * s)); addDot(&a4, u, pair(x, 4 * s)); addDot(&a5, u, pair(x, 5 * s))
      addDot(&a6, u, pair(x, 6 * s)); addDot(&a7, u, pair(x, 7 * s))
      x += 2
      w += 32
    }
  }
  put8(b, b.output, b.skipped, (a0, a1, a2, a3, a4, a5, a6, a7))
}
