internal import CTiles
internal import LoopsAVX2
internal import LoopsAVX512

/// The hot loops of one instruction set. Every kernel reaches them through the table in its `Execution`, so that the
/// choice is made once. What each one computes is said where it is written, in the folder LoopsAVX512.
///
/// What you give up by using it: the loops check nothing; whoever calls them has checked all lengths.
package struct KernelTable: Sendable {
  package private(set) var instructionSet: InstructionSet
  /// The loops over bf16 numbers, nil where the processor has no dot products of them.
  package var bfloat: BF16Table?

  typealias Source = UnsafePointer<Float>
  typealias Target = UnsafeMutablePointer<Float>
  typealias Doubles = UnsafeMutablePointer<Double>

  let gatherPatches: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void
  let scatterPatches: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void
  let transpose: @Sendable (Source, Int, Int, Int, Target, Int) -> Void
  let packPanel: @Sendable (Source, Int, Bool, Int, Int, Target) -> Void
  let multiplyPanels:
    @Sendable (
      Source, Int, Int, Int, Int, Int, Int, Int, Int, Int, Source, Int, Int, Bool, Target, Int, Int, Int
    ) -> Void
  let sumOuterProducts: @Sendable (Source, Source, Int, Int, Int, Bool, Target, Int, Int) -> Void
  let copyRows: @Sendable (Source, Int, Int, Int, Int, Int, Target, Int) -> Void
  let padImage: @Sendable (Source, Target, Int, Int, Int, Int, Int, Int, Int) -> Void
  let padNormalized: @Sendable (Source, Target, Int, Int, Int, Int, Int, Int, Int, Source, Source, Source, Bool) -> Void
  let winogradTwo: WinogradLoops
  let winogradFour: WinogradLoops
  let winogradSquare: WinogradLoops
  let directConvolve: @Sendable (Source, Source, Target, Int, Int, Int, Int, Int, Int, Int, Int) -> Void
  let directConvolveWeights: @Sendable (Source, Source, Target, Int, Int, Int, Int, Int, Int, Int, Int) -> Void
  let add: @Sendable (Source, Source, Int, Target) -> Void
  let addToRows: @Sendable (Source, Int, Int, Target) -> Void
  let sumParts: @Sendable (Source, Int, Int, Int, Target) -> Void
  let moments: @Sendable (Source, Int, Int, Int, Doubles, Doubles) -> Void
  let gradientSums:
    @Sendable (Source, Source?, Source?, Source, Source, Source, Int, Int, Int, Doubles, Doubles) -> Void
  let normalizeRows: @Sendable (Source, Int, Int, Source, Source, Source, Source?, Bool, Target) -> Void
  let normalizeRowsBackward:
    @Sendable (
      Source, Source?, Source?, Source, Int, Int, Source, Source, Source, Source, Bool, Target, Target?, Bool
    ) -> Void
  let maximumWindows: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void
  let maximumWindowsBackward: @Sendable (Source, Source, Int, Int, Int, Int, Int, Int, Int, Int, Target) -> Void
  let maximumBlocks: @Sendable (Source, Int, Int, Int, Int, Target) -> Void
  let maximumBlocksBackward: @Sendable (Source, Source, Int, Int, Int, Int, Target) -> Void
  let averageWindows: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Float, Target) -> Void
  let averageWindowsBackward: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Float, Target) -> Void
  let exponentials: @Sendable (Source, Int, Float, Target) -> Float
  let depthwiseConvolve: @Sendable (Source, Int, Int, Int, Int, Int, Int, Int, Int, Int, Source, Target) -> Void
  let activateRows: @Sendable (Source, Int, Int, Source?, Int, Target) -> Void
  let normalizeLayers: @Sendable (Source, Int, Int, Source, Source, Float, Target) -> Void
  let descend: @Sendable (Target, Source, Target, Int, Float, Float, Float, Bool) -> Void
  let approach: @Sendable (Target, Source, Int, Float) -> Void
  let allFinite: @Sendable (Source, Int) -> Bool
}

extension KernelTable {
  /// The loops of an instruction set, which the machine must have.
  package static func table(for set: InstructionSet) -> KernelTable {
    precondition(set.isAvailable, "the machine lacks the instruction set \(set.rawValue)")
    switch set {
    case .avx2: return avx2
    case .avx512:
      var table = avx512
      if cas_cpu_has_avx512_bf16() != 0 { table.bfloat = BF16Table() }
      return table
    case .amx:
      var table = avx512
      table.instructionSet = .amx
      table.bfloat = .tiles
      return table
    }
  }

  /// Whether feature maps can be kept in this format.
  package func supports(_ format: NumberFormat) -> Bool { format == .fp32 || bfloat != nil }

