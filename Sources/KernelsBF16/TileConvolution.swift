// Convolution of bf16 images on tiles: 16 outputs that are neighbours in the padded image are the rows of a left factor,
// loaded from where they lie, a run of 32 taps is its depth, and packed weights are the right factor. Two by two tiles
// of sums need four loads for four products, which is what the caches can feed.

/// What `dotConvolve` computes, from weights whose pairs of taps per kernel row are a multiple of `tilePairs`; as many
/// numbers as those taps need lie behind the image's last ones, and are finite. Outputs may be any number wide.
@inline(never)
package func tileConvolve(
  _ image: UnsafePointer<UInt16>, _ weights: UnsafePointer<UInt16>, _ output: UnsafeMutablePointer<UInt16>,
  _ extents: DotExtents, _ accumulating: Bool
) {
  var unit = MatrixExtensions()
  tileConvolve(on: &unit, image, weights, output, extents, accumulating)
}

/// What `dotProducts` computes, under the same conditions.
@inline(never)
package func tileProducts(
  _ image: UnsafePointer<UInt16>, _ weights: UnsafePointer<UInt16>, _ output: UnsafeMutablePointer<Float>,
  _ extents: DotExtents
) {
  var unit = MatrixExtensions()
  tileProducts(on: &unit, image, weights, output, extents)
}

/// The pairs of taps that a tile is deep: packed kernel rows are padded to multiples of it.
package let tilePairs = 16

@inline(__always)
package func tileConvolve<Unit: TileUnit>(
  on unit: inout Unit, _ image: UnsafePointer<UInt16>, _ weights: UnsafePointer<UInt16>,
  _ output: UnsafeMutablePointer<UInt16>, _ extents: DotExtents, _ accumulating: Bool
) { convolve(on: &unit, Panels(image, weights, output, extents, accumulating)) }

@inline(__always)
package func tileProducts<Unit: TileUnit>(
  on unit: inout Unit, _ image: UnsafePointer<UInt16>, _ weights: UnsafePointer<UInt16>,
  _ output: UnsafeMutablePointer<Float>, _ extents: DotExtents
) { convolve(on: &unit, Panels(image, weights, output, extents, false)) }

/// How the outputs are dealt to tiles. Tile after tile takes the next 16 positions of a run, a position being one step
/// in the padded image. A run is one row of outputs, or, where that needs fewer tiles, the whole image with the steps
/// between its rows, whose sums are thrown away: an 8 x 8 map in a padded one of 10 columns takes 5 tiles instead of 8.
/// The last tile of a run is moved back to end with it.
private struct Positions {
  let runs: Int
  let length: Int
  /// Positions from one row of outputs to the next within a run.
  let pitch: Int
  let rows: Int
  let tilesPerRun: Int

  @inline(__always)
  init(_ e: DotExtents) {
    let rowTiles = (e.width + 15) / 16
    let pitch = e.stride * e.rowPitch / e.step
    let length = (e.height - 1) * pitch + e.width
    let isWhole =
      pitch * e.step == e.stride * e.rowPitch && pitch >= e.width && (length + 15) / 16 < e.height * rowTiles
    runs = isWhole ? 1 : e.height
    self.length = isWhole ? length : e.width
    self.pitch = isWhole ? pitch : e.width
    rows = min(16, self.length)
    tilesPerRun = (self.length + 15) / 16
  }

  var tiles: Int { runs * tilesPerRun }
}

/// A tile's first position within its run, how many of its rows an earlier tile has done, and where its image lies.
private struct Place {
  let run: Int
  let first: Int
  let done: Int

  @inline(__always)
  init(_ tile: Int, _ p: Positions) {
    run = tile / p.tilesPerRun
    let wanted = (tile - run * p.tilesPerRun) * 16
    first = min(wanted, p.length - p.rows)
    done = wanted - first
  }

  @inline(__always)
  func offset(_ e: DotExtents) -> Int { run * e.stride * e.rowPitch + first * e.step }
}

private struct Panels<Result: DotResult> {
  let image: UnsafePointer<UInt16>
  let weights: UnsafePointer<UInt16>
  let output: UnsafeMutablePointer<Result>
  let e: DotExtents
  let accumulating: Bool
  /// From the weights of 16 channels to those of the next.
  let pitch: Int
  let positions: Positions

  @inline(__always)
  init(
    _ image: UnsafePointer<UInt16>, _ weights: UnsafePointer<UInt16>, _ output: UnsafeMutablePointer<Result>,
    _ e: DotExtents, _ accumulating: Bool
  ) {
    (self.image, self.weights, self.output, self.e, self.accumulating) = (image, weights, output, e, accumulating)
    pitch = e.rows * e.pairs * 32
    positions = Positions(e)
  }
}

