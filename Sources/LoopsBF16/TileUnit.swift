internal import CTiles

/// A unit that multiplies matrices of bf16 numbers in tiles: eight tiles of at most 16 rows of 64 bytes. Tiles 0 to 3
/// hold sums, floats; 4 and 5 left factors and 6 and 7 right factors, both in pairs of bf16 numbers along the sum.
///
/// The kernels are written for any such unit: AMX, or the tests' emulation of it where there is none. What you give up
/// by using it: a unit's state belongs to the thread, so a kernel configures and releases it.
package protocol TileUnit {
  /// Makes the sums `rows` x `columns` and the factors `depth` pairs deep, each between 1 and 16.
  mutating func configure(rows: Int, columns: Int, depth: Int)
  mutating func release()
  mutating func clear(_ tile: Int)
  /// Reads the rows of a tile, the next one `pitch` bytes behind the one before.
  mutating func load(_ tile: Int, _ first: UnsafeRawPointer, _ pitch: Int)
  /// sums[m][n] += Σ over pairs k of left[m][k].low · right[k][n].low + left[m][k].high · right[k][n].high.
  mutating func multiply(_ sums: Int, _ left: Int, _ right: Int)
  mutating func store(_ tile: Int, _ first: UnsafeMutableRawPointer, _ pitch: Int)
}

/// The processor's own tiles. Their numbers are part of the instructions, so everything down to here is inlined and the
/// numbers are constants.
struct MatrixExtensions: TileUnit {
  @inline(__always)
  mutating func configure(rows: Int, columns: Int, depth: Int) {
    cas_tiles_configure(rows, columns, depth)
  }

  @inline(__always)
  mutating func release() { cas_tiles_release() }

  @inline(__always)
  mutating func clear(_ tile: Int) { cas_tile_clear(tile) }

  @inline(__always)
  mutating func load(_ tile: Int, _ first: UnsafeRawPointer, _ pitch: Int) { cas_tile_load(tile, first, pitch) }

  @inline(__always)
  mutating func multiply(_ sums: Int, _ left: Int, _ right: Int) { cas_tile_multiply(sums, left, right) }

  @inline(__always)
  mutating func store(_ tile: Int, _ first: UnsafeMutableRawPointer, _ pitch: Int) {
    cas_tile_store(tile, first, pitch)
  }
}
