package import LoopTypes

// The weights' gradient of a convolution on tiles: 16 pairs of outputs, a window, are the depth of a product of their
// gradients, transposed once for all taps, and of their taps. Both lie in whole tiles, one window behind the other
// (`pairTapTiles`, `transposeWindows`), so that the loops read memory in its order. What comes out are tiles of
// sums[channel][tap], which stay tiles until all windows are summed (`spreadSums`).

extension MatrixTiles {
  /// sums[t][n][c][j] += Σ over windows w, pairs q of gradients[n][w][c][q] · words[taps[t] + 256 w + 16 q + j], the product
  /// of two pairs being the sum of the products of their halves.
  @inline(never)
  package static func tileSumWeights(
    _ words: UnsafePointer<UInt32>, gradients: UnsafePointer<UInt32>, _ extents: TileGradientExtents,
    into sums: UnsafeMutablePointer<Float>
  ) {
    var unit = MatrixExtensions()
    LoopsBF16.tileSumWeights(on: &unit, words, gradients: gradients, extents, into: sums)
  }
}

@inline(__always)
package func tileSumWeights<Unit: TileUnit>(
  on unit: inout Unit, _ words: UnsafePointer<UInt32>, gradients: UnsafePointer<UInt32>, _ e: TileGradientExtents,
  into sums: UnsafeMutablePointer<Float>
) {
  unit.configure(rows: 16, columns: 16, depth: 16)
  var window = 0
  while window < e.windows {
    let block = WindowBlock(
      words: words + 256 * window, taps: e.taps, gradients: gradients + 256 * window, sums: sums, e: e,
      windows: min(mostWindows, e.windows - window), begins: e.begins && window == 0)
    var tap = 0
    while tap < e.tapTiles {
      let isPair = tap + 2 <= e.tapTiles
      var n = 0
      while n + 2 <= e.channelTiles {
        if isPair { multiply2x2(on: &unit, block, n, tap) } else { multiply2x1(on: &unit, block, n, tap) }
        n += 2
      }
      tap += 2
    }
    if e.channelTiles % 2 == 1 { multiply1x4(on: &unit, block, e.channelTiles - 1) }
    window += block.windows
  }
  unit.release()
}

/// Windows that are summed before the sums change: two tiles of each stay in the first-level cache, and reading and
/// writing the sums takes an eighth of the time.
private let mostWindows = 16

private struct WindowBlock {
  let words: UnsafePointer<UInt32>
  let taps: UnsafeBufferPointer<Int>
  let gradients: UnsafePointer<UInt32>
  let sums: UnsafeMutablePointer<Float>
  let e: TileGradientExtents
  let windows: Int
  let begins: Bool

  @inline(__always)
  func sums(_ n: Int, _ tap: Int) -> UnsafeMutablePointer<Float> { sums + 256 * (tap * e.channelTiles + n) }

  @inline(__always)
  func begin<Unit: TileUnit>(_ tile: Int, on unit: inout Unit, _ n: Int, _ tap: Int) {
    if begins { unit.clear(tile) } else { unit.load(tile, sums(n, tap), 64) }
  }
}

/// Two tiles of channels by two of taps.
@inline(__always)
private func multiply2x2<Unit: TileUnit>(on unit: inout Unit, _ p: WindowBlock, _ n: Int, _ tap: Int) {
  var g = p.gradients + n * p.e.channelPitch, h = g + p.e.channelPitch
  var x = p.words + p.taps[tap], z = p.words + p.taps[tap + 1]
  p.begin(0, on: &unit, n, tap)
  p.begin(1, on: &unit, n, tap + 1)
  p.begin(2, on: &unit, n + 1, tap)
  p.begin(3, on: &unit, n + 1, tap + 1)
  for _ in 0..<p.windows {
    unit.load(4, g, 64)
    unit.load(6, x, 64)
    unit.multiply(0, 4, 6)
    unit.load(7, z, 64)
    unit.multiply(1, 4, 7)
    unit.load(5, h, 64)
    unit.multiply(2, 5, 6)
    unit.multiply(3, 5, 7)
    g += 256
    h += 256
    x += 256
    z += 256
  }
  unit.store(0, p.sums(n, tap), 64)
  unit.store(1, p.sums(n, tap + 1), 64)
  unit.store(2, p.sums(n + 1, tap), 64)
  unit.store(3, p.sums(n + 1, tap + 1), 64)
}

