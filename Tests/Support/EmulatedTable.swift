package import Kernels
internal import KernelsBF16

extension KernelTable {
  /// The loops of a machine with AMX, its tiles emulated, nil where there are no bf16 dot products. Winograd's planes,
  /// which AMX leaves aside, are taken where `savesMultiplications`, so that products are tried too.
  package static func emulatedTiles(savesMultiplications: Bool = false) -> KernelTable? {
    guard InstructionSet.avx512.isAvailable else { return nil }
    var table = KernelTable.table(for: .avx512)
    guard var loops = table.bfloat else { return nil }
    loops.pairUnit = tilePairs
    loops.savesMultiplications = savesMultiplications
    loops.tapRun = 256
    loops.dotConvolve = { image, weights, output, extents, accumulating in
      var unit = EmulatedTileUnit()
      tileConvolve(on: &unit, image, weights, output, extents, accumulating)
    }
    loops.dotProducts = { image, weights, output, extents in
      var unit = EmulatedTileUnit()
      tileProducts(on: &unit, image, weights, output, extents)
    }
    loops.dotConvolveWeights = { image, gradient, weights, extents in
      var unit = EmulatedTileUnit()
      tileConvolveWeights(on: &unit, image, gradient, weights, extents)
    }
    table.bfloat = loops
    return table
  }
}
