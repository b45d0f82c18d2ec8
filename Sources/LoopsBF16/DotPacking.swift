internal import CTiles
package import LoopTypes

// The orders in which bf16 numbers lie so that one instruction multiplies two of them: pairs of taps for weights, pairs
// of neighbouring outputs for the weights' gradient.

extension Loops {
  /// Packs a row-major matrix of `taps` x `channels` weights: pair p of channels n ..< n + 16 becomes 16 pairs of bf16
  /// numbers at `packed` + n / 16 · `blockPitch` + 32 p. An odd last tap is paired with zeros.
  @inline(never)
  package static func packDots(
    _ weights: UnsafePointer<Float>, _ extents: DotPackingExtents, into packed: UnsafeMutablePointer<UInt16>
  ) {
    let (taps, channels, blockPitch) = (extents.taps, extents.channels, extents.blockPitch)
    var tap = 0
    while tap < taps {
      let first = weights + tap * channels
      let hasSecond = tap + 1 < taps
      var n = 0
      while n < channels {
        let second = hasSecond ? load(first + channels + n) : .zero
        put(interleaved(load(first + n), second), packed + n / 16 * blockPitch + 16 * tap)
        n += 16
      }
      tap += 2
    }
  }
}

extension Loops {
  /// Pairs the taps of neighbouring outputs: pairs[q][j] = (row[2 q · step + j], row[(2 q + 1) · step + j]) for `taps` taps
  /// of each of `count` pairs of outputs in one row of a padded image.
  @inline(never)
  package static func pairTaps(_ row: UnsafePointer<UInt16>, _ taps: RowTaps, into pairs: UnsafeMutablePointer<UInt32>)
  {
    let (step, taps, count) = (taps.step, taps.taps, taps.count)
    var target = pairs
    var q = 0
    while q < count {
      pairRows(row + 2 * q * step, row + (2 * q + 1) * step, taps, target)
      target += taps
      q += 1
    }
  }
}

extension Loops {
  /// Pairs neighbouring outputs of a row of `width` outputs with `channels` channels; the partner of an odd last one is zero.
  @inline(never)
  package static func pairOutputs(
    _ row: UnsafePointer<UInt16>, width: Int, channels: Int, into pairs: UnsafeMutablePointer<UInt32>
  ) {
    var target = pairs
    var x = 0
    while x + 2 <= width {
      pairRows(row + x * channels, row + (x + 1) * channels, channels, target)
      target += channels
      x += 2
    }
    if x < width {
      var at = 0
      while at < channels {
        target[at] = UInt32(row[x * channels + at])
        at += 1
      }
    }
  }
}

@inline(__always)
private func pairRows(
  _ first: UnsafePointer<UInt16>, _ second: UnsafePointer<UInt16>, _ count: Int, _ target: UnsafeMutablePointer<UInt32>
) {
  var at = 0
  while at + 16 <= count {
    put(interleaved(bf16(at: first + at), bf16(at: second + at)), target + at)
    at += 16
  }
  while at < count {
    target[at] = UInt32(first[at]) | UInt32(second[at]) << 16
    at += 1
  }
}

extension Loops {
  /// Packs the transpose of a row-major matrix of `channels` x `taps` weights, `taps` a multiple of 16: pair p of channels
  /// n ..< n + 16 becomes 16 pairs at `packed` + n / 16 · `blockPitch` + 32 p, as from `packDots`.
  @inline(never)
  package static func packTransposedDots(
    _ weights: UnsafePointer<Float>, _ extents: DotPackingExtents, into packed: UnsafeMutablePointer<UInt16>
  ) {
    let (taps, channels, blockPitch) = (extents.taps, extents.channels, extents.blockPitch)
    var channel = 0
    while channel < channels {
      let row = weights + channel * taps
      let target = UnsafeMutableRawPointer(packed + channel / 16 * blockPitch + channel % 16 * 2).assumingMemoryBound(
        to: UInt32.self)
      var tap = 0
      while tap + 16 <= taps {
        let values = unsafeBitCast(cas_narrow(load(row + tap)), to: SIMD8<UInt32>.self)
        let place = target + 8 * tap
        place[0] = values[0]
        place[16] = values[1]
        place[32] = values[2]
        place[48] = values[3]
        place[64] = values[4]
        place[80] = values[5]
        place[96] = values[6]
        place[112] = values[7]
        tap += 16
      }
      channel += 1
    }
  }
}
