/// The pairs of taps that a tile is deep: packed kernel rows are padded to multiples of it.
package let tilePairs = 16

/// What a convolution on tiles reads and writes, in elements.
package struct TileExtents {
  /// Output channels, a multiple of 16.
  package var channels: Int
  /// Tiles of 16 pairs of taps in each row of the kernel; taps behind the kernel's have the weight zero.
  package var depth: Int
  /// From the taps of one output to those of the next one in its tile.
  package var step: Int
  /// Rows of the tiles of outputs.
  package var tileRows: Int
  package var offsets: TileOffsets

  package init(channels: Int, depth: Int, step: Int, tileRows: Int, offsets: TileOffsets) {
    self.channels = channels
    self.depth = depth
    self.step = step
    self.tileRows = tileRows
    self.offsets = offsets
  }
}

/// Where the operands of a convolution on tiles begin, in elements.
package struct TileOffsets {
  /// Rows of the kernel, and for each how far its taps lie behind those of the first.
  package let rows: Int
  package let kernelRows: UnsafePointer<Int>
  /// Tiles of outputs, and for each where the taps of its first one begin.
  package let tiles: Int
  package let places: UnsafePointer<Int>
  /// For each of a tile's 16 rows, where its output begins, negative where none is written.
  package let targets: UnsafePointer<Int>

  package init(
    rows: Int, kernelRows: UnsafePointer<Int>, tiles: Int, places: UnsafePointer<Int>, targets: UnsafePointer<Int>
  ) {
    self.rows = rows
    self.kernelRows = kernelRows
    self.tiles = tiles
    self.places = places
    self.targets = targets
  }
}

/// The extents of a sum over `windows` windows.
package struct TileGradientExtents {
  /// Tiles of 16 taps, and for each the word at which its taps begin.
  package var tapTiles: Int { taps.count }
  package var taps: UnsafeBufferPointer<Int>
  /// Tiles of 16 output channels.
  package var channelTiles: Int
  package var windows: Int
  /// Words from the gradients of 16 channels to those of the next.
  package var channelPitch: Int
  /// Whether the sums begin at zero; else they go on from what they are.
  package var begins: Bool

  package init(taps: UnsafeBufferPointer<Int>, channelTiles: Int, windows: Int, channelPitch: Int, begins: Bool) {
    self.taps = taps
    self.channelTiles = channelTiles
    self.windows = windows
    self.channelPitch = channelPitch
    self.begins = begins
  }
}

/// Where the sums of one tile of taps go.
package struct SpreadExtents: Hashable, Sendable {
  /// Taps of the tile that count, at most 16.
  package let taps: Int
  package let channelTiles: Int
  /// Floats from the weights of one tap to those of the next.
  package let pitch: Int

  package init(taps: Int, channelTiles: Int, pitch: Int) {
    self.taps = taps
    self.channelTiles = channelTiles
    self.pitch = pitch
  }
}
