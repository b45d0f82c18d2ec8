/// Convolves images of `input` with transformed weights, written or added, in three steps over many images: transform,
/// multiply plane by plane and panel by panel, transform back. For layers whose weights are large against their images:
/// each weight is fetched once for all of them, and the products of few images keep many threads busy.
func convolveWinogradInSteps(
  _ input: Tensor, normalizing: BatchNormalization?, _ weights: WinogradWeights, into output: Tensor,
  accumulating: Bool, tiling: WinogradTiling,
  planes: UnsafeMutablePointer<Float>, on execution: Execution, finished: ((_ image: Int) -> Void)?
) {
  precondition(tiling.rows >= tiling.tiles, "a step holds whole images")
  let (algorithm, table) = (tiling.algorithm, execution.table)
  let loops = algorithm.loops(table)
  let (channels, results, tiles) = (input.shape.channels, output.shape.channels, tiling.tiles)
  let products = planes + algorithm.planes * tiling.inputPlane
  let panels = max(1, min(results, 8192 / channels) / 32) * 32
  let parts = (results + panels - 1) / panels
  for first in stride(from: 0, to: input.images, by: tiling.imagesPerGroup) {
    let images = first..<min(input.images, first + tiling.imagesPerGroup)
    execution.pool.run(chunks: images.count) { place, worker in
      let padded = tiling.padded.prepare(
        input.base + (first + place) * input.shape.count, normalizing: normalizing,
        in: execution.scratch.worker(worker, tiling.padded.count), table)
      loops.input(
        padded, tiling.padded.rowPitch, channels, tiling.tilesPerRow, 0, tiles, planes + place * tiles * channels,
        tiling.inputPlane, channels, 16)
    }
    execution.pool.run(chunks: algorithm.planes * parts) { chunk, _ in
      let (plane, column) = (chunk / parts, chunk % parts * panels)
      let rows = images.count * tiles
      table.multiplyPanels(
        planes + plane * tiling.inputPlane, channels, 0, 0, rows, rows, 1, 1, 0, channels,
        weights.plane(plane) + column * channels, channels * 16, min(panels, results - column), false,
        products + plane * tiling.outputPlane + column, results, 0, 0)
    }
    execution.pool.run(chunks: images.count) { place, _ in
      loops.output(
        products + place * tiles * results, tiling.outputPlane, results, tiling.tilesPerRow, 0, tiles,
        output.base + (first + place) * output.shape.count, output.shape.height, output.shape.width, accumulating)
      finished?(first + place)
    }
  }
}
