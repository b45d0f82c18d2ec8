internal import LoopTypes

/// Convolves the images of a pass with transformed weights, written or added, group by group: each group's planes stay in
/// the caches of the thread that transforms, multiplies and transforms back.
func convolveWinogradInGroups(_ pass: FeaturePass, _ weights: WinogradWeights, tiling: WinogradTiling) {
  let execution = pass.execution
  let group = WinogradGroup(pass: pass, weights: weights, tiling: tiling, floats: execution.floats)
  let count = pass.source.images
  execution.pool.run(chunks: (count + tiling.imagesPerGroup - 1) / tiling.imagesPerGroup) { index, worker in
    let first = index * tiling.imagesPerGroup
    let images = first..<min(count, first + tiling.imagesPerGroup)
    group.compute(images, scratch: execution.scratch.worker(worker, tiling.padded.count + tiling.planeFloats))
    if let finished = pass.finished { images.forEach(finished) }
  }
}

/// One convolution, group by group.
private struct WinogradGroup {
  let pass: FeaturePass
  let weights: WinogradWeights
  let tiling: WinogradTiling
  let floats: any FloatLoops.Type

  private var input: Tensor { pass.source }
  private var output: Tensor { pass.target }

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
    tiling.padded.prepare(input.base + image * input.shape.count, normalizing: pass.normalization, in: scratch, floats)
  }

  private func transform(
    _ tiles: Range<Int>, _ padded: UnsafePointer<Float>, into planes: UnsafeMutablePointer<Float>
  ) {
    let channels = input.shape.channels
    tiling.algorithm.transforms(floats).input(
      padded, tiling.inputTiles(tiles), into: planes,
      PlanePitches(plane: tiling.inputPlane, tile: channels, panel: 16))
  }

  /// In each plane, tiles x channels times channels x results.
  private func multiply(_ tiles: Int, _ planes: UnsafePointer<Float>, _ products: UnsafeMutablePointer<Float>) {
    let extents = PackedGEMMExtents(rows: tiles, k: input.shape.channels, columns: output.shape.channels)
    for plane in 0..<tiling.algorithm.planes {
      floats.packedGEMM(
        planes + plane * tiling.inputPlane, by: weights.plane(plane), extents, accumulating: false,
        into: products + plane * tiling.outputPlane)
    }
  }

  private func collect(_ tiles: Range<Int>, _ image: Int, _ products: UnsafePointer<Float>) {
    tiling.algorithm.transforms(floats).output(
      products, planePitch: tiling.outputPlane, tiling.outputTiles(tiles),
      into: output.base + image * output.shape.count, accumulating: pass.isAccumulating)
  }
}
