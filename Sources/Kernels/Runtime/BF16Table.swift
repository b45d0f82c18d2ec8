package import LoopsBF16

/// The hot loops over bf16 numbers, for machines that have dot products of them. What each one computes is said where it
/// is written: in the folder LoopsBF16, or LoopsAVX512 where the same source serves floats.
///
/// What you give up by using it: the loops check nothing; whoever calls them has checked all lengths.
package struct BF16Table: Sendable {
  package typealias Floats = UnsafePointer<Float>
  package typealias FloatTarget = UnsafeMutablePointer<Float>
  package typealias Source = UnsafePointer<UInt16>
  package typealias Target = UnsafeMutablePointer<UInt16>
  package typealias PairSource = UnsafePointer<UInt32>
  package typealias PairTarget = UnsafeMutablePointer<UInt32>
  typealias Doubles = UnsafeMutablePointer<Double>

  let dotConvolve: @Sendable (Source, Source, Target, DotExtents, Bool) -> Void = LoopsBF16.dotConvolve
  let dotProducts: @Sendable (Source, Source, FloatTarget, DotExtents) -> Void = LoopsBF16.dotProducts
  let dotConvolveWeights: @Sendable (PairSource, PairSource, FloatTarget, DotGradientExtents) -> Void =
    LoopsBF16.dotConvolveWeights
  /// What convolves, and sums weights' gradients, on tiles; nil takes dot products.
  package var tileConvolve: (@Sendable (Source, Source, Target, TileExtents, Bool) -> Void)?
  package var tileSumWeights:
    (@Sendable (PairSource, UnsafePointer<Int>, PairSource, FloatTarget, TileGradientExtents) -> Void)?

  let packDots: @Sendable (Floats, Int, Int, Target, Int) -> Void = LoopsBF16.packDots
  let packTransposedDots: @Sendable (Floats, Int, Int, Target, Int) -> Void = LoopsBF16.packTransposedDots
  let copyWindows: @Sendable (Source, Int, Int, Int, Target) -> Void = LoopsBF16.copyWindows
  let pairTaps: @Sendable (Source, Int, Int, Int, PairTarget) -> Void = LoopsBF16.pairTaps
  let pairOutputs: @Sendable (Source, Int, Int, PairTarget) -> Void = LoopsBF16.pairOutputs
  let pairTapTiles: @Sendable (Source, Int, Int, Int, PairTarget, Int) -> Void = LoopsBF16.pairTapTiles
  let transposeWindows: @Sendable (PairSource, Int, Int, PairTarget, Int) -> Void = LoopsBF16.transposeWindows
  let spreadSums: @Sendable (FloatTarget, Int, Int, FloatTarget, Int, Bool) -> Void = LoopsBF16.spreadSums
  let padImage: @Sendable (Source, Target, Int, Int, Int, Int, Int, Int, Int) -> Void = LoopsBF16.padImage
  let padNormalized:
    @Sendable (Source, Target, Int, Int, Int, Int, Int, Int, Int, Floats, Floats, Floats, Bool) -> Void =
      LoopsBF16.padNormalized
  let gatherPatches: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void =
    LoopsBF16.gatherPatches
  let winogradInput: @Sendable (Source, Int, Int, Int, Int, Int, Target, Int, Int, Int) -> Void = LoopsBF16
    .winogradInput
  let winogradOutput: @Sendable (Floats, Int, Int, Int, Int, Int, Target, Int, Int, Bool) -> Void =
    LoopsBF16.winogradOutput
  let winogradInputPairs: @Sendable (Source, Int, Int, Int, Int, Int, PairTarget, Int) -> Void =
    LoopsBF16.winogradInputPairs
  let winogradGradientPairs: @Sendable (Source, Int, Int, Int, Int, Int, Int, PairTarget, Int) -> Void =
    LoopsBF16.winogradGradientPairs
  let add: @Sendable (Source, Source, Int, Target) -> Void = LoopsBF16.add
  let moments: @Sendable (Source, Int, Int, Int, Doubles, Doubles) -> Void = LoopsBF16.moments
  let gradientSums:
    @Sendable (Source, Source?, Floats?, Floats, Source, Floats, Int, Int, Int, Doubles, Doubles) -> Void =
      LoopsBF16.gradientSums
  let normalizeRows: @Sendable (Source, Int, Int, Floats, Floats, Floats, Source?, Bool, Target) -> Void =
    LoopsBF16.normalizeRows
  let normalizeRowsBackward:
    @Sendable (
      Source, Source?, Floats?, Source, Int, Int, Floats, Floats, Floats, Floats, Bool, Target, Target?, Bool
    ) -> Void = LoopsBF16.normalizeRowsBackward
  let maximumWindows: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void =
    LoopsBF16.maximumWindows
  let maximumWindowsBackward: @Sendable (Source, Source, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void =
    LoopsBF16.maximumWindowsBackward
  let maximumBlocks: @Sendable (Source, Int, Int, Int, Int, Target) -> Void = LoopsBF16.maximumBlocks
  let maximumBlocksBackward: @Sendable (Source, Source, Int, Int, Int, Int, Target) -> Void =
    LoopsBF16.maximumBlocksBackward
  let averageWindows: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Float, FloatTarget) -> Void =
    LoopsBF16.averageWindows
  let averageWindowsBackward: @Sendable (Floats, Int, Int, Int, Int, Int, Int, Int, Int, Float, Target) -> Void =
    LoopsBF16.averageWindowsBackward

  package init() {}
}

extension BF16Table {
  /// The loops of a machine with AMX: products of tiles in the place of dot products. Tiles multiply faster than memory
  /// can be passed over, so no multiplications are saved.
  static let tiles: BF16Table = {
    var table = BF16Table()
    table.tileConvolve = LoopsBF16.tileConvolve
    table.tileSumWeights = LoopsBF16.tileSumWeights
    return table
  }()
}
