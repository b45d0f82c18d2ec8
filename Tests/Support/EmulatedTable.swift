package import Kernels
internal import LoopTypes
internal import LoopsBF16

extension KernelTable {
  /// The loops of a machine with AMX, its tiles emulated, nil where there are no bf16 dot products.
  package static func emulatedTiles() -> KernelTable? {
    guard InstructionSet.avx512.isAvailable else { return nil }
    var table = KernelTable.table(for: .avx512)
    guard table.supports(.bf16) else { return nil }
    table.tiles = EmulatedTiles.self
    return table
  }
}

private enum EmulatedTiles: TileLoops {
  static func tileConvolve(
    _ image: UnsafePointer<UInt16>, by weights: UnsafePointer<UInt16>, _ extents: TileExtents, accumulating: Bool,
    into output: UnsafeMutablePointer<UInt16>
  ) {
    var unit = EmulatedTileUnit()
    LoopsBF16.tileConvolve(
      on: &unit, image, by: weights, extents, into: SumTarget(output, isAccumulating: accumulating))
  }

  static func tileSumWeights(
    _ words: UnsafePointer<UInt32>, gradients: UnsafePointer<UInt32>, _ extents: TileGradientExtents,
    into sums: UnsafeMutablePointer<Float>
  ) {
    var unit = EmulatedTileUnit()
    LoopsBF16.tileSumWeights(on: &unit, words, gradients: gradients, extents, into: sums)
  }
}
