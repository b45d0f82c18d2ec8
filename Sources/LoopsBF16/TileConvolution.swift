package import LoopTypes

// Convolution of bf16 images on tiles: 16 outputs that are neighbours in memory are the rows of a left factor, loaded
// from where their taps lie, a run of 32 taps is its depth, and packed weights are the right factor. Two by two tiles of
// sums need four loads for four products, which is what the caches can feed. Sums leave the tiles through memory; they
// are rounded and put in their places while the next ones are summed.

extension MatrixTiles {
  /// output[targets[p] + n] = Σ over rows k and taps j of image[place of p + kernelRows[k] + j] · weights[k][j][n], written
  /// or added. As many numbers as a row's padding to `tilePairs` asks for lie behind the image's last ones, and are finite.
  ///
  /// - Parameter weights: packed as [channels / 16][rows · depth · 16][16][2], see `packDots`.
  @inline(never)
  package static func tileConvolve(
    _ image: UnsafePointer<UInt16>, by weights: UnsafePointer<UInt16>, _ extents: TileExtents, accumulating: Bool,
    into output: UnsafeMutablePointer<UInt16>
  ) {
    var unit = MatrixExtensions()
    LoopsBF16.tileConvolve(
      on: &unit, image, by: weights, extents, into: SumTarget(output, isAccumulating: accumulating))
  }
}

@inline(__always)
package func tileConvolve<Unit: TileUnit>(
  on unit: inout Unit, _ image: UnsafePointer<UInt16>, by weights: UnsafePointer<UInt16>, _ e: TileExtents,
  into target: SumTarget<UInt16>
) {
  let (output, accumulating) = (target.place, target.isAccumulating)
  let p = Panels(image: image, weights: weights, pitch: e.offsets.rows * e.depth * 512, e: e)
  unit.configure(rows: e.tileRows, columns: 16, depth: 16)
  withSums { room in
    var drain = Drain(
      sums: room, targets: e.offsets.targets, output: output, end: 0, isPair: false, isAdding: accumulating)
    var (sums, other) = (room, room + 1024)
    var n = 0
    while n < e.channels {
      let isPair = n + 32 <= e.channels
      var tile = 0
      while tile < e.offsets.tiles {
        let isWhole = tile + (isPair ? 2 : 4) <= e.offsets.tiles
        if isPair {
          if isWhole {
            multiply2x2(on: &unit, p, tile, n, &drain)
            unit.store(2, sums + 512, 128)
            unit.store(3, sums + 528, 128)
          } else {
            multiply1x2(on: &unit, p, tile, n, &drain)
          }
          unit.store(0, sums, 128)
          unit.store(1, sums + 16, 128)
        } else {
          if isWhole {
            multiply4x1(on: &unit, p, tile, n, &drain)
            unit.store(1, sums + 256, 64)
            unit.store(2, sums + 512, 64)
            unit.store(3, sums + 768, 64)
          } else {
            multiply1x1(on: &unit, p, tile, n, &drain)
          }
          unit.store(0, sums, 64)
        }
        let tiles = isWhole ? (isPair ? 2 : 4) : 1
        drain = Drain(
          sums: sums, targets: e.offsets.targets + 16 * tile, output: output + n, end: 16 * tiles, isPair: isPair,
          isAdding: accumulating)
        swap(&sums, &other)
        tile += tiles
      }
      n += isPair ? 32 : 16
    }
    drain.advance(drain.end)
  }
  unit.release()
}

/// Room for twice four tiles of sums on the stack.
@inline(__always)
private func withSums(_ body: (UnsafeMutablePointer<Float>) -> Void) {
  var sums = InlineArray<129, Vector>(repeating: .zero)
  withUnsafeMutableBytes(of: &sums) { bytes in
    // Vectors on the stack lie at multiples of 16 bytes; a tile's rows ought to be whole cache lines.
    if let base = bytes.baseAddress { body(base.alignedUp(toMultipleOf: 64).assumingMemoryBound(to: Float.self)) }
  }
}

private struct Panels {
  let image: UnsafePointer<UInt16>
  let weights: UnsafePointer<UInt16>
  /// From the weights of 16 channels to those of the next.
  let pitch: Int
  let e: TileExtents

  var steps: Int { e.offsets.rows * e.depth }
}

/// Sums on their way from tiles to their outputs, row by row.
private struct Drain {
  let sums: UnsafeMutablePointer<Float>
  let targets: UnsafePointer<Int>
  let output: UnsafeMutablePointer<UInt16>
  let end: Int
  /// Whether a row is 32 channels; else it is 16.
  let isPair: Bool
  let isAdding: Bool
  var at = 0

  /// The rows to write in each of `steps` steps.
  @inline(__always)
  func quota(_ steps: Int) -> Int { (end + steps - 1) / steps }

