package import Kernels
internal import LoopsBF16

extension KernelTable {
  /// The loops of a machine with AMX, its tiles emulated, nil where there are no bf16 dot products.
  package static func emulatedTiles() -> KernelTable? {
    guard InstructionSet.avx512.isAvailable else { return nil }
    var table = KernelTable.table(for: .avx512)
    guard var loops = table.bfloat else { return nil }
    loops.tileConvolve = { image, weights, output, extents, accumulating in
      var unit = EmulatedTileUnit()
      tileConvolve(on: &unit, image, weights, output, extents, accumulating)
    }
    loops.tileSumWeights = { words, taps, gradients, sums, extents in
      var unit = EmulatedTileUnit()
      tileSumWeights(on: &unit, words, taps, gradients, sums, extents)
    }
    table.bfloat = loops
    return table
  }
}
