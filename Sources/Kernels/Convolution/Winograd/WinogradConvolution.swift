/// Convolves images of `input` with transformed weights, written or added, group by group: each group's planes stay in
/// the caches of the thread that transforms, multiplies and transforms back.
func convolveWinogradInGroups(
  _ input: Tensor, normalizing: BatchNormalization?, _ weights: WinogradWeights, into output: Tensor,
  accumulating: Bool, tiling: WinogradTiling,
  on execution: Execution, finished: ((_ image: Int) -> Void)?
) {
  let group = WinogradGroup(
    input: input, normalizing: normalizing, output: output, weights: weights, tiling: tiling,
    accumulating: accumulating,
    table: execution.table)
  let groups = (input.images + tiling.imagesPerGroup - 1) / tiling.imagesPerGroup
  execution.pool.run(chunks: groups) { index, worker in
    let first = index * tiling.imagesPerGroup
    let images = first..<min(input.images, first + tiling.imagesPerGroup)
    group.compute(images, scratch: execution.scratch.worker(worker, tiling.padded.count + tiling.planeFloats))
    if let finished { images.forEach(finished) }
  }
}

/// One convolution, group by group.
private struct WinogradGroup {
  let input: Tensor
  let normalizing: BatchNormalization?
  let output: Tensor
  let weights: WinogradWeights
  let tiling: WinogradTiling
  let accumulating: Bool
  let table: KernelTable

  func compute(_ images: Range<Int>, scratch: UnsafeMutablePointer<Float>) {
    let planes = scratch + tiling.padded.count
    let products = planes + tiling.algorithm.planes * tiling.inputPlane
    if tiling.imagesPerGroup == 1 {
      let padded = prepare(images.lowerBound, scratch)
      for first in stride(from: 0, to: tiling.tiles, by: tiling.rows) {
        let tiles = first..<min(tiling.tiles, first + tiling.rows)
        transform(tiles, padded, into: planes)
        multiply(tiles.count, planes, products)
        collect(tiles, images.lowerBound, products)
      }
    } else {
      for (place, image) in images.enumerated() {
        let padded = prepare(image, scratch)
        transform(0..<tiling.tiles, padded, into: planes + place * tiling.tiles * input.shape.channels)
      }
      multiply(images.count * tiling.tiles, planes, products)
      for (place, image) in images.enumerated() {
        collect(0..<tiling.tiles, image, products + place * tiling.tiles * output.shape.channels)
      }
    }
  }

  private func prepare(_ image: Int, _ scratch: UnsafeMutablePointer<Float>) -> UnsafePointer<Float> {
    tiling.padded.prepare(input.base + image * input.shape.count, normalizing: normalizing, in: scratch, table)
  }

  private func transform(
    _ tiles: Range<Int>, _ padded: UnsafePointer<Float>, into planes: UnsafeMutablePointer<Float>
  ) {
    let channels = input.shape.channels
    tiling.algorithm.loops(table).input(
      padded, tiling.padded.rowPitch, channels, tiling.tilesPerRow, tiles.lowerBound, tiles.upperBound, planes,
      tiling.inputPlane, channels, 16)
  }

  /// In each plane, tiles x channels times channels x results.
  private func multiply(_ tiles: Int, _ planes: UnsafePointer<Float>, _ products: UnsafeMutablePointer<Float>) {
    let (channels, results) = (input.shape.channels, output.shape.channels)
    for plane in 0..<tiling.algorithm.planes {
      table.multiplyPanels(
        planes + plane * tiling.inputPlane, channels, 0, 0, tiles, tiles, 1, 1, 0, channels, weights.plane(plane),
        channels * 16, results, false, products + plane * tiling.outputPlane, results, 0, 0)
    }
  }

  private func collect(_ tiles: Range<Int>, _ image: Int, _ products: UnsafePointer<Float>) {
    tiling.algorithm.loops(table).output(
      products, tiling.outputPlane, output.shape.channels, tiling.tilesPerRow, tiles.lowerBound, tiles.upperBound,
      output.base + image * output.shape.count, output.shape.height, output.shape.width, accumulating)
  }
}
