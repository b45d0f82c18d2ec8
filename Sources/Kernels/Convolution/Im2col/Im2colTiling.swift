/// How a batch's patch matrices are cut into the tiles that are multiplied one at a time. It depends on one image's
/// matrix only, never on the batch or the threads, so that an image's result has the same bits in any batch: BLAS
/// takes other paths, with other roundings, for other numbers of rows and for the last of them.
///
/// A large image is cut into tiles that stay in the second-level cache. Images of few positions share a tile, because
/// the weights are read once per tile; these are multiplied without BLAS (see `RightMatrix`).
struct Im2colTiling {
  /// The positions of one image.
  let pixels: Int
  /// The most rows of a tile.
  let rows: Int
  /// More than 1 where images share a tile.
  let imagesPerTile: Int
  /// More than 1 where an image is cut.
  let tilesPerImage: Int

  /// `width` is the number of floats that one row of a tile keeps in the cache.
  init(pixels: Int, width: Int) {
    self.pixels = pixels
    if pixels < Self.fewRows {
      imagesPerTile = max(1, Self.sharedRows / pixels)
      tilesPerImage = 1
      rows = imagesPerTile * pixels
    } else {
      let fitting = max(Self.fewRows, Self.cachedFloats / width)
      let tiles = (pixels + fitting - 1) / fitting
      rows = min(pixels, ((pixels + tiles - 1) / tiles + 15) / 16 * 16)
      imagesPerTile = 1
      tilesPerImage = (pixels + rows - 1) / rows
    }
  }

  /// Images of fewer positions share tiles; tiles of cut images have at least as many rows, but for the last.
  private static let fewRows = 64
  /// About how many rows a shared tile has.
  private static let sharedRows = 96
  /// How much of a tile should stay in the second-level cache: 128 KB.
  private static let cachedFloats = 32_768
}

extension Im2colTiling {
  /// The number of tiles of a batch.
  func tiles(images: Int) -> Int {
    imagesPerTile > 1 ? (images + imagesPerTile - 1) / imagesPerTile : images * tilesPerImage
  }

  /// The number of parts of a batch that are computed for themselves: the tiles that images share, or whole images.
  func chunks(images: Int) -> Int { imagesPerTile > 1 ? tiles(images: images) : images }

  /// The tiles of such a part.
  func tiles(of chunk: Int) -> Range<Int> { chunk * tilesPerImage..<(chunk + 1) * tilesPerImage }

  /// The images that a tile has rows of.
  func images(of tile: Int, in count: Int) -> Range<Int> {
    if imagesPerTile > 1 { return tile * imagesPerTile..<min(count, (tile + 1) * imagesPerTile) }
    let image = tile / tilesPerImage
    return image..<image + 1
  }

  /// The positions of each of its images that a tile has as rows.
  func positions(of tile: Int) -> Range<Int> {
    let part = tile % tilesPerImage
    return part * rows..<min(pixels, (part + 1) * rows)
  }
}
