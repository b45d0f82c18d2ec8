internal import LoopTypes

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
    let (size, bf16) = (channels * results, execution.bf16)
    let (rows, columns) = isTransposed ? (results, channels) : (channels, results)
    let (first, pitch) = isTransposed ? (8 * size, -size) : (0, size)
    execution.forEachRange(of: rows, step: 16) { range, _ in
      let at = range.lowerBound * columns
      execution.floats.winogradF2.weights(
        weights + first + at,
        WinogradWeightExtents(
          count: range.count * columns, tapPitch: pitch, planePitch: size, panelPitch: 16), into: base + at)
    }
    let packed = UnsafeMutableRawPointer(base + 16 * size).assumingMemoryBound(to: UInt16.self)
    let extents = DotPackingExtents(taps: channels, channels: results, blockPitch: pairs * 32)
    execution.pool.run(chunks: 16) { plane, _ in
      let target = packed + plane * planeWeights
      if 2 * pairs > channels { target.update(repeating: 0, count: planeWeights) }
      bf16.pack(base + plane * size, extents, isTransposed: isTransposed, into: target)
    }
    return UnsafePointer(packed)
  }

  /// Computes a group of images of a convolution's pass.
  func compute(
    _ images: Range<Int>, of pass: FeaturePass, by weights: UnsafePointer<UInt16>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let (source, target, bf16) = (pass.source, pass.target, pass.execution.bf16)
    let padded = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
    let planes = padded + paddedCount
    let products = scratch + paddedCount / 2 + 8 * inputPlane

    func transform(_ image: Int, _ tiles: Range<Int>, at row: Int) {
      if tiles.lowerBound == 0 {
        tiling.padded.fill(
          padded, with: source.bf16Base + image * source.shape.count, normalizing: pass.normalization, bf16)
      }
      bf16.winogradF2.input(
        padded, tiling.inputTiles(tiles), into: planes + row * channels,
        PlanePitches(plane: inputPlane, tile: channels, panel: 16))
    }
    func multiply(_ tiles: Int) {
      let extents = DotExtents(
        width: max(8, tiles), channels: results, pairs: pairs, step: channels, outputStep: results)
      for plane in 0..<16 {
        // Behind the last tile's channels, where pairs that were filled up are read.
        (planes + plane * inputPlane + tiles * channels).update(repeating: 0, count: 2 * pairs - channels)
        bf16.dotProducts(
          planes + plane * inputPlane, by: weights + plane * planeWeights, extents,
          into: products + plane * outputPlane)
      }
    }
    func collect(_ image: Int, _ tiles: Range<Int>, at row: Int) {
      bf16.winogradF2.output(
        products + row * results, planePitch: outputPlane, tiling.outputTiles(tiles),
        into: target.bf16Base + image * target.shape.count, accumulating: pass.isAccumulating)
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
