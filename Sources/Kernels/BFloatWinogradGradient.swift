internal import KernelsBF16

/// The weights' gradient of F(2x2, 3x3) on bf16 images: tiles of images and of gradients are transformed and rounded to
/// bf16, neighbouring tiles are paired, and the sums over all tiles are transformed back. Sums are floats.
struct BFloatWinogradGradient {
  let geometry: ConvolutionGeometry
  private let tiling: WinogradTiling

  /// nil where the algorithm does not apply or does not pay.
  init?(_ geometry: ConvolutionGeometry) {
    let (channels, results) = (geometry.input.channels, geometry.outputChannels)
    guard geometry.isWinograd(from: channels, to: results), min(channels, results) >= 64 else { return nil }
    self.geometry = geometry
    tiling = WinogradTiling(image: geometry.input, results: results)
  }

  private var channels: Int { geometry.input.channels }
  private var results: Int { geometry.outputChannels }

  /// Tiles that are multiplied at a time, an even number. The sums of all planes are read and written once for them, so
  /// that more are better, as long as their pairs stay in the second-level cache.
  private var wanted: Int { max(32, min(128, 8192 / (channels + results) / 2 * 2)) }
  private var imagesPerGroup: Int { max(1, wanted / tiling.tiles) }
  private var rows: Int {
    ((imagesPerGroup > 1 ? imagesPerGroup * tiling.tiles : min(wanted, tiling.tiles)) + 1) / 2 * 2
  }
  private var paddedCount: Int { (tiling.paddedCount + BFloatPass.slack + 31) / 32 * 32 }
  private var widest: Int { max(channels, results) }

  /// Floats that one worker needs: a padded image, the planes of tiles, their pairs and the sums.
  var scratch: Int {
    paddedCount / 2 + 8 * rows * widest + 8 * rows * (channels + results) + 16 * channels * results
  }

  /// Overwrites `weightGradient` with the sum over some images; see `writeBFloatWeightGradient`.
  func write(
    _ images: Range<Int>, _ outputGradient: Tensor, _ input: Tensor, _ fusion: ConvolutionFusion,
    into weightGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, _ execution: Execution
  ) {
    let dots = execution.dots
    let padded = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
    let planes = padded + paddedCount
    let words = UnsafeMutableRawPointer(scratch + paddedCount / 2 + 8 * rows * widest).assumingMemoryBound(
      to: UInt32.self)
    let gradients = words + 8 * rows * channels
    let sums = scratch + paddedCount / 2 + 8 * rows * (widest + channels + results)
    let (size, output) = (channels * results, geometry.output)
    sums.update(repeating: 0, count: 16 * size)

    func pad(_ image: Int) {
      fusion.applied?.apply(
        rows: image * output.pixels..<(image + 1) * output.pixels, into: outputGradient, accumulating: false, execution)
      Kernels.pad(
        input.bfloats + image * geometry.input.count, geometry.input, top: 1, left: 1, height: tiling.paddedHeight,
        width: tiling.paddedWidth, normalizing: fusion.input, into: padded, dots)
    }
    /// Pairs the rows of all planes.
    func pair(_ count: Int, _ channels: Int, into target: UnsafeMutablePointer<UInt32>) {
      for plane in 0..<16 {
        let source = planes + plane * rows * channels
        if count % 2 == 1 { (source + count * channels).update(repeating: 0, count: channels) }
        dots.pairTaps(source, channels, channels, (count + 1) / 2, target + plane * rows / 2 * channels)
      }
    }
    func multiply(_ tiles: Int) {
      let extents = DotGradientExtents(pairs: (tiles + 1) / 2, taps: channels, channels: results)
      for plane in 0..<16 {
        dots.dotConvolveWeights(
          words + plane * rows / 2 * channels, gradients + plane * rows / 2 * results, sums + plane * size, extents)
      }
    }
    func transformGradient(_ image: Int, _ tiles: Range<Int>, at row: Int) {
      dots.winogradGradient(
        outputGradient.bfloats + image * output.count, output.height, output.width, results, tiling.tilesPerRow,
        tiles.lowerBound, tiles.upperBound, planes + row * results, rows * results)
    }
    func transformInput(_ tiles: Range<Int>, at row: Int) {
      dots.winogradInput(
        padded, tiling.paddedWidth * channels, channels, tiling.tilesPerRow, tiles.lowerBound, tiles.upperBound,
        planes + row * channels, rows * channels)
    }

    if imagesPerGroup == 1 {
      for image in images {
        pad(image)
        for first in stride(from: 0, to: tiling.tiles, by: rows) {
          let tiles = first..<min(tiling.tiles, first + rows)
          transformInput(tiles, at: 0)
          pair(tiles.count, channels, into: words)
          transformGradient(image, tiles, at: 0)
          pair(tiles.count, results, into: gradients)
          multiply(tiles.count)
        }
      }
    } else {
      for first in stride(from: images.lowerBound, to: images.upperBound, by: imagesPerGroup) {
        let group = first..<min(images.upperBound, first + imagesPerGroup)
        let count = group.count * tiling.tiles
        for image in group {
          pad(image)
          transformInput(0..<tiling.tiles, at: (image - first) * tiling.tiles)
        }
        pair(count, channels, into: words)
        for image in group { transformGradient(image, 0..<tiling.tiles, at: (image - first) * tiling.tiles) }
        pair(count, results, into: gradients)
        multiply(count)
      }
    }
    execution.table.winogradWeightGradient(sums, size, weightGradient, size, size)
  }
}
