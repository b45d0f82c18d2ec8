/// Convolves `input` (images of `geometry.input`) with `weights` (k x outputChannels) into `output`
/// (images of `geometry.output`), by the algorithm that the table names for the shape.
///
/// - Parameter fusion: what else is done to input and output; floats are not normalised on their way in.
package func convolve(
  _ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor, geometry: ConvolutionGeometry,
  fusion: ConvolutionFusion = ConvolutionFusion(), on execution: Execution
) {
  precondition(
    input.shape == geometry.input && output.shape == geometry.output && input.images == output.images,
    "the tensors do not have the convolution's shapes")
  if input.format == .bf16 {
    return convolveBFloats(input, weights: weights, into: output, geometry: geometry, fusion: fusion, on: execution)
  }
  precondition(fusion.input == nil, "floats are not normalised on their way in")
  let sums = fusion.forwardSums(output, after: geometry.passShared, execution)
  func finish(_ image: Int) { fusion.finish(image, of: output, sums, execution) }
  switch execution.algorithm(.forward, of: geometry) {
  case .direct:
    convolveDirectly(
      input, weights: weights, into: output, geometry: geometry, on: execution, finished: finish)
  case .winograd:
    convolveWinograd(
      input, weights: weights, into: output, geometry: geometry, on: execution, finished: finish)
  case .panels:
    convolveInPanels(
      input, weights: weights, into: output, geometry: geometry, on: execution, finished: finish)
  case .patches:
    multiplyPatches(
      of: input, geometry.patches, by: Matrix(base: weights, stride: geometry.outputChannels), into: output,
      accumulating: false, on: execution, finished: finish)
  }
  fusion.settle(sums, output)
}

/// Writes (or adds) to each image of `output` its patch matrix of `input` times `weights`. The shared scratch from
/// `packing` on is used. `finished` is called for each image at the end.
func multiplyPatches(
  of input: Tensor, _ patches: PatchGeometry, by weights: Matrix, packing offset: Int = 0, into output: Tensor,
  accumulating: Bool, on execution: Execution, finished: (_ image: Int) -> Void
) {
  let columns = output.shape.channels
  let tiling = patches.tiling(columns: columns)
  let right = RightMatrix(
    weights, k: patches.depth, n: columns, packed: tiling.imagesPerTile > 1, at: offset, on: execution)
  let scratch = patches.productScratch(columns: columns)
  execution.pool.run(chunks: tiling.tiles(images: input.images)) { tile, worker in
    let images = tiling.images(of: tile, in: input.images)
    let positions = tiling.positions(of: tile)
    var left = UnsafePointer(input.base + images.lowerBound * input.shape.count)
    if patches.isIdentity {
      left += positions.lowerBound * patches.depth
    } else {
      let gathered = execution.scratch.worker(worker, scratch)
      patches.gather(left, images: images.count, rows: positions, into: gathered, execution.table)
      left = UnsafePointer(gathered)
    }
    right.multiply(
      left, rows: images.count * positions.count, accumulating: accumulating,
      into: output.base + images.lowerBound * output.shape.count + positions.lowerBound * columns, execution.table)
  }
  execution.pool.run(chunks: input.images) { image, _ in finished(image) }
}

extension PatchGeometry {
  func tiling(columns: Int) -> PatchTiling { PatchTiling(pixels: pixels, width: depth + columns) }

  /// The floats of a tile's patches.
  func productScratch(columns: Int) -> Int { isIdentity ? 0 : tiling(columns: columns).rows * depth }
}
