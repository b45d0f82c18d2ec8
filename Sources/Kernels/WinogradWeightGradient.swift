/// The gradient with respect to 3x3 weights of some images, written: sums over tiles in the transformed domain.
///
/// The images are taken in order, a group at a time, and every sum of a plane runs over its tiles in order.
func writeWeightGradientWinograd(
  _ outputGradient: Tensor, _ input: Tensor, _ geometry: ConvolutionGeometry, _ table: KernelTable,
  into weightGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  let tiling = WinogradTiling(image: input.shape, results: outputGradient.shape.channels)
  let group = WinogradGradientGroup(
    outputGradient: outputGradient, input: input, tiling: tiling, table: table, padded: scratch,
    planes: scratch + tiling.paddedCount, gradients: scratch + tiling.paddedCount + 16 * tiling.inputPlane,
    sums: scratch + tiling.scratch)
  let size = input.shape.channels * outputGradient.shape.channels
  group.sums.update(repeating: 0, count: 16 * size)
  for first in stride(from: 0, to: input.images, by: tiling.imagesPerGroup) {
    group.add(first..<min(input.images, first + tiling.imagesPerGroup))
  }
  table.winogradWeightGradient(group.sums, size, weightGradient, size, size)
}

/// The images that share a product, and where its parts lie in the scratch of one worker.
private struct WinogradGradientGroup {
  let outputGradient: Tensor
  let input: Tensor
  let tiling: WinogradTiling
  let table: KernelTable
  let padded: UnsafeMutablePointer<Float>
  let planes: UnsafeMutablePointer<Float>
  let gradients: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Float>

  func add(_ images: Range<Int>) {
    if tiling.imagesPerGroup == 1 {
      for first in stride(from: 0, to: tiling.tiles, by: tiling.rows) {
        let tiles = first..<min(tiling.tiles, first + tiling.rows)
        transform(images.lowerBound, tiles, at: 0)
        multiply(tiles.count)
      }
    } else {
      for (place, image) in images.enumerated() { transform(image, 0..<tiling.tiles, at: place * tiling.tiles) }
      multiply(images.count * tiling.tiles)
    }
  }

  private func transform(_ image: Int, _ tiles: Range<Int>, at row: Int) {
    let (from, to) = (input.shape, outputGradient.shape)
    if tiles.lowerBound == 0 {
      table.padImage(
        input.base + image * from.count, padded, from.height, from.width, from.channels, 1, 1, tiling.paddedHeight,
        tiling.paddedWidth)
    }
    table.winogradInput(
      padded, tiling.paddedWidth * from.channels, from.channels, tiling.tilesPerRow, tiles.lowerBound,
      tiles.upperBound, planes + row * from.channels, tiling.inputPlane)
    table.winogradGradient(
      outputGradient.base + image * to.count, to.height, to.width, to.channels, tiling.tilesPerRow, tiles.lowerBound,
      tiles.upperBound, gradients + row * to.channels, tiling.outputPlane)
  }

  private func multiply(_ tiles: Int) {
    let (channels, results) = (input.shape.channels, outputGradient.shape.channels)
    for plane in 0..<16 {
      table.directConvolveWeights(
        planes + plane * tiling.inputPlane, gradients + plane * tiling.outputPlane,
        sums + plane * channels * results, 1, tiles, results, 1, channels, 0, 1, channels)
    }
  }
}
