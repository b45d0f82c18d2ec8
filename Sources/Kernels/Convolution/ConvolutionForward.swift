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
    return convolveBF16(input, weights: weights, into: output, geometry: geometry, fusion: fusion, on: execution)
  }
  let sums = fusion.forwardSums(output, after: geometry.passShared, execution)
  let finish =
    fusion.finishes ? { (image: Int) in fusion.finish(image, of: output, sums, execution) } : nil
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
      by: Matrix(base: weights, stride: geometry.outputChannels), into: output, accumulating: false, on: execution,
      finished: finish)
  }
  fusion.settle(sums, output)
}

/// Writes (or adds) to each image of `output` its patch matrix of `input` times `weights`. The shared scratch from
/// `packing` on is used. `finished` is called for each image that has been computed; with it, and where images are
/// normalised and then gathered, whole images are the parts that threads share, otherwise tiles.
func multiplyPatches(
  of input: Tensor, normalizing: BatchNormalization? = nil, _ patches: PatchGeometry, by weights: Matrix,
  packing offset: Int = 0, into output: Tensor, accumulating: Bool, on execution: Execution,
  finished: ((_ image: Int) -> Void)?
) {
  let columns = output.shape.channels
  let tiling = patches.tiling(columns: columns)
  let right = RightMatrix(
    weights, k: patches.depth, n: columns, packed: tiling.imagesPerTile > 1, at: offset, on: execution)
  let size = patches.tileScratch(columns: columns, normalizing: normalizing != nil)
  let isWhole = finished != nil || normalizing != nil && !patches.isIdentity
  let chunks = isWhole ? tiling.chunks(images: input.images) : tiling.tiles(images: input.images)
  execution.pool.run(chunks: chunks) { chunk, worker in
    let tiles = isWhole ? tiling.tiles(of: chunk) : chunk..<chunk + 1
    let images = tiling.images(of: tiles.lowerBound, in: input.images)
    let source = PatchSource(
      input[images], patches, columns: columns, normalizing: normalizing,
      in: execution.scratch.worker(worker, size), execution.table)
    for tile in tiles {
      let positions = tiling.positions(of: tile)
      right.multiply(
        source.rows(positions), rows: images.count * positions.count, accumulating: accumulating,
        into: output.base + images.lowerBound * output.shape.count + positions.lowerBound * columns, execution.table)
    }
    if let finished { images.forEach(finished) }
  }
}

/// Some images whose patch matrices are read tile by tile.
struct PatchSource {
  private let images: Tensor
  private let patches: PatchGeometry
  private let normalization: BatchNormalization?
  private let scratch: UnsafeMutablePointer<Float>
  private let table: KernelTable
  /// The images, normalised unless that is done tile by tile.
  private let base: UnsafePointer<Float>

  /// Normalises the images as a whole where their values are gathered more than once.
  ///
  /// - Parameter scratch: `PatchGeometry.tileScratch` floats.
  init(
    _ images: Tensor, _ patches: PatchGeometry, columns: Int, normalizing: BatchNormalization?,
    in scratch: UnsafeMutablePointer<Float>, _ table: KernelTable
  ) {
    (self.images, self.patches, self.scratch, self.table) = (images, patches, scratch, table)
    if let normalizing, !patches.isIdentity {
      let normalized = scratch + patches.tileScratch(columns: columns, normalizing: false)
      normalizing.normalize(images.base, rows: images.rows, into: normalized, table)
      (base, normalization) = (UnsafePointer(normalized), nil)
    } else {
      (base, normalization) = (UnsafePointer(images.base), normalizing)
    }
  }

  /// Some rows of every image's patch matrix, one image's behind the other's; valid until the next are asked for.
  func rows(_ positions: Range<Int>) -> UnsafePointer<Float> {
    guard patches.isIdentity else {
      patches.gather(base, images: images.images, rows: positions, into: scratch, table)
      return UnsafePointer(scratch)
    }
    let first = base + positions.lowerBound * patches.depth
    guard let normalization else { return first }
    normalization.normalize(first, rows: images.images * positions.count, into: scratch, table)
    return UnsafePointer(scratch)
  }
}

extension BatchNormalization {
  /// Normalises `rows` rows of floats with the moments that were settled on before.
  func normalize(
    _ input: UnsafePointer<Float>, rows: Int, into output: UnsafeMutablePointer<Float>, _ table: KernelTable
  ) {
    table.normalizeRows(input, rows, channels, moments.mean, moments.scale, beta, nil, rectify, output)
  }
}

extension PatchGeometry {
  func tiling(columns: Int) -> PatchTiling { PatchTiling(pixels: pixels, width: depth + columns) }

  /// The floats of a tile's patches, and of its images where these are normalised before they are gathered.
  func tileScratch(columns: Int, normalizing: Bool) -> Int {
    let tiling = tiling(columns: columns)
    if isIdentity { return normalizing ? tiling.rows * depth : 0 }
    return tiling.rows * depth + (normalizing ? tiling.imagesPerTile * image.count : 0)
  }
}
