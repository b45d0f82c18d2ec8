// The weights' gradient of a convolution on tiles: 16 pairs of outputs are the depth of a product of their gradients,
// transposed, and their taps, as they lie. The gradients are the smaller side, so that a transposed tile of them serves
// for all taps; what comes out are sums[channel][tap], transposed as they are added to the weights.

/// What `dotConvolveWeights` computes. Pairs of taps that belong to no output, between two rows or images that are
/// summed, are multiplied by zero and must be finite.
@inline(never)
package func tileConvolveWeights(
  _ image: UnsafePointer<UInt32>, _ gradient: UnsafePointer<UInt32>, _ weights: UnsafeMutablePointer<Float>,
  _ extents: DotGradientExtents
) {
  var unit = MatrixExtensions()
  tileConvolveWeights(on: &unit, image, gradient, weights, extents)
}

@inline(__always)
package func tileConvolveWeights<Unit: TileUnit>(
  on unit: inout Unit, _ image: UnsafePointer<UInt32>, _ gradient: UnsafePointer<UInt32>,
  _ weights: UnsafeMutablePointer<Float>, _ e: DotGradientExtents
) {
  let runs = PairRuns(e)
  unit.configure(rows: 16, columns: min(16, e.taps), depth: runs.depth)
  var room = InlineArray<1097, Pairs>(repeating: .zero)
  withUnsafeMutableBytes(of: &room) { bytes in
    guard let base = bytes.baseAddress?.alignedUp(toMultipleOf: 64) else { return }
    let tiles = base.assumingMemoryBound(to: UInt32.self)
    let sums = (base + transposedTiles * 1024).assumingMemoryBound(to: Float.self)
    let offsets = (base + transposedTiles * 1024 + 4096).assumingMemoryBound(to: Int.self)
    let p = Product(
      image: image, gradient: gradient, weights: weights, e: e, runs: runs, transposed: tiles, offsets: offsets,
      sums: sums)
    var n = 0
    while n < e.channels {
      let isPair = n + 32 <= e.channels
      let most = isPair ? transposedTiles / 2 : transposedTiles
      var first = 0
      while first < runs.windows {
        let windows = first..<min(first + most, runs.windows)
        let count = windows.count
        if isPair {
          transpose(p, windows, n, 2)
          transpose(p, windows, n + 16, 2, at: 1)
          multiply2x2(on: &unit, p, count, n)
        } else {
          transpose(p, windows, n, 1)
          multiply1x4(on: &unit, p, count, n)
        }
        first = windows.upperBound
      }
      n += isPair ? 32 : 16
    }
  }
  unit.release()
}

/// Tiles of transposed gradients that a block of sums runs over before it is added to the weights: what half of a
/// second-level cache holds several times over, and enough that adding takes a small part of the time.
private let transposedTiles = 64

/// How pairs of outputs are dealt to windows of at most 16 pairs, each as deep as a tile. A run is an image, its rows
/// one behind the other; or, where that needs fewer windows, all images together. Between the pairs of outputs lie those
/// that a stride skips, and at an image's end the taps that only the kernel's last rows reach: they count as pairs with
/// the gradient zero. The last window of a run is moved back to end with it, and what was counted before counts as zero.
private struct PairRuns {
  let runs: Int
  let length: Int
  let depth: Int
  /// From one row of outputs to the next, and from one image to the next within a run.
  let rowPitch: Int
  let imagePitch: Int
  let windowsPerRun: Int

  @inline(__always)
  init(_ e: DotGradientExtents) {
    rowPitch = e.stride * e.pairs
    let one = (e.height - 1) * rowPitch + e.pairs
    let pitch = e.imagePitch / e.tapPitch
    let all = (e.images - 1) * pitch + one
    let isWhole =
      pitch * e.tapPitch == e.imagePitch && pitch >= one && (all + 15) / 16 < e.images * ((one + 15) / 16)
    runs = isWhole ? 1 : e.images
    length = isWhole ? all : one
    imagePitch = isWhole ? pitch : one
    depth = min(16, length)
    windowsPerRun = (length + 15) / 16
  }

  var windows: Int { runs * windowsPerRun }

  /// A window's run, its first pair within it, and how many of its pairs were counted before.
  @inline(__always)
  func place(_ window: Int) -> (run: Int, first: Int, counted: Int) {
    let run = window / windowsPerRun
    let wanted = (window - run * windowsPerRun) * 16
    let first = min(wanted, length - depth)
    return (run, first, wanted - first)
  }
}

private struct Product {
  let image: UnsafePointer<UInt32>
  let gradient: UnsafePointer<UInt32>
  let weights: UnsafeMutablePointer<Float>
  let e: DotGradientExtents
  let runs: PairRuns
  let transposed: UnsafeMutablePointer<UInt32>
  /// Where the pairs of each transposed window begin, from a block's taps on.
  let offsets: UnsafeMutablePointer<Int>
  let sums: UnsafeMutablePointer<Float>

  /// Blocks of at most 16 taps, the kernel's rows one after the other.
  var tapBlocks: Int { e.rows * ((e.taps + 15) / 16) }

  /// A block's kernel row and first tap, the last block of a row moved back to end with it, and how many of its taps an
  /// earlier block has.
  @inline(__always)
  func block(_ index: Int) -> (row: Int, tap: Int, done: Int) {
    let perRow = (e.taps + 15) / 16
    let row = index / perRow
    let wanted = (index - row * perRow) * 16
    let tap = min(wanted, max(0, e.taps - 16))
    return (row, tap, wanted - tap)
  }

  @inline(__always)
  func taps(_ index: Int) -> UnsafePointer<UInt32> {
    let block = block(index)
    return image + block.row * e.pairs * e.tapPitch + block.tap
  }
}

