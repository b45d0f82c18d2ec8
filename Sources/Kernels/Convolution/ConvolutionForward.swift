internal import LoopTypes

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
  var pass = FeaturePass(
    source: input, normalization: fusion.input, weights: weights, target: output, geometry: geometry,
    execution: execution)
  if input.format == .bf16 { return convolveBF16(pass, fusion: fusion) }
  let sums = fusion.forwardSums(output, after: geometry.passShared, execution)
  if fusion.finishes { pass.finished = { fusion.finish($0, of: output, sums, execution) } }
  switch execution.algorithm(.forward, of: geometry) {
  case .direct: convolveDirectly(pass)
  case .winograd: convolveWinograd(pass)
  case .packedGEMM: convolvePackedGEMM(pass)
  case .im2col: pass.multiplyIm2col(geometry.im2col, by: Matrix(base: weights, stride: geometry.outputChannels))
  }
  fusion.settle(sums, output)
}

extension FeaturePass {
  /// Writes (or adds) to each image of the target its patch matrix of the source times `matrix`. The shared scratch from
  /// `packing` on is used. Where images are finished, or normalised and then gathered, whole images are the parts that
  /// threads share, otherwise tiles.
  func multiplyIm2col(_ patches: Im2colExtents, by matrix: Matrix, packing offset: Int = 0) {
    let columns = target.shape.channels
    let tiling = patches.tiling(columns: columns)
    let right = RightMatrix(
      matrix, k: patches.depth, n: columns, packedAt: tiling.imagesPerTile > 1 ? offset : nil, on: execution)
    let size = patches.tileScratch(columns: columns, normalizing: normalization != nil)
    let isWhole = finished != nil || normalization != nil && !patches.isIdentity
    let chunks = isWhole ? tiling.chunks(images: source.images) : tiling.tiles(images: source.images)
    execution.pool.run(chunks: chunks) { chunk, worker in
      let tiles = isWhole ? tiling.tiles(of: chunk) : chunk..<chunk + 1
      let images = tiling.images(of: tiles.lowerBound, in: source.images)
      let rows = Im2colSource(
        source[images], patches, columns: columns, normalizing: normalization,
        Im2colScratch(base: execution.scratch.worker(worker, size), floats: execution.floats))
      for tile in tiles {
        let positions = tiling.positions(of: tile)
        right.multiply(
          rows[positions], rows: images.count * positions.count, accumulating: isAccumulating,
          into: target.base + images.lowerBound * target.shape.count + positions.lowerBound * columns,
          execution.floats)
      }
      if let finished { images.forEach(finished) }
    }
  }
}
