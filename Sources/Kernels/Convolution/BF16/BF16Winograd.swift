internal import LoopsBF16

/// F(2x2, 3x3) on bf16 images: tiles and weights are transformed in floats and rounded to bf16, the sixteen planes are
/// multiplied by dot products, and the products, floats, are transformed back. See `WinogradTiling` for the tiles.
///
/// The rounding of the transformed tiles costs less than one bit against a direct bf16 convolution.
struct BF16Winograd {
  let tiling: WinogradTiling

  init(_ image: Shape, results: Int) {
    tiling = WinogradTiling(algorithm: .two, image: image, results: results, wanted: 1)
  }

  private var channels: Int { tiling.image.channels }
  private var results: Int { tiling.results }
  private var pairs: Int { channels / 2 }
  private var planeWeights: Int { results / 16 * pairs * 32 }

  /// Tiles that are multiplied at a time: few, so that the planes stay in the first caches, unless the weights do not fit
  /// into the second-level cache and ought to be read seldom.
  private var wanted: Int { 16 * planeWeights > 262_144 ? 48 : 16 }
  var imagesPerGroup: Int { max(1, wanted / tiling.tiles) }
  private var rows: Int { max(8, imagesPerGroup > 1 ? imagesPerGroup * tiling.tiles : min(wanted, tiling.tiles)) }

  private var inputPlane: Int { rows * channels + BF16Pass.slack }
  private var outputPlane: Int { rows * results }
  private var paddedCount: Int { (tiling.padded.count + BF16Pass.slack + 31) / 32 * 32 }

  /// Floats of shared scratch: the transformed weights, then packed.
  var shared: Int { 16 * channels * results + 8 * planeWeights }
  /// Floats that one worker needs.
  var perWorker: Int { paddedCount / 2 + 8 * inputPlane + 16 * outputPlane }

  /// Transforms and packs 3x3 weights (taps x channels x results) into shared scratch at `base`. Transposed ones
  /// (taps x results x channels) are turned by 180 degrees as well.
  func pack(
    _ weights: UnsafePointer<Float>, isTransposed: Bool, at base: UnsafeMutablePointer<Float>, on execution: Execution
  ) -> UnsafePointer<UInt16> {
    let (size, dots) = (channels * results, execution.dots)
    let (rows, columns) = isTransposed ? (results, channels) : (channels, results)
    let (first, pitch) = isTransposed ? (8 * size, -size) : (0, size)
    execution.forEachRange(of: rows, step: 16) { range, _ in
      let at = range.lowerBound * columns
      execution.table.winogradTwo.weights(weights + first + at, pitch, base + at, size, 16, range.count * columns)
    }
    let packed = UnsafeMutableRawPointer(base + 16 * size).assumingMemoryBound(to: UInt16.self)
    let pack = isTransposed ? dots.packTransposedDots : dots.packDots
    execution.pool.run(chunks: 16) { plane, _ in
      let target = packed + plane * planeWeights
      if 2 * pairs > channels { target.update(repeating: 0, count: planeWeights) }
      pack(base + plane * size, channels, results, target, pairs * 32)
    }
    return UnsafePointer(packed)
  }

  /// Computes a group of images, written or added.
  func compute(
    _ images: Range<Int>, of source: Tensor, normalizing: BatchNormalization?, _ weights: UnsafePointer<UInt16>,
    into target: Tensor, accumulating: Bool, scratch: UnsafeMutablePointer<Float>, _ dots: BF16Table
  ) {
    let padded = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
    let planes = padded + paddedCount
    let products = scratch + paddedCount / 2 + 8 * inputPlane

    func transform(_ image: Int, _ tiles: Range<Int>, at row: Int) {
      if tiles.lowerBound == 0 {
        pad(
          source.bfloats + image * source.shape.count, source.shape, top: 1, left: 1, height: tiling.padded.height,
          width: tiling.padded.width, normalizing: normalizing, into: padded, dots)
      }
      dots.winogradInput(
        padded, tiling.padded.rowPitch, channels, tiling.tilesPerRow, tiles.lowerBound, tiles.upperBound,
        planes + row * channels, inputPlane, channels, 16)
    }
    func multiply(_ tiles: Int) {
      let extents = DotExtents(
        width: max(8, tiles), channels: results, pairs: pairs, step: channels, outputStep: results)
      for plane in 0..<16 {
        // Behind the last tile's channels, where pairs that were filled up are read.
        (planes + plane * inputPlane + tiles * channels).update(repeating: 0, count: 2 * pairs - channels)
        dots.dotProducts(
          planes + plane * inputPlane, weights + plane * planeWeights, products + plane * outputPlane, extents)
      }
    }
    func collect(_ image: Int, _ tiles: Range<Int>, at row: Int) {
      dots.winogradOutput(
        products + row * results, outputPlane, results, tiling.tilesPerRow, tiles.lowerBound, tiles.upperBound,
        target.bfloats + image * target.shape.count, target.shape.height, target.shape.width, accumulating)
    }

    if imagesPerGroup == 1 {
      for first in stride(from: 0, to: tiling.tiles, by: rows) {
        let tiles = first..<min(tiling.tiles, first + rows)
        transform(images.lowerBound, tiles, at: 0)
        multiply(tiles.count)
        collect(images.lowerBound, tiles, at: 0)
      }
    } else {
      for (place, image) in images.enumerated() { transform(image, 0..<tiling.tiles, at: place * tiling.tiles) }
      multiply(images.count * tiling.tiles)
      for (place, image) in images.enumerated() { collect(image, 0..<tiling.tiles, at: place * tiling.tiles) }
    }
  }
}
