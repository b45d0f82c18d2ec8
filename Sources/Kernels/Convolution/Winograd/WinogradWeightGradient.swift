/// The gradient with respect to 3x3 weights of some images, written: sums over tiles in the transformed domain.
///
/// The images are taken in order, a group at a time, and every sum of a plane runs over its tiles in order.
func writeWeightGradientWinograd(
  _ outputGradient: Tensor, _ input: Tensor, normalizing: BatchNormalization?, _ geometry: ConvolutionGeometry,
  _ table: KernelTable, into weightGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>,
  prepare: (_ image: Int) -> Void
) {
  let tiling = geometry.winogradGradientTiling
  let images = scratch + tiling.weightFloats
  let group = WinogradGradientGroup(
    outputGradient: outputGradient, input: input, normalizing: normalizing, tiling: tiling, table: table,
    images: images,
    planes: images + tiling.images, sums: scratch)
  for first in stride(from: 0, to: input.images, by: tiling.imagesPerGroup) {
    let images = first..<min(input.images, first + tiling.imagesPerGroup)
    images.forEach(prepare)
    group.sum(images, accumulating: first > 0)
  }
  for channel in stride(from: 0, to: input.shape.channels, by: 16) {
    tiling.collectWeightGradient(group.sums, channel, table, into: weightGradient)
  }
}

/// The same gradient for layers of many weights, in two steps over many images: transform, then multiply, each plane and
/// 16 channels for themselves. There is one set of sums for all images, however many threads there are.
func convolveBackwardWeightsWinogradInSteps(
  _ outputGradient: Tensor, input: Tensor, normalizing: BatchNormalization?,
  into weightGradient: UnsafeMutablePointer<Float>, tiling: WinogradTiling, on execution: Execution,
  prepare: (_ image: Int) -> Void
) {
  precondition(tiling.rows >= tiling.tiles, "a step holds whole images")
  let table = execution.table
  let sums = execution.scratch.shared(tiling.weightFloats + tiling.planeFloats)
  let planes = sums + tiling.weightFloats
  let channelPanels = input.shape.channels / 16
  for first in stride(from: 0, to: input.images, by: tiling.imagesPerGroup) {
    let images = first..<min(input.images, first + tiling.imagesPerGroup)
    execution.pool.run(chunks: images.count) { place, worker in
      let group = WinogradGradientGroup(
        outputGradient: outputGradient, input: input, normalizing: normalizing, tiling: tiling, table: table,
        images: execution.scratch.worker(worker, tiling.images), planes: planes, sums: sums)
      prepare(first + place)
      group.transform(group.prepare(first + place), 0..<tiling.tiles, at: place * tiling.tiles)
    }
    execution.pool.run(chunks: tiling.algorithm.planes * channelPanels) { chunk, _ in
      let (plane, panel) = (chunk / channelPanels, chunk % channelPanels)
      tiling.sumProducts(
        planes, sums, plane: plane, panel: panel, tiles: images.count * tiling.tiles,
        accumulating: first > 0, table)
    }
  }
  execution.pool.run(chunks: channelPanels) { panel, _ in
    tiling.collectWeightGradient(sums, panel * 16, table, into: weightGradient)
  }
}

/// The images that share a product, and where its parts lie in the scratch.
private struct WinogradGradientGroup {
  let outputGradient: Tensor
  let input: Tensor
  let normalizing: BatchNormalization?
  let tiling: WinogradTiling
  let table: KernelTable
  let images: UnsafeMutablePointer<Float>
  let planes: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Float>

  func sum(_ images: Range<Int>, accumulating: Bool) {
    if tiling.imagesPerGroup == 1 {
      let pair = prepare(images.lowerBound)
      for first in stride(from: 0, to: tiling.tiles, by: tiling.rows) {
        let tiles = first..<min(tiling.tiles, first + tiling.rows)
        transform(pair, tiles, at: 0)
        multiply(tiles.count, accumulating: accumulating || first > 0)
      }
    } else {
      for (place, image) in images.enumerated() {
        transform(prepare(image), 0..<tiling.tiles, at: place * tiling.tiles)
      }
      multiply(images.count * tiling.tiles, accumulating: accumulating)
    }
  }

  /// An image and its output's gradient, with as much around them as the tiles reach.
  typealias Pair = (input: UnsafePointer<Float>, gradient: UnsafePointer<Float>)

  func prepare(_ image: Int) -> Pair {
    (
      tiling.padded.prepare(
        input.base + image * input.shape.count, normalizing: normalizing, in: images, table),
      tiling.filled.prepare(
        outputGradient.base + image * outputGradient.shape.count, in: images + tiling.padded.count, table)
    )
  }

  /// Writes tiles of an image and of its output's gradient from row `row` of the planes on.
  func transform(_ pair: Pair, _ tiles: Range<Int>, at row: Int) {
    let loops = tiling.algorithm.loops(table)
    loops.input(
      pair.input, tiling.padded.rowPitch, input.shape.channels, tiling.tilesPerRow, tiles.lowerBound,
      tiles.upperBound, planes + row * 16, tiling.inputPlane, 16, tiling.rows * 16)
    loops.gradient(
      pair.gradient, tiling.filled.rowPitch, outputGradient.shape.channels, tiling.tilesPerRow, tiles.lowerBound,
      tiles.upperBound, planes + tiling.algorithm.planes * tiling.inputPlane + row * 16, tiling.outputPlane, 16,
      tiling.rows * 16)
  }

  private func multiply(_ tiles: Int, accumulating: Bool) {
    for plane in 0..<tiling.algorithm.planes {
      for panel in 0..<input.shape.channels / 16 {
        tiling.sumProducts(planes, sums, plane: plane, panel: panel, tiles: tiles, accumulating: accumulating, table)
      }
    }
  }
}

extension WinogradTiling {
  /// Writes (or adds to) one plane's sums of 16 channels with all results, in blocks of 16x16, the products of some
  /// tiles. Both operands lie in panels of 16 channels.
  fileprivate func sumProducts(
    _ planes: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>, plane: Int, panel: Int, tiles: Int,
    accumulating: Bool, _ table: KernelTable
  ) {
    let left = planes + plane * inputPlane + panel * rows * 16
    let right = planes + algorithm.planes * inputPlane + plane * outputPlane
    let target = sums + plane * weightPlane + panel * 16 * results
    table.sumOuterProducts(left, right, rows * 16, tiles, results / 16, accumulating, target, 256, 16)
  }

  /// Transforms the sums of 16 channels back to the gradients of their weights.
  fileprivate func collectWeightGradient(
    _ sums: UnsafePointer<Float>, _ channel: Int, _ table: KernelTable, into weightGradient: UnsafeMutablePointer<Float>
  ) {
    let size = image.channels * results
    for block in 0..<results / 16 {
      algorithm.loops(table).weightGradient(
        sums + channel * results + block * 256, weightPlane, weightGradient + channel * results + block * 16, size,
        results,
        16)
    }
  }
}