@inline(__always)
private func convolve<Unit: TileUnit, Result: DotResult>(on unit: inout Unit, _ p: Panels<Result>) {
  let tiles = p.positions.tiles
  unit.configure(rows: p.positions.rows, columns: 16, depth: 16)
  withSums { sums in
    var n = 0
    while n + 32 <= p.e.channels {
      var tile = 0
      while tile + 2 <= tiles {
        let a = Place(tile, p.positions), b = Place(tile + 1, p.positions)
        multiply2x2(on: &unit, p, a, b, n)
        unit.store(0, sums, 128)
        unit.store(1, sums + 64, 128)
        unit.store(2, sums + 2048, 128)
        unit.store(3, sums + 2112, 128)
        put(sums, p, a, n, 2)
        put(sums + 2048, p, b, n, 2)
        tile += 2
      }
      if tile < tiles {
        let a = Place(tile, p.positions)
        multiply1x2(on: &unit, p, a, n)
        unit.store(0, sums, 128)
        unit.store(1, sums + 64, 128)
        put(sums, p, a, n, 2)
      }
      n += 32
    }
    guard n < p.e.channels else { return }
    var tile = 0
    while tile + 4 <= tiles {
      let places = (
        Place(tile, p.positions), Place(tile + 1, p.positions), Place(tile + 2, p.positions),
        Place(tile + 3, p.positions)
      )
      multiply4x1(on: &unit, p, places, n)
      unit.store(0, sums, 64)
      unit.store(1, sums + 1024, 64)
      unit.store(2, sums + 2048, 64)
      unit.store(3, sums + 3072, 64)
      put(sums, p, places.0, n, 1)
      put(sums + 1024, p, places.1, n, 1)
      put(sums + 2048, p, places.2, n, 1)
      put(sums + 3072, p, places.3, n, 1)
      tile += 4
    }
    while tile < tiles {
      let a = Place(tile, p.positions)
      multiply1x1(on: &unit, p, a, n)
      unit.store(0, sums, 64)
      put(sums, p, a, n, 1)
      tile += 1
    }
  }
  unit.release()
}

/// Room for four tiles of sums on the stack.
@inline(__always)
private func withSums(_ body: (UnsafeMutableRawPointer) -> Void) {
  var sums = InlineArray<65, Vector>(repeating: .zero)
  withUnsafeMutableBytes(of: &sums) { bytes in
    // Vectors on the stack lie at multiples of 16 bytes; a tile's rows ought to be whole cache lines.
    if let base = bytes.baseAddress { body(base.alignedUp(toMultipleOf: 64)) }
  }
}

/// Writes (or adds) a tile of `vectors` x 16 channels, from n on, to its outputs.
@inline(__always)
private func put<Result: DotResult>(
  _ sums: UnsafeMutableRawPointer, _ p: Panels<Result>, _ place: Place, _ n: Int, _ vectors: Int
) {
  let (pitch, size) = (p.positions.pitch, vectors * 16)
  var source = UnsafePointer(sums.assumingMemoryBound(to: Float.self)) + place.done * size
  var left = p.positions.rows - place.done
  var x = place.first + place.done
  var y = place.run + x / pitch
  x %= pitch
  while left > 0 {
    let count = min(left, pitch - x)
    var target = p.output + y * p.e.outputPitch + x * p.e.outputStep + n
    var done = 0
    while done < min(count, p.e.width - x) {
      Result.put(load(source + done * size), target, p.accumulating)
      if vectors == 2 { Result.put(load(source + done * size + 16), target + 16, p.accumulating) }
      target += p.e.outputStep
      done += 1
    }
    source += count * size
    left -= count
    x = 0
    y += 1
  }
}

@inline(__always)
private func multiply2x2<Unit: TileUnit, Result: DotResult>(
  on unit: inout Unit, _ p: Panels<Result>, _ a: Place, _ b: Place, _ n: Int
) {
  let (panel, step) = (p.pitch, p.e.step * 2)
  var w = p.weights + n / 16 * panel
  let (first, second) = (p.image + a.offset(p.e), p.image + b.offset(p.e))
  unit.clear(0)
  unit.clear(1)
  unit.clear(2)
  unit.clear(3)
  for row in 0..<p.e.rows {
    var x = first + row * p.e.rowPitch, z = second + row * p.e.rowPitch
    for _ in 0..<p.e.pairs / tilePairs {
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
    }
  }
}

@inline(__always)
private func multiply1x2<Unit: TileUnit, Result: DotResult>(
  on unit: inout Unit, _ p: Panels<Result>, _ a: Place, _ n: Int
) {
  let (panel, step) = (p.pitch, p.e.step * 2)
  var w = p.weights + n / 16 * panel
  let first = p.image + a.offset(p.e)
  unit.clear(0)
  unit.clear(1)
  for row in 0..<p.e.rows {
    var x = first + row * p.e.rowPitch
    for _ in 0..<p.e.pairs / tilePairs {
      unit.load(4, x, step)
      unit.load(6, w, 64)
      unit.multiply(0, 4, 6)
      unit.load(7, w + panel, 64)
      unit.multiply(1, 4, 7)
      x += 32
      w += 512
    }
  }
}

@inline(__always)
private func multiply4x1<Unit: TileUnit, Result: DotResult>(
  on unit: inout Unit, _ p: Panels<Result>, _ places: (Place, Place, Place, Place), _ n: Int
) {
  let step = p.e.step * 2
  var w = p.weights + n / 16 * p.pitch
  let a = places.0.offset(p.e), b = places.1.offset(p.e), c = places.2.offset(p.e), d = places.3.offset(p.e)
  unit.clear(0)
  unit.clear(1)
  unit.clear(2)
  unit.clear(3)
  for row in 0..<p.e.rows {
    var x = p.image + row * p.e.rowPitch
    for _ in 0..<p.e.pairs / tilePairs {
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
    }
  }
}

@inline(__always)
private func multiply1x1<Unit: TileUnit, Result: DotResult>(
  on unit: inout Unit, _ p: Panels<Result>, _ a: Place, _ n: Int
) {
  let step = p.e.step * 2
  var w = p.weights + n / 16 * p.pitch
  let first = p.image + a.offset(p.e)
  unit.clear(0)
  for row in 0..<p.e.rows {
    var x = first + row * p.e.rowPitch
    for _ in 0..<p.e.pairs / tilePairs {
      unit.load(4, x, step)
      unit.load(6, w, 64)
      unit.multiply(0, 4, 6)
      x += 32
      w += 512
    }
  }
}
