/// How a 3x3 convolution of stride 1 and padding 1 is cut into tiles of 2x2 outputs, and these into groups that are
/// transformed and multiplied at a time.
///
/// A group is some tiles of one image, or all tiles of some images: enough rows for the products, few enough for the
/// second-level cache. Every output is a sum of its own, so its bits do not depend on the group.
struct WinogradTiling {
  let image: Shape
  let results: Int

  var tilesPerRow: Int { (image.width + 1) / 2 }
  var tiles: Int { tilesPerRow * ((image.height + 1) / 2) }
  /// The padded image, with a row and a column more where the last tile reaches over the edge.
  var paddedHeight: Int { (image.height + 1) / 2 * 2 + 2 }
  var paddedWidth: Int { tilesPerRow * 2 + 2 }
  var paddedCount: Int { paddedHeight * paddedWidth * image.channels }

  /// Tiles that one group holds at most: planes of about 512 KB together.
  private var wanted: Int { max(16, min(64, 8192 / (image.channels + results) / 8 * 8)) }
  var imagesPerGroup: Int { max(1, wanted / tiles) }
  /// Rows of a group's planes; the kernel of the products takes no fewer than 8.
  var rows: Int { max(8, imagesPerGroup > 1 ? imagesPerGroup * tiles : min(wanted, tiles)) }
  var inputPlane: Int { rows * image.channels }
  var outputPlane: Int { rows * results }
  /// Floats that one worker needs.
  var scratch: Int { paddedCount + 16 * (inputPlane + outputPlane) }
}

extension ConvolutionGeometry {
  /// Whether the algorithm can compute the convolution of an image with `channels` channels into `results`.
  func isWinograd(from channels: Int, to results: Int) -> Bool {
    kernelHeight == 3 && kernelWidth == 3 && stride == 1 && padding == 1 && channels % 16 == 0 && results % 16 == 0
  }

  private func tiling(from channels: Int, to results: Int) -> WinogradTiling {
    WinogradTiling(
      image: Shape(height: input.height, width: input.width, channels: channels), results: results)
  }

  /// Floats that one worker needs, forward and backward.
  var winogradScratch: Int {
    guard isWinograd(from: input.channels, to: outputChannels) else { return 0 }
    return max(
      tiling(from: input.channels, to: outputChannels).scratch, tiling(from: outputChannels, to: input.channels).scratch
    )
  }

  /// Floats that one worker needs for the weights' gradient: a group and the sums of all planes.
  var winogradGradientScratch: Int {
    guard isWinograd(from: input.channels, to: outputChannels) else { return 0 }
    return tiling(from: input.channels, to: outputChannels).scratch + 16 * input.channels * outputChannels
  }

  /// Floats of shared scratch: the transformed weights behind the turned ones.
  var winogradShared: Int {
    isWinograd(from: input.channels, to: outputChannels) ? weightCount + 16 * input.channels * outputChannels : 0
  }
}

/// Convolves images of `input` with 3x3 weights (taps x channels x results), written or added.
///
/// - Parameter weights: where they lie in the shared scratch, no more than the first `weightCount` floats of it.
func convolveWinograd(
  _ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor, accumulating: Bool,
  geometry: ConvolutionGeometry, on execution: Execution
) {
  let (channels, results) = (input.shape.channels, output.shape.channels)
  let size = channels * results
  let transformed = execution.scratch.shared(geometry.winogradShared) + geometry.weightCount
  let table = execution.table
  execution.pool.run(chunks: channels) { channel, _ in
    table.winogradWeights(
      weights + channel * results, size, transformed + channel * results, size, results)
  }
  let tiling = WinogradTiling(image: input.shape, results: results)
  let group = WinogradGroup(
    input: input, output: output, weights: UnsafePointer(transformed), tiling: tiling, accumulating: accumulating,
    table: table)
  let groups = (input.images + tiling.imagesPerGroup - 1) / tiling.imagesPerGroup
  execution.pool.run(chunks: groups) { index, worker in
    let first = index * tiling.imagesPerGroup
    group.compute(
      first..<min(input.images, first + tiling.imagesPerGroup),
      scratch: execution.scratch.worker(worker, tiling.scratch))
  }
}

/// One convolution, group by group.
private struct WinogradGroup {
  let input: Tensor
  let output: Tensor
  let weights: UnsafePointer<Float>
  let tiling: WinogradTiling
  let accumulating: Bool
  let table: KernelTable

  func compute(_ images: Range<Int>, scratch: UnsafeMutablePointer<Float>) {
    let planes = scratch + tiling.paddedCount
    let products = planes + 16 * tiling.inputPlane
    if tiling.imagesPerGroup == 1 {
      pad(images.lowerBound, scratch)
      for first in stride(from: 0, to: tiling.tiles, by: tiling.rows) {
        let tiles = first..<min(tiling.tiles, first + tiling.rows)
        transform(tiles, scratch, into: planes)
        multiply(tiles.count, planes, products)
        collect(tiles, images.lowerBound, products)
      }
    } else {
      for (place, image) in images.enumerated() {
        pad(image, scratch)
        transform(0..<tiling.tiles, scratch, into: planes + place * tiling.tiles * input.shape.channels)
      }
      multiply(images.count * tiling.tiles, planes, products)
      for (place, image) in images.enumerated() {
        collect(0..<tiling.tiles, image, products + place * tiling.tiles * output.shape.channels)
      }
    }
  }

  private func pad(_ image: Int, _ scratch: UnsafeMutablePointer<Float>) {
    table.padImage(
      input.base + image * input.shape.count, scratch, input.shape.height, input.shape.width, input.shape.channels, 1,
      1, tiling.paddedHeight, tiling.paddedWidth)
  }

  private func transform(
    _ tiles: Range<Int>, _ padded: UnsafePointer<Float>, into planes: UnsafeMutablePointer<Float>
  ) {
    let channels = input.shape.channels
    table.winogradInput(
      padded, tiling.paddedWidth * channels, channels, tiling.tilesPerRow, tiles.lowerBound, tiles.upperBound, planes,
      tiling.inputPlane)
  }

  /// Sixteen products of tiles x channels with channels x results. Rows behind the last tile hold old numbers, and
  /// nobody reads what becomes of them.
  private func multiply(_ tiles: Int, _ planes: UnsafePointer<Float>, _ products: UnsafeMutablePointer<Float>) {
    let (channels, results) = (input.shape.channels, output.shape.channels)
    for plane in 0..<16 {
      table.directConvolve(
        planes + plane * tiling.inputPlane, weights + plane * channels * results,
        products + plane * tiling.outputPlane, 1, max(8, tiles), results, 1, channels, 0, 1, channels)
    }
  }

  private func collect(_ tiles: Range<Int>, _ image: Int, _ products: UnsafePointer<Float>) {
    table.winogradOutput(
      products, tiling.outputPlane, output.shape.channels, tiling.tilesPerRow, tiles.lowerBound, tiles.upperBound,
      output.base + image * output.shape.count, output.shape.height, output.shape.width, accumulating)
  }
}
