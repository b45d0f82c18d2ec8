internal import LoopTypes

/// Where patches are written, `Im2colExtents.tileScratch` floats, and by which loops.
struct Im2colScratch {
  let base: UnsafeMutablePointer<Float>
  let floats: any FloatLoops.Type
}

/// Some images whose patch matrices are read tile by tile.
struct Im2colSource {
  private let images: Tensor
  private let patches: Im2colExtents
  private let normalization: BatchNormalization?
  private let scratch: Im2colScratch
  /// The images, normalised unless that is done tile by tile.
  private let base: UnsafePointer<Float>

  /// Normalises the images as a whole where their values are gathered more than once.
  ///
  init(
    _ images: Tensor, _ patches: Im2colExtents, columns: Int, normalizing: BatchNormalization?, _ scratch: Im2colScratch
  ) {
    (self.images, self.patches, self.scratch) = (images, patches, scratch)
    if let normalizing, !patches.isIdentity {
      let normalized = scratch.base + patches.tileScratch(columns: columns, normalizing: false)
      normalizing.normalize(images.base, rows: images.rows, into: normalized, scratch.floats)
      (base, normalization) = (UnsafePointer(normalized), nil)
    } else {
      (base, normalization) = (UnsafePointer(images.base), normalizing)
    }
  }

  /// Some rows of every image's patch matrix, one image's behind the other's; valid until the next are asked for.
  subscript(positions: Range<Int>) -> UnsafePointer<Float> {
    guard patches.isIdentity else {
      patches.im2col(base, images: images.images, rows: positions, into: scratch.base, scratch.floats)
      return UnsafePointer(scratch.base)
    }
    let first = base + positions.lowerBound * patches.depth
    guard let normalization else { return first }
    normalization.normalize(first, rows: images.images * positions.count, into: scratch.base, scratch.floats)
    return UnsafePointer(scratch.base)
  }
}

extension BatchNormalization {
  /// Normalises `rows` rows of floats with the moments that were settled on before.
  func normalize(
    _ input: UnsafePointer<Float>, rows: Int, into output: UnsafeMutablePointer<Float>, _ floats: any FloatLoops.Type
  ) {
    floats.normalizeRows(
      input, MatrixExtents(rows: rows, columns: channels), by: scaling, residual: nil, into: output)
  }
}

extension Im2colExtents {
  func tiling(columns: Int) -> Im2colTiling { Im2colTiling(pixels: pixels, width: depth + columns) }

  /// The floats of a tile's patches, and of its images where these are normalised before they are gathered.
  func tileScratch(columns: Int, normalizing: Bool) -> Int {
    let tiling = tiling(columns: columns)
    if isIdentity { return normalizing ? tiling.rows * depth : 0 }
    return tiling.rows * depth + (normalizing ? tiling.imagesPerTile * image.count : 0)
  }
}
