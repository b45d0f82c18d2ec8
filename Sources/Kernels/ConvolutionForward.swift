/// Convolves `input` (images of `geometry.input`) with `weights` (k x outputChannels) into `output`
/// (images of `geometry.output`), as patch matrix times weights (Chellapilla, Puri, Simard 2006).
package func convolve(
  _ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor, geometry: ConvolutionGeometry,
  on execution: Execution
) {
  precondition(
    input.shape == geometry.input && output.shape == geometry.output && input.images == output.images,
    "the tensors do not have the convolution's shapes")
  multiplyPatches(
    of: input, geometry.patches, by: Matrix(base: weights, stride: geometry.outputChannels), into: output,
    accumulating: false, on: execution)
}

/// Writes (or adds) to each image of `output` its patch matrix of `input` times `weights`.
func multiplyPatches(
  of input: Tensor, _ patches: PatchGeometry, by weights: Matrix, into output: Tensor, accumulating: Bool,
  on execution: Execution
) {
  let tiling = patches.tiling(columns: output.shape.channels)
  let product = PatchProduct(
    input: input, output: output, patches: patches, tiling: tiling, weights: weights, accumulating: accumulating,
    table: execution.table)
  let scratch = patches.productScratch(columns: output.shape.channels)
  execution.pool.run(chunks: tiling.tiles(images: input.images)) { tile, worker in
    product.compute(tile, scratch: execution.scratch.worker(worker, scratch))
  }
}

extension PatchGeometry {
  func tiling(columns: Int) -> PatchTiling { PatchTiling(pixels: pixels, width: depth + columns) }

  /// The floats that one worker needs to multiply patches: a tile, and its result where images share tiles.
  func productScratch(columns: Int) -> Int {
    let tiling = tiling(columns: columns)
    let patchFloats = isIdentity && tiling.imagesPerTile == 1 ? 0 : tiling.rows * depth
    return patchFloats + (tiling.imagesPerTile > 1 ? tiling.rows * columns : 0)
  }
}

/// One product of patches and weights, tile by tile.
private struct PatchProduct {
  let input: Tensor
  let output: Tensor
  let patches: PatchGeometry
  let tiling: PatchTiling
  let weights: Matrix
  let accumulating: Bool
  let table: KernelTable

  func compute(_ tile: Int, scratch: UnsafeMutablePointer<Float>) {
    let images = tiling.images(of: tile, in: input.images)
    if images.count == tiling.imagesPerTile { whole(tile, images, scratch) } else { partial(images, scratch) }
  }

  private func whole(_ tile: Int, _ images: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) {
    let positions = tiling.positions(of: tile)
    let rows = images.count * positions.count
    var left = UnsafePointer(input.base + images.lowerBound * input.shape.count)
    if patches.isIdentity {
      left += positions.lowerBound * patches.depth
    } else {
      gather(images, positions, scratch)
      left = UnsafePointer(scratch)
    }
    let columns = output.shape.channels
    let target = output.base + images.lowerBound * output.shape.count + positions.lowerBound * columns
    multiply(
      Matrix(base: left, stride: patches.depth), weights, m: rows, n: columns, k: patches.depth,
      beta: accumulating ? 1 : 0, into: target, stride: columns)
  }

  /// The last images of a batch: as many rows as a whole tile, those without an image zero.
  private func partial(_ images: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) {
    let columns = output.shape.channels
    let filled = images.count * tiling.pixels
    let result = scratch + tiling.rows * patches.depth
    let target = output.base + images.lowerBound * output.shape.count
    gather(images, 0..<tiling.pixels, scratch)
    (scratch + filled * patches.depth).update(repeating: 0, count: (tiling.rows - filled) * patches.depth)
    if accumulating { result.update(from: target, count: filled * columns) }
    (result + filled * columns).update(repeating: 0, count: (tiling.rows - filled) * columns)
    multiply(
      Matrix(base: scratch, stride: patches.depth), weights, m: tiling.rows, n: columns, k: patches.depth,
      beta: accumulating ? 1 : 0, into: result, stride: columns)
    target.update(from: result, count: filled * columns)
  }

  private func gather(_ images: Range<Int>, _ positions: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) {
    for (place, image) in images.enumerated() {
      patches.gather(
        input.base + image * input.shape.count, rows: positions,
        into: scratch + place * positions.count * patches.depth, table)
    }
  }
}