  @inline(__always)
  mutating func advance(_ count: Int) {
    let stop = min(end, at + count)
    while at < stop {
      let target = targets[at]
      if target >= 0 {
        if isPair {
          put(load(sums + 32 * at), output + target)
          put(load(sums + 32 * at + 16), output + target + 16)
        } else {
          put(load(sums + 16 * at), output + target)
        }
      }
      at += 1
    }
  }

  @inline(__always)
  private func put(_ sum: Vector, _ target: UnsafeMutablePointer<UInt16>) {
    store(isAdding ? load(target) + sum : sum, target)
  }
}

@inline(__always)
private func multiply2x2<Unit: TileUnit>(
  on unit: inout Unit, _ p: Panels, _ tile: Int, _ n: Int, _ drain: inout Drain
) {
  let (panel, step) = (p.pitch, p.e.step * 2)
  let quota = drain.quota(p.steps)
  var w = p.weights + n / 16 * panel
  let (first, second) = (p.image + p.e.offsets.places[tile], p.image + p.e.offsets.places[tile + 1])
  unit.clear(0)
  unit.clear(1)
  unit.clear(2)
  unit.clear(3)
  for row in 0..<p.e.offsets.rows {
    var x = first + p.e.offsets.kernelRows[row], z = second + p.e.offsets.kernelRows[row]
    for _ in 0..<p.e.depth {
      unit.load(4, x, step)
      unit.load(6, w, 64)
      unit.multiply(0, 4, 6)
      unit.load(7, w + panel, 64)
      unit.multiply(1, 4, 7)
      unit.load(5, z, step)
      unit.multiply(2, 5, 6)
      unit.multiply(3, 5, 7)
      x += 32
      z += 32
      w += 512
      drain.advance(quota)
    }
  }
}

@inline(__always)
private func multiply1x2<Unit: TileUnit>(
  on unit: inout Unit, _ p: Panels, _ tile: Int, _ n: Int, _ drain: inout Drain
) {
  let (panel, step) = (p.pitch, p.e.step * 2)
  let quota = drain.quota(p.steps)
  var w = p.weights + n / 16 * panel
  let first = p.image + p.e.offsets.places[tile]
  unit.clear(0)
  unit.clear(1)
  for row in 0..<p.e.offsets.rows {
    var x = first + p.e.offsets.kernelRows[row]
    for _ in 0..<p.e.depth {
      unit.load(4, x, step)
      unit.load(6, w, 64)
      unit.multiply(0, 4, 6)
      unit.load(7, w + panel, 64)
      unit.multiply(1, 4, 7)
      x += 32
      w += 512
      drain.advance(quota)
    }
  }
}

@inline(__always)
private func multiply4x1<Unit: TileUnit>(
  on unit: inout Unit, _ p: Panels, _ tile: Int, _ n: Int, _ drain: inout Drain
) {
  let step = p.e.step * 2
  let quota = drain.quota(p.steps)
  var w = p.weights + n / 16 * p.pitch
  let (a, b, c, d) = (
    p.e.offsets.places[tile], p.e.offsets.places[tile + 1], p.e.offsets.places[tile + 2], p.e.offsets.places[tile + 3]
  )
  unit.clear(0)
  unit.clear(1)
  unit.clear(2)
  unit.clear(3)
  for row in 0..<p.e.offsets.rows {
    var x = p.image + p.e.offsets.kernelRows[row]
    for _ in 0..<p.e.depth {
      unit.load(6, w, 64)
      unit.load(4, x + a, step)
      unit.multiply(0, 4, 6)
      unit.load(5, x + b, step)
      unit.multiply(1, 5, 6)
      unit.load(4, x + c, step)
      unit.multiply(2, 4, 6)
      unit.load(5, x + d, step)
      unit.multiply(3, 5, 6)
      x += 32
      w += 512
      drain.advance(quota)
    }
  }
}

@inline(__always)
private func multiply1x1<Unit: TileUnit>(
  on unit: inout Unit, _ p: Panels, _ tile: Int, _ n: Int, _ drain: inout Drain
) {
  let step = p.e.step * 2
  let quota = drain.quota(p.steps)
  var w = p.weights + n / 16 * p.pitch
  let first = p.image + p.e.offsets.places[tile]
  unit.clear(0)
  for row in 0..<p.e.offsets.rows {
    var x = first + p.e.offsets.kernelRows[row]
    for _ in 0..<p.e.depth {
      unit.load(4, x, step)
      unit.load(6, w, 64)
      unit.multiply(0, 4, 6)
      x += 32
      w += 512
      drain.advance(quota)
    }
  }
}

extension Loops {
  /// The taps of each output of a row behind one another: windows[x][j] = row[x · step + j].
  @inline(never)
  package static func copyWindows(
    _ row: UnsafePointer<UInt16>, _ taps: RowTaps, into windows: UnsafeMutablePointer<UInt16>
  ) {
    for x in 0..<taps.count { copy(row + x * taps.step, windows + x * taps.taps, taps.taps) }
  }
}
