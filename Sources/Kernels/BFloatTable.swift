package import KernelsBF16

/// The hot loops over bf16 numbers, for machines that have dot products of them. What each one computes is said where it
/// is written: in the folder KernelsBF16, or KernelsAVX512 where the same source serves floats.
///
/// What you give up by using it: the loops check nothing; whoever calls them has checked all lengths.
package struct BFloatTable: Sendable {
  package typealias Floats = UnsafePointer<Float>
  package typealias FloatTarget = UnsafeMutablePointer<Float>
  package typealias Source = UnsafePointer<UInt16>
  package typealias Target = UnsafeMutablePointer<UInt16>
  package typealias PairSource = UnsafePointer<UInt32>
  package typealias PairTarget = UnsafeMutablePointer<UInt32>
  typealias Doubles = UnsafeMutablePointer<Double>

  let dotConvolve: @Sendable (Source, Source, Target, DotExtents, Bool) -> Void = KernelsBF16.dotConvolve
  let dotProducts: @Sendable (Source, Source, FloatTarget, DotExtents) -> Void = KernelsBF16.dotProducts
  let dotConvolveWeights: @Sendable (PairSource, PairSource, FloatTarget, DotGradientExtents) -> Void =
    KernelsBF16.dotConvolveWeights
  /// What convolves, and sums weights' gradients, on tiles; nil takes dot products.
  package var tileConvolve: (@Sendable (Source, Source, Target, TileExtents, Bool) -> Void)?
  package var tileSumWeights:
    (@Sendable (PairSource, UnsafePointer<Int>, PairSource, FloatTarget, TileGradientExtents) -> Void)?

  let packDots: @Sendable (Floats, Int, Int, Target, Int) -> Void = KernelsBF16.packDots
  let packTransposedDots: @Sendable (Floats, Int, Int, Target, Int) -> Void = KernelsBF16.packTransposedDots
  let copyWindows: @Sendable (Source, Int, Int, Int, Target) -> Void = KernelsBF16.copyWindows
  let pairTaps: @Sendable (Source, Int, Int, Int, PairTarget) -> Void = KernelsBF16.pairTaps
  let pairOutputs: @Sendable (Source, Int, Int, PairTarget) -> Void = KernelsBF16.pairOutputs
  let pairTapTiles: @Sendable (Source, Int, Int, Int, PairTarget, Int) -> Void = KernelsBF16.pairTapTiles
  let transposeWindows: @Sendable (PairSource, Int, Int, PairTarget, Int) -> Void = KernelsBF16.transposeWindows
  let spreadSums: @Sendable (FloatTarget, Int, Int, FloatTarget, Int, Bool) -> Void = KernelsBF16.spreadSums
  let padImage: @Sendable (Source, Target, Int, Int, Int, Int, Int, Int, Int) -> Void = KernelsBF16.padImage
  let padNormalized:
    @Sendable (Source, Target, Int, Int, Int, Int, Int, Int, Int, Floats, Floats, Floats, Bool) -> Void =
      KernelsBF16.padNormalized
  let gatherPatches: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void =
    KernelsBF16.gatherPatches
  let winogradInput: @Sendable (Source, Int, Int, Int, Int, Int, Target, Int, Int, Int) -> Void = KernelsBF16
    .winogradInput
  let winogradOutput: @Sendable (Floats, Int, Int, Int, Int, Int, Target, Int, Int, Bool) -> Void =
    KernelsBF16.winogradOutput
  let winogradInputPairs: @Sendable (Source, Int, Int, Int, Int, Int, PairTarget, Int) -> Void =
    KernelsBF16.winogradInputPairs
  let winogradGradientPairs: @Sendable (Source, Int, Int, Int, Int, Int, Int, PairTarget, Int) -> Void =
    KernelsBF16.winogradGradientPairs
  let add: @Sendable (Source, Source, Int, Target) -> Void = KernelsBF16.add
  let moments: @Sendable (Source, Int, Int, Int, Doubles, Doubles) -> Void = KernelsBF16.moments
  let gradientSums:
    @Sendable (Source, Source?, Floats?, Floats, Source, Floats, Int, Int, Int, Doubles, Doubles) -> Void =
      KernelsBF16.gradientSums
  let normalizeRows: @Sendable (Source, Int, Int, Floats, Floats, Floats, Source?, Bool, Target) -> Void =
    KernelsBF16.normalizeRows
  let normalizeRowsBackward:
    @Sendable (
      Source, Source?, Floats?, Source, Int, Int, Floats, Floats, Floats, Floats, Bool, Target, Target?, Bool
    ) -> Void = KernelsBF16.normalizeRowsBackward
  let maximumWindows: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void =
    KernelsBF16.maximumWindows
  let maximumWindowsBackward: @Sendable (Source, Source, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void =
    KernelsBF16.maximumWindowsBackward
  let maximumBlocks: @Sendable (Source, Int, Int, Int, Int, Target) -> Void = KernelsBF16.maximumBlocks
  let maximumBlocksBackward: @Sendable (Source, Source, Int, Int, Int, Int, Target) -> Void =
    KernelsBF16.maximumBlocksBackward
  let averageWindows: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Float, FloatTarget) -> Void =
    KernelsBF16.averageWindows
  let averageWindowsBackward: @Sendable (Floats, Int, Int, Int, Int, Int, Int, Int, Int, Float, Target) -> Void =
    KernelsBF16.averageWindowsBackward

  package init() {}
}

extension BFloatTable {
  /// The loops of a machine with AMX: products of tiles in the place of dot products. Tiles multiply faster than memory
  /// can be passed over, so no multiplications are saved.
  static let tiles: BFloatTable = {
    var table = BFloatTable()
    table.tileConvolve = KernelsBF16.tileConvolve
    table.tileSumWeights = KernelsBF16.tileSumWeights
    return table
  }()
}
