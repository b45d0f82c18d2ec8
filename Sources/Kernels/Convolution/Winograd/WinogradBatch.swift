internal import LoopTypes

/// Convolves the images of a pass with transformed weights, written or added, in three steps over many images: transform,
/// multiply plane by plane and panel by panel, transform back. For layers whose weights are large against their images:
/// each weight is fetched once for all of them, and the products of few images keep many threads busy.
///
/// - Parameter planes: `tiling.planeFloats` floats.
func convolveWinogradInSteps(
  _ pass: FeaturePass, _ weights: WinogradWeights, tiling: WinogradTiling, planes: UnsafeMutablePointer<Float>
) {
  precondition(tiling.rows >= tiling.tiles, "a step holds whole images")
  let (input, output, execution) = (pass.source, pass.target, pass.execution)
  let (algorithm, floats) = (tiling.algorithm, execution.floats)
  let transforms = algorithm.transforms(floats)
  let (channels, results, tiles) = (input.shape.channels, output.shape.channels, tiling.tiles)
  let products = planes + algorithm.planes * tiling.inputPlane
  let panels = max(1, min(results, 8192 / channels) / 32) * 32
  let parts = (results + panels - 1) / panels
  for first in stride(from: 0, to: input.images, by: tiling.imagesPerGroup) {
    let images = first..<min(input.images, first + tiling.imagesPerGroup)
    execution.pool.run(chunks: images.count) { place, worker in
      let padded = tiling.padded.prepare(
        input.base + (first + place) * input.shape.count, normalizing: pass.normalization,
        in: execution.scratch.worker(worker, tiling.padded.count), floats)
      transforms.input(
        padded, tiling.inputTiles(0..<tiles), into: planes + place * tiles * channels,
        PlanePitches(plane: tiling.inputPlane, tile: channels, panel: 16))
    }
    execution.pool.run(chunks: algorithm.planes * parts) { chunk, _ in
      let (plane, column) = (chunk / parts, chunk % parts * panels)
      var extents = PackedGEMMExtents(
        rows: images.count * tiles, k: channels, columns: min(panels, results - column))
      extents.target.step = results
      floats.packedGEMM(
        planes + plane * tiling.inputPlane, by: weights.plane(plane) + column * channels, extents, accumulating: false,
        into: products + plane * tiling.outputPlane + column)
    }
    execution.pool.run(chunks: images.count) { place, _ in
      transforms.output(
        products + place * tiles * results, planePitch: tiling.outputPlane, tiling.outputTiles(0..<tiles),
        into: output.base + (first + place) * output.shape.count, accumulating: pass.isAccumulating)
      pass.finished?(first + place)
    }
  }
}
