/// Convolves `input` (images of `geometry.input`) with `weights` (k x outputChannels) into `output`
/// (images of `geometry.output`), by the algorithm that the table names for the shape.
///
/// - Parameter fusion: what else is done to input and output.
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
  let sums = fusion.forwardSums(output, after: geometry.passShared, execution)
  func finish(_ image: Int) { fusion.finish(image, of: output, sums, execution) }
  switch execution.algorithm(.forward, of: geometry) {
  case .direct:
    convolveDirectly(
      input, normalizing: fusion.input, weights: weights, into: output, geometry: geometry, on: execution,
      finished: finish)
  case .winograd:
    convolveWinograd(
      input, normalizing: fusion.input, weights: weights, into: output, geometry: geometry, on: execution,
      finished: finish)
  case .panels:
    convolveInPanels(
      input, normalizing: fusion.input, weights: weights, into: output, geometry: geometry, on: execution,
      finished: finish)
  case .patches:
    multiplyPatches(
      of: input, normalizing: fusion.input, geometry.patches,
      by: Matrix(base: weights, stride: geometry.outputChannels), into: output,
      accumulating: false, on: execution, finished: finish)
  }
  fusion.settle(sums, output)
}

/// Writes (or adds) to each image of `output` its patch matrix of `input` times `weights`. The shared scratch from
/// `packing` on is used. `finished` is called for each image that has been computed.
func multiplyPatches(
  of input: Tensor, normalizing: BatchNormalization? = nil, _ patches: PatchGeometry, by weights: Matrix,
  packing offset: Int = 0, into output: Tensor,
  accumulating: Bool, on execution: Execution, finished: (_ image: Int) -> Void
) {
  let columns = output.shape.channels
  let tiling = patches.tiling(columns: columns)
  let right = RightMatrix(
    weights, k: patches.depth, n: columns, packed: tiling.imagesPerTile > 1, at: offset, on: execution)
  let gathered = patches.productScratch(columns: columns)
  let normalized = normalizing == nil ? 0 : tiling.imagesPerTile * input.shape.count
  execution.pool.run(chunks: tiling.chunks(images: input.images)) { chunk, worker in
    let scratch = execution.scratch.worker(worker, gathered + normalized)
    let tiles = tiling.tiles(of: chunk)
    let images = tiling.images(of: tiles.lowerBound, in: input.images)
    let source = input[images].normalized(by: normalizing, in: scratch + gathered, execution.table)
    for tile in tiles {
      let positions = tiling.positions(of: tile)
      right.multiply(
        patches.matrix(of: source, images: images.count, positions, in: scratch, execution.table),
        rows: images.count * positions.count, accumulating: accumulating,
        into: output.base + images.lowerBound * output.shape.count + positions.lowerBound * columns, execution.table)
    }
    images.forEach(finished)
  }
}

extension Tensor {
  /// The images' floats, normalised into `scratch` where that is asked for.
  func normalized(
    by normalization: BatchNormalization?, in scratch: UnsafeMutablePointer<Float>, _ table: KernelTable
  ) -> UnsafePointer<Float> {
    guard let n = normalization else { return UnsafePointer(base) }
    table.normalizeRows(
      base, rows, n.channels, n.moments.mean, n.moments.scale, n.beta, nil, n.rectify, scratch)
    return UnsafePointer(scratch)
  }
}

extension PatchGeometry {
  func tiling(columns: Int) -> PatchTiling { PatchTiling(pixels: pixels, width: depth + columns) }

  /// Some rows of the images' patch matrices, gathered in `scratch` unless they are the images' own.
  func matrix(
    of images: UnsafePointer<Float>, images count: Int, _ positions: Range<Int>,
    in scratch: UnsafeMutablePointer<Float>, _ table: KernelTable
  ) -> UnsafePointer<Float> {
    if isIdentity { return images + positions.lowerBound * depth }
    gather(images, images: count, rows: positions, into: scratch, table)
    return UnsafePointer(scratch)
  }

  /// The floats of a tile's patches.
  func productScratch(columns: Int) -> Int { isIdentity ? 0 : tiling(columns: columns).rows * depth }
}
