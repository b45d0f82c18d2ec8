internal import LoopTypes

/// The gradient with respect to 3x3 weights of some images, written: sums over tiles in the transformed domain.
///
/// The images are taken in order, a group at a time, and every sum of a plane runs over its tiles in order.
func writeWeightGradientWinograd(
  _ pass: WeightPass, into weightGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  let (tiling, input, floats) = (pass.geometry.winogradGradientTiling, pass.input, pass.execution.floats)
  let images = scratch + tiling.weightFloats
  let group = WinogradGradientGroup(
    pass: pass, tiling: tiling, floats: floats, images: images, planes: images + tiling.images, sums: scratch)
  for first in stride(from: 0, to: input.images, by: tiling.imagesPerGroup) {
    let images = first..<min(input.images, first + tiling.imagesPerGroup)
    images.forEach(pass.prepare)
    group.sum(images, accumulating: first > 0)
  }
  for channel in stride(from: 0, to: input.shape.channels, by: 16) {
    tiling.collectWeightGradient(group.sums, channel, floats, into: weightGradient)
  }
}

/// The same gradient for layers of many weights, in two steps over many images: transform, then multiply, each plane and
/// 16 channels for themselves. There is one set of sums for all images, however many threads there are.
func convolveBackwardWeightsWinogradInSteps(
  _ pass: WeightPass, into weightGradient: UnsafeMutablePointer<Float>, tiling: WinogradTiling
) {
  precondition(tiling.rows >= tiling.tiles, "a step holds whole images")
  let (input, execution, floats) = (pass.input, pass.execution, pass.execution.floats)
  let sums = execution.scratch.shared(tiling.weightFloats + tiling.planeFloats)
  let planes = sums + tiling.weightFloats
  let channelPanels = input.shape.channels / 16
  for first in stride(from: 0, to: input.images, by: tiling.imagesPerGroup) {
    let images = first..<min(input.images, first + tiling.imagesPerGroup)
    execution.pool.run(chunks: images.count) { place, worker in
      let group = WinogradGradientGroup(
        pass: pass, tiling: tiling, floats: floats, images: execution.scratch.worker(worker, tiling.images),
        planes: planes, sums: sums)
      pass.prepare(first + place)
      group.transform(group.prepare(first + place), 0..<tiling.tiles, at: place * tiling.tiles)
    }
    execution.pool.run(chunks: tiling.algorithm.planes * channelPanels) { chunk, _ in
      let (plane, panel) = (chunk / channelPanels, chunk % channelPanels)
      tiling.sumProducts(
        planes, WinogradBlock(plane: plane, panel: panel, tiles: images.count * tiling.tiles),
        into: SumTarget(sums, isAccumulating: first > 0), floats)
    }
  }
  execution.pool.run(chunks: channelPanels) { panel, _ in
    tiling.collectWeightGradient(sums, panel * 16, floats, into: weightGradient)
  }
}

/// The images that share a product, and where its parts lie in the scratch.
private struct WinogradGradientGroup {
  let pass: WeightPass
  let tiling: WinogradTiling
  let floats: any FloatLoops.Type
  let images: UnsafeMutablePointer<Float>
  let planes: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Float>

  private var input: Tensor { pass.input }
  private var outputGradient: Tensor { pass.outputGradient }

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
        input.base + image * input.shape.count, normalizing: pass.normalization, in: images, floats),
      tiling.filled.prepare(
        outputGradient.base + image * outputGradient.shape.count, in: images + tiling.padded.count, floats)
    )
  }

  /// Writes tiles of an image and of its output's gradient from row `row` of the planes on.
  func transform(_ pair: Pair, _ tiles: Range<Int>, at row: Int) {
    let transforms = tiling.algorithm.transforms(floats)
    transforms.input(
      pair.input, tiling.inputTiles(tiles), into: planes + row * 16,
      PlanePitches(plane: tiling.inputPlane, tile: 16, panel: tiling.rows * 16))
    transforms.gradient(
      pair.gradient, tiling.gradientTiles(tiles),
      into: planes + tiling.algorithm.planes * tiling.inputPlane + row * 16,
      PlanePitches(plane: tiling.outputPlane, tile: 16, panel: tiling.rows * 16))
  }

  private func multiply(_ tiles: Int, accumulating: Bool) {
    for plane in 0..<tiling.algorithm.planes {
      for panel in 0..<input.shape.channels / 16 {
        tiling.sumProducts(
          planes, WinogradBlock(plane: plane, panel: panel, tiles: tiles),
          into: SumTarget(sums, isAccumulating: accumulating), floats)
      }
    }
  }
}

/// 16 channels of one plane, and the tiles that are summed.
private struct WinogradBlock {
  let plane: Int
  let panel: Int
  let tiles: Int
}

extension WinogradTiling {
  /// Writes (or adds to) one plane's sums of 16 channels with all results, in blocks of 16x16, the products of some
  /// tiles. Both operands lie in panels of 16 channels.
  fileprivate func sumProducts(
    _ planes: UnsafePointer<Float>, _ block: WinogradBlock, into sums: SumTarget<Float>, _ floats: any FloatLoops.Type
  ) {
    floats.sumOuterProducts(
      planes + block.plane * inputPlane + block.panel * rows * 16,
      planes + algorithm.planes * inputPlane + block.plane * outputPlane,
      OuterProductExtents(
        rows: block.tiles, blocks: results / 16, rightPitch: rows * 16, targetPitch: 256, targetStride: 16),
      accumulating: sums.isAccumulating, into: sums.place + block.plane * weightPlane + block.panel * 16 * results)
  }

  /// Transforms the sums of 16 channels back to the gradients of their weights.
  fileprivate func collectWeightGradient(
    _ sums: UnsafePointer<Float>, _ channel: Int, _ floats: any FloatLoops.Type,
    into weightGradient: UnsafeMutablePointer<Float>
  ) {
    let extents = WinogradGradientExtents(
      rows: 16, planePitch: weightPlane, tapPitch: image.channels * results, rowPitch: results)
    for block in 0..<results / 16 {
      algorithm.transforms(floats).weightGradient(
        sums + channel * results + block * 256, extents, into: weightGradient + channel * results + block * 16)
    }
  }
}
