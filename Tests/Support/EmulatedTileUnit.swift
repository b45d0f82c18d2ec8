internal import LoopsBF16

/// AMX's tiles as Intel's instruction set reference defines them (Software Developer's Manual, volume 2, LDTILECFG,
/// TILELOADD, TILESTORED, TILEZERO, TDPBF16PS), for machines that have none: the same rows and pairs, the same order of
/// sums, every sum rounded to the nearest float with ties to even, denormals read and written as zero. Its use stops
/// the program where the processor would raise an exception.
///
/// What you give up by using it: a thousandfold of the speed.
package struct EmulatedTileUnit: TileUnit {
  private typealias Lanes = SIMD16<Float>
  private typealias Bits = SIMD16<UInt32>

  /// Row r of tile t at 16 t + r.
  private var tiles = [Bits](repeating: .zero, count: 128)
  /// The rows of each tile and its 32-bit columns; zero without a configuration.
  private var rows = [Int](repeating: 0, count: 8)
  private var columns = [Int](repeating: 0, count: 8)
  package private(set) var products = 0

  package init() {}

  package mutating func configure(rows sums: Int, columns: Int, depth: Int) {
    precondition([sums, columns, depth].allSatisfy { (1...16).contains($0) }, "a tile has 1 to 16 rows and columns")
    tiles = tiles.map { _ in .zero }
    rows = [sums, sums, sums, sums, sums, sums, depth, depth]
    self.columns = [columns, columns, columns, columns, depth, depth, columns, columns]
  }

  package mutating func release() {
    tiles = tiles.map { _ in .zero }
    rows = rows.map { _ in 0 }
    columns = columns.map { _ in 0 }
  }

  package mutating func clear(_ tile: Int) {
    precondition(rows[tile] > 0, "the tiles are not configured")
    for row in 0..<16 { tiles[16 * tile + row] = .zero }
  }

  package mutating func load(_ tile: Int, _ first: UnsafeRawPointer, _ pitch: Int) {
    clear(tile)
    for row in 0..<rows[tile] {
      if columns[tile] == 16 {
        tiles[16 * tile + row] = (first + row * pitch).loadUnaligned(as: Bits.self)
        continue
      }
      for column in 0..<columns[tile] {
        tiles[16 * tile + row][column] = (first + row * pitch + 4 * column).loadUnaligned(as: UInt32.self)
      }
    }
  }

  package mutating func store(_ tile: Int, _ first: UnsafeMutableRawPointer, _ pitch: Int) {
    precondition(rows[tile] > 0, "the tiles are not configured")
    for row in 0..<rows[tile] {
      for column in 0..<columns[tile] {
        (first + row * pitch + 4 * column).storeBytes(of: tiles[16 * tile + row][column], as: UInt32.self)
      }
    }
  }

  package mutating func multiply(_ sums: Int, _ left: Int, _ right: Int) {
    precondition(sums != left && left != right && right != sums, "the three tiles must be different ones")
    precondition(
      rows[sums] > 0 && rows[sums] == rows[left] && columns[sums] == columns[right] && columns[left] == rows[right],
      "the shapes of the tiles do not fit")
    products += 1
    let right = (0..<rows[right]).map { k in
      let pair = tiles[16 * right + k]
      return (
        even: Self.flushed(unsafeBitCast(pair &<< 16, to: Lanes.self)),
        odd: Self.flushed(unsafeBitCast(pair & Bits(repeating: 0xffff_0000), to: Lanes.self))
      )
    }
    for m in 0..<rows[sums] {
      let left = tiles[16 * left + m]
      let evenLeft = Self.flushed(unsafeBitCast(left &<< 16, to: Lanes.self))
      let oddLeft = Self.flushed(unsafeBitCast(left & Bits(repeating: 0xffff_0000), to: Lanes.self))
      var even = Lanes.zero
      var odd = Lanes.zero
      for k in right.indices {
        even = Self.multiplyAdd(even, Lanes(repeating: evenLeft[k]), right[k].even)
        odd = Self.multiplyAdd(odd, Lanes(repeating: oddLeft[k]), right[k].odd)
      }
      let before = Self.flushed(unsafeBitCast(tiles[16 * sums + m], to: Lanes.self))
      let sum = unsafeBitCast(Self.flushed(before + Self.flushed(even + odd)), to: Bits.self)
      // Behind the columns there are zeros.
      tiles[16 * sums + m].replace(with: sum, where: Self.counting .< Bits(repeating: UInt32(columns[sums])))
    }
  }

  private static let counting = Bits((0..<16).map { UInt32($0) })

  @inline(__always)
  private static func multiplyAdd(_ sum: Lanes, _ x: Lanes, _ y: Lanes) -> Lanes {
    let result = sum.addingProduct(x, y)
    let bits = magnitude(result)
    // Between the least denormal and the least normal float, both included.
    guard any(bits &- Bits(repeating: 1) .< Bits(repeating: Float.leastNormalMagnitude.bitPattern)) else {
      return result
    }
    // The processor rounds to 24 bits before it looks for a denormal: what is a little less than the least normal float
    // may be rounded up to it by the coarser steps of the denormals and still count as one. Exact with all numbers
    // 2⁶⁴ times as large.
    let scaled = magnitude((sum * 0x1p64).addingProduct(x * 0x1p64, y))
    let isLeast = bits .== Bits(repeating: Float.leastNormalMagnitude.bitPattern)
    let isLess = scaled .< Bits(repeating: (Float.leastNormalMagnitude * 0x1p64).bitPattern)
    return flushed(result.replacing(with: result * 0, where: isLeast .& isLess))
  }

  /// Zeros of the same sign for denormals.
  @inline(__always)
  private static func flushed(_ values: Lanes) -> Lanes {
    let bits = unsafeBitCast(values, to: Bits.self)
    let signs = bits & Bits(repeating: 0x8000_0000)
    let isTiny = magnitude(values) .< Bits(repeating: Float.leastNormalMagnitude.bitPattern)
    return unsafeBitCast(bits.replacing(with: signs, where: isTiny), to: Lanes.self)
  }

  @inline(__always)
  private static func magnitude(_ values: Lanes) -> Bits {
    unsafeBitCast(values, to: Bits.self) & Bits(repeating: 0x7fff_ffff)
  }
}