  private static let avx2 = KernelTable(
    instructionSet: .avx2,
    gatherPatches: LoopsAVX2.gatherPatches,
    scatterPatches: LoopsAVX2.scatterPatches,
    transpose: LoopsAVX2.transpose,
    packPanel: LoopsAVX2.packPanel,
    multiplyPanels: LoopsAVX2.multiplyPanels,
    sumOuterProducts: LoopsAVX2.sumOuterProducts,
    copyRows: LoopsAVX2.copyRows,
    padImage: LoopsAVX2.padImage,
    padNormalized: LoopsAVX2.padNormalized,
    winogradTwo: WinogradLoops(
      input: LoopsAVX2.winogradInput, output: LoopsAVX2.winogradOutput, weights: LoopsAVX2.winogradWeights,
      gradient: LoopsAVX2.winogradGradient, weightGradient: LoopsAVX2.winogradWeightGradient),
    winogradFour: WinogradLoops(
      input: LoopsAVX2.winogradF4Input, output: LoopsAVX2.winogradF4Output, weights: LoopsAVX2.winogradF4Weights,
      gradient: LoopsAVX2.winogradF4Gradient, weightGradient: LoopsAVX2.winogradF4WeightGradient),
    winogradSquare: WinogradLoops(
      input: LoopsAVX2.winogradSquareInput, output: LoopsAVX2.winogradSquareOutput,
      weights: LoopsAVX2.winogradSquareWeights,
      gradient: LoopsAVX2.winogradSquareGradient, weightGradient: LoopsAVX2.winogradSquareWeightGradient),
    directConvolve: LoopsAVX2.directConvolve,
    directConvolveWeights: LoopsAVX2.directConvolveWeights,
    add: LoopsAVX2.add,
    addToRows: LoopsAVX2.addToRows,
    sumParts: LoopsAVX2.sumParts,
    moments: LoopsAVX2.moments,
    gradientSums: LoopsAVX2.gradientSums,
    normalizeRows: LoopsAVX2.normalizeRows,
    normalizeRowsBackward: LoopsAVX2.normalizeRowsBackward,
    maximumWindows: LoopsAVX2.maximumWindows,
    maximumWindowsBackward: LoopsAVX2.maximumWindowsBackward,
    maximumBlocks: LoopsAVX2.maximumBlocks,
    maximumBlocksBackward: LoopsAVX2.maximumBlocksBackward,
    averageWindows: LoopsAVX2.averageWindows,
    averageWindowsBackward: LoopsAVX2.averageWindowsBackward,
    exponentials: LoopsAVX2.exponentials,
    depthwiseConvolve: LoopsAVX2.depthwiseConvolve,
    activateRows: LoopsAVX2.activateRows,
    normalizeLayers: LoopsAVX2.normalizeLayers,
    descend: LoopsAVX2.descend,
    approach: LoopsAVX2.approach,
    allFinite: LoopsAVX2.allFinite)

  private static let avx512 = KernelTable(
    instructionSet: .avx512,
    gatherPatches: LoopsAVX512.gatherPatches,
    scatterPatches: LoopsAVX512.scatterPatches,
    transpose: LoopsAVX512.transpose,
    packPanel: LoopsAVX512.packPanel,
    multiplyPanels: LoopsAVX512.multiplyPanels,
    sumOuterProducts: LoopsAVX512.sumOuterProducts,
    copyRows: LoopsAVX512.copyRows,
    padImage: LoopsAVX512.padImage,
    padNormalized: LoopsAVX512.padNormalized,
    winogradTwo: WinogradLoops(
      input: LoopsAVX512.winogradInput, output: LoopsAVX512.winogradOutput, weights: LoopsAVX512.winogradWeights,
      gradient: LoopsAVX512.winogradGradient, weightGradient: LoopsAVX512.winogradWeightGradient),
    winogradFour: WinogradLoops(
      input: LoopsAVX512.winogradF4Input, output: LoopsAVX512.winogradF4Output,
      weights: LoopsAVX512.winogradF4Weights,
      gradient: LoopsAVX512.winogradF4Gradient, weightGradient: LoopsAVX512.winogradF4WeightGradient),
    winogradSquare: WinogradLoops(
      input: LoopsAVX512.winogradSquareInput, output: LoopsAVX512.winogradSquareOutput,
      weights: LoopsAVX512.winogradSquareWeights,
      gradient: LoopsAVX512.winogradSquareGradient, weightGradient: LoopsAVX512.winogradSquareWeightGradient),
    directConvolve: LoopsAVX512.directConvolve,
    directConvolveWeights: LoopsAVX512.directConvolveWeights,
    add: LoopsAVX512.add,
    addToRows: LoopsAVX512.addToRows,
    sumParts: LoopsAVX512.sumParts,
    moments: LoopsAVX512.moments,
    gradientSums: LoopsAVX512.gradientSums,
    normalizeRows: LoopsAVX512.normalizeRows,
    normalizeRowsBackward: LoopsAVX512.normalizeRowsBackward,
    maximumWindows: LoopsAVX512.maximumWindows,
    maximumWindowsBackward: LoopsAVX512.maximumWindowsBackward,
    maximumBlocks: LoopsAVX512.maximumBlocks,
    maximumBlocksBackward: LoopsAVX512.maximumBlocksBackward,
    averageWindows: LoopsAVX512.averageWindows,
    averageWindowsBackward: LoopsAVX512.averageWindowsBackward,
    exponentials: LoopsAVX512.exponentials,
    depthwiseConvolve: LoopsAVX512.depthwiseConvolve,
    activateRows: LoopsAVX512.activateRows,
    normalizeLayers: LoopsAVX512.normalizeLayers,
    descend: LoopsAVX512.descend,
    approach: LoopsAVX512.approach,
    allFinite: LoopsAVX512.allFinite)
}