/// Two tiles of channels by one of taps.
@inline(__always)
private func multiply2x1<Unit: TileUnit>(on unit: inout Unit, _ p: WindowBlock, _ n: Int, _ tap: Int) {
  var g = p.gradients + n * p.e.channelPitch, h = g + p.e.channelPitch
  var x = p.words + p.taps[tap]
  p.begin(0, on: &unit, n, tap)
  p.begin(2, on: &unit, n + 1, tap)
  for _ in 0..<p.windows {
    unit.load(6, x, 64)
    unit.load(4, g, 64)
    unit.multiply(0, 4, 6)
    unit.load(5, h, 64)
    unit.multiply(2, 5, 6)
    g += 256
    h += 256
    x += 256
  }
  unit.store(0, p.sums(n, tap), 64)
  unit.store(2, p.sums(n + 1, tap), 64)
}

/// One tile of channels by all of taps, four at a time.
@inline(__always)
private func multiply1x4<Unit: TileUnit>(on unit: inout Unit, _ p: WindowBlock, _ n: Int) {
  let gradients = p.gradients + n * p.e.channelPitch
  var tap = 0
  while tap + 4 <= p.e.tapTiles {
    var g = gradients
    let a = p.words + p.taps[tap], b = p.words + p.taps[tap + 1]
    let c = p.words + p.taps[tap + 2], d = p.words + p.taps[tap + 3]
    p.begin(0, on: &unit, n, tap)
    p.begin(1, on: &unit, n, tap + 1)
    p.begin(2, on: &unit, n, tap + 2)
    p.begin(3, on: &unit, n, tap + 3)
    var at = 0
    for _ in 0..<p.windows {
      unit.load(4, g, 64)
      unit.load(6, a + at, 64)
      unit.multiply(0, 4, 6)
      unit.load(7, b + at, 64)
      unit.multiply(1, 4, 7)
      unit.load(6, c + at, 64)
      unit.multiply(2, 4, 6)
      unit.load(7, d + at, 64)
      unit.multiply(3, 4, 7)
      g += 256
      at += 256
    }
    unit.store(0, p.sums(n, tap), 64)
    unit.store(1, p.sums(n, tap + 1), 64)
    unit.store(2, p.sums(n, tap + 2), 64)
    unit.store(3, p.sums(n, tap + 3), 64)
    tap += 4
  }
  while tap < p.e.tapTiles {
    var g = gradients
    var x = p.words + p.taps[tap]
    p.begin(0, on: &unit, n, tap)
    for _ in 0..<p.windows {
      unit.load(4, g, 64)
      unit.load(6, x, 64)
      unit.multiply(0, 4, 6)
      g += 256
      x += 256
    }
    unit.store(0, p.sums(n, tap), 64)
    tap += 1
  }
}

extension Loops {
  /// Writes, or adds, one tile of taps by some of channels: weights[j · pitch + n] (+)= sums[n / 16][n % 16][j], for
  /// all taps j.
  @inline(never)
  package static func spreadSums(
    _ sums: UnsafeMutablePointer<Float>, _ extents: SpreadExtents, accumulating: Bool,
    into weights: UnsafeMutablePointer<Float>
  ) {
    for n in 0..<extents.channelTiles {
      let tile = sums + 256 * n
      let bits = UnsafeMutableRawPointer(tile).assumingMemoryBound(to: UInt32.self)
      transposeTile(bits, 16, bits)
      for tap in 0..<extents.taps {
        let target = weights + tap * extents.pitch + n * 16
        let sum = load(tile + 16 * tap)
        store(accumulating ? load(target) + sum : sum, target)
      }
    }
  }
}

extension Loops {
  /// The taps of neighbouring outputs in tiles of 16: words[t][q][j] = (row[2 q · step + 16 t + j], row[(2 q + 1) · step +
  /// 16 t + j]) for `count` pairs of outputs in one row of a padded image. Up to 15 numbers behind the last tap are read.
  @inline(never)
  package static func pairTapTiles(
    _ row: UnsafePointer<UInt16>, _ taps: RowTaps, into words: UnsafeMutablePointer<UInt32>, tilePitch: Int
  ) {
    var (tap, tile) = (0, words)
    while tap < taps.taps {
      var (source, target) = (row + tap, tile)
      for _ in 0..<taps.count {
        put(interleaved(bf16(at: source), bf16(at: source + taps.step)), target)
        source += 2 * taps.step
        target += 16
      }
      tap += 16
      tile += tilePitch
    }
  }
}

extension Loops {
  /// gradients[n][w][c][q] = pairs[16 w + q][16 n + c] for all channels of some windows.
  @inline(never)
  package static func transposeWindows(
    _ pairs: UnsafePointer<UInt32>, channels: Int, windows: Int, into gradients: UnsafeMutablePointer<UInt32>,
    channelPitch: Int
  ) {
    for n in 0..<channels / 16 {
      for window in 0..<windows {
        transposeTile(
          pairs + window * 16 * channels + 16 * n, channels, gradients + n * channelPitch + 256 * window)
      }
    }
  }
}