/// transposed[w][channel][q] = gradient[q][n + channel] for the pairs q of each window, every `spacing`-th tile from
/// `at` on, and the windows' offsets.
@inline(__always)
private func transpose(_ p: Product, _ windows: Range<Int>, _ n: Int, _ spacing: Int, at: Int = 0) {
  let (e, runs) = (p.e, p.runs)
  var target = p.transposed + at * 256
  for window in windows {
    let place = runs.place(window)
    p.offsets[window - windows.lowerBound] = place.run * e.imagePitch + place.first * e.tapPitch
    let within = place.first / runs.imagePitch
    var image = place.run + within
    var position = place.first - within * runs.imagePitch
    if e.stride == 1 && place.counted == 0 && runs.depth == 16 && position + 16 <= e.height * e.pairs {
      transposeTile(p.gradient + (image * e.height * e.pairs + position) * e.channels + n, e.channels, target)
    } else {
      var row = position / runs.rowPitch
      var column = position - row * runs.rowPitch
      for q in 0..<16 {
        let counts = q >= place.counted && q < runs.depth && row < e.height && column < e.pairs
        let source = p.gradient + ((image * e.height + row) * e.pairs + column) * e.channels + n
        put(counts ? pairs(at: source) : .zero, target + 16 * q)
        position += 1
        column += 1
        if position == runs.imagePitch {
          (image, position, row, column) = (image + 1, 0, 0, 0)
        } else if column == runs.rowPitch {
          (row, column) = (row + 1, 0)
        }
      }
      transposeTile(target, 16, target)
    }
    target += spacing * 256
  }
}

/// Adds the sums of one block of taps and 16 channels, from n on, to the weights.
@inline(__always)
private func add(_ p: Product, _ sums: UnsafeMutablePointer<Float>, _ index: Int, _ n: Int) {
  let block = p.block(index)
  let bits = UnsafeMutableRawPointer(sums).assumingMemoryBound(to: UInt32.self)
  transposeTile(bits, 16, bits)
  var at = block.done
  while at < min(16, p.e.taps - block.tap) {
    addTo(sums + 16 * at, p.weights + (block.row * p.e.taps + block.tap + at) * p.e.channels + n, 16)
    at += 1
  }
}

/// Two tiles of channels by all taps.
@inline(__always)
private func multiply2x2<Unit: TileUnit>(on unit: inout Unit, _ p: Product, _ windows: Int, _ n: Int) {
  let pitch = p.e.tapPitch * 4
  var index = 0
  while index < p.tapBlocks {
    let isPair = index + 1 < p.tapBlocks
    let first = p.taps(index), second = isPair ? p.taps(index + 1) : first
    var g = p.transposed
    unit.clear(0)
    unit.clear(2)
    if isPair {
      unit.clear(1)
      unit.clear(3)
      for window in 0..<windows {
        let offset = p.offsets[window]
        unit.load(4, g, 64)
        unit.load(6, first + offset, pitch)
        unit.multiply(0, 4, 6)
        unit.load(7, second + offset, pitch)
        unit.multiply(1, 4, 7)
        unit.load(5, g + 256, 64)
        unit.multiply(2, 5, 6)
        unit.multiply(3, 5, 7)
        g += 512
      }
    } else {
      for window in 0..<windows {
        unit.load(6, first + p.offsets[window], pitch)
        unit.load(4, g, 64)
        unit.multiply(0, 4, 6)
        unit.load(5, g + 256, 64)
        unit.multiply(2, 5, 6)
        g += 512
      }
    }
    unit.store(0, p.sums, 64)
    unit.store(2, p.sums + 512, 64)
    if isPair {
      unit.store(1, p.sums + 256, 64)
      unit.store(3, p.sums + 768, 64)
    }
    add(p, p.sums, index, n)
    add(p, p.sums + 512, index, n + 16)
    if isPair {
      add(p, p.sums + 256, index + 1, n)
      add(p, p.sums + 768, index + 1, n + 16)
    }
    index += 2
  }
}

/// One tile of channels by all taps.
@inline(__always)
private func multiply1x4<Unit: TileUnit>(on unit: inout Unit, _ p: Product, _ windows: Int, _ n: Int) {
  let pitch = p.e.tapPitch * 4
  var index = 0
  while index + 4 <= p.tapBlocks {
    let a = p.taps(index), b = p.taps(index + 1), c = p.taps(index + 2), d = p.taps(index + 3)
    var g = p.transposed
    unit.clear(0)
    unit.clear(1)
    unit.clear(2)
    unit.clear(3)
    for window in 0..<windows {
      let offset = p.offsets[window]
      unit.load(4, g, 64)
      unit.load(6, a + offset, pitch)
      unit.multiply(0, 4, 6)
      unit.load(7, b + offset, pitch)
      unit.multiply(1, 4, 7)
      unit.load(6, c + offset, pitch)
      unit.multiply(2, 4, 6)
      unit.load(7, d + offset, pitch)
      unit.multiply(3, 4, 7)
      g += 256
    }
    unit.store(0, p.sums, 64)
    unit.store(1, p.sums + 256, 64)
    unit.store(2, p.sums + 512, 64)
    unit.store(3, p.sums + 768, 64)
    for tile in 0..<4 { add(p, p.sums + tile * 256, index + tile, n) }
    index += 4
  }
  while index < p.tapBlocks {
    let a = p.taps(index)
    var g = p.transposed
    unit.clear(0)
    for window in 0..<windows {
      unit.load(4, g, 64)
      unit.load(6, a + p.offsets[window], pitch)
      unit.multiply(0, 4, 6)
      g += 256
    }
    unit.store(0, p.sums, 64)
    add(p, p.sums, index, n)
    index += 1
  }
}
