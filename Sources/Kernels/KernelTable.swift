internal import CTiles
internal import KernelsAVX2
internal import KernelsAVX512

/// The hot loops of one instruction set. Every kernel reaches them through the table in its `Execution`, so that the
/// choice is made once. What each one computes is said where it is written, in the folder KernelsAVX512.
///
/// What you give up by using it: the loops check nothing; whoever calls them has checked all lengths.
package struct KernelTable: Sendable {
  package private(set) var instructionSet: InstructionSet
  /// The loops over bf16 numbers, nil where the processor has no dot products of them.
  package var bfloat: BFloatTable?

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
      if cas_cpu_has_avx512_bf16() != 0 { table.bfloat = BFloatTable() }
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
    gatherPatches: KernelsAVX2.gatherPatches,
    scatterPatches: KernelsAVX2.scatterPatches,
    transpose: KernelsAVX2.transpose,
    packPanel: KernelsAVX2.packPanel,
    multiplyPanels: KernelsAVX2.multiplyPanels,
    sumOuterProducts: KernelsAVX2.sumOuterProducts,
    copyRows: KernelsAVX2.copyRows,
    padImage: KernelsAVX2.padImage,
    padNormalized: KernelsAVX2.padNormalized,
    winogradTwo: WinogradLoops(
      input: KernelsAVX2.winogradInput, output: KernelsAVX2.winogradOutput, weights: KernelsAVX2.winogradWeights,
      gradient: KernelsAVX2.winogradGradient, weightGradient: KernelsAVX2.winogradWeightGradient),
    winogradFour: WinogradLoops(
      input: KernelsAVX2.winogradF4Input, output: KernelsAVX2.winogradF4Output, weights: KernelsAVX2.winogradF4Weights,
      gradient: KernelsAVX2.winogradF4Gradient, weightGradient: KernelsAVX2.winogradF4WeightGradient),
    winogradSquare: WinogradLoops(
      input: KernelsAVX2.winogradSquareInput, output: KernelsAVX2.winogradSquareOutput,
      weights: KernelsAVX2.winogradSquareWeights,
      gradient: KernelsAVX2.winogradSquareGradient, weightGradient: KernelsAVX2.winogradSquareWeightGradient),
    directConvolve: KernelsAVX2.directConvolve,
    directConvolveWeights: KernelsAVX2.directConvolveWeights,
    add: KernelsAVX2.add,
    addToRows: KernelsAVX2.addToRows,
    sumParts: KernelsAVX2.sumParts,
    moments: KernelsAVX2.moments,
    gradientSums: KernelsAVX2.gradientSums,
    normalizeRows: KernelsAVX2.normalizeRows,
    normalizeRowsBackward: KernelsAVX2.normalizeRowsBackward,
    maximumWindows: KernelsAVX2.maximumWindows,
    maximumWindowsBackward: KernelsAVX2.maximumWindowsBackward,
    maximumBlocks: KernelsAVX2.maximumBlocks,
    maximumBlocksBackward: KernelsAVX2.maximumBlocksBackward,
    averageWindows: KernelsAVX2.averageWindows,
    averageWindowsBackward: KernelsAVX2.averageWindowsBackward,
    exponentials: KernelsAVX2.exponentials,
    depthwiseConvolve: KernelsAVX2.depthwiseConvolve,
    activateRows: KernelsAVX2.activateRows,
    normalizeLayers: KernelsAVX2.normalizeLayers,
    descend: KernelsAVX2.descend,
    approach: KernelsAVX2.approach,
    allFinite: KernelsAVX2.allFinite)

  private static let avx512 = KernelTable(
    instructionSet: .avx512,
    gatherPatches: KernelsAVX512.gatherPatches,
    scatterPatches: KernelsAVX512.scatterPatches,
    transpose: KernelsAVX512.transpose,
    packPanel: KernelsAVX512.packPanel,
    multiplyPanels: KernelsAVX512.multiplyPanels,
    sumOuterProducts: KernelsAVX512.sumOuterProducts,
    copyRows: KernelsAVX512.copyRows,
    padImage: KernelsAVX512.padImage,
    padNormalized: KernelsAVX512.padNormalized,
    winogradTwo: WinogradLoops(
      input: KernelsAVX512.winogradInput, output: KernelsAVX512.winogradOutput, weights: KernelsAVX512.winogradWeights,
      gradient: KernelsAVX512.winogradGradient, weightGradient: KernelsAVX512.winogradWeightGradient),
    winogradFour: WinogradLoops(
      input: KernelsAVX512.winogradF4Input, output: KernelsAVX512.winogradF4Output,
      weights: KernelsAVX512.winogradF4Weights,
      gradient: KernelsAVX512.winogradF4Gradient, weightGradient: KernelsAVX512.winogradF4WeightGradient),
    winogradSquare: WinogradLoops(
      input: KernelsAVX512.winogradSquareInput, output: KernelsAVX512.winogradSquareOutput,
      weights: KernelsAVX512.winogradSquareWeights,
      gradient: KernelsAVX512.winogradSquareGradient, weightGradient: KernelsAVX512.winogradSquareWeightGradient),
    directConvolve: KernelsAVX512.directConvolve,
    directConvolveWeights: KernelsAVX512.directConvolveWeights,
    add: KernelsAVX512.add,
    addToRows: KernelsAVX512.addToRows,
    sumParts: KernelsAVX512.sumParts,
    moments: KernelsAVX512.moments,
    gradientSums: KernelsAVX512.gradientSums,
    normalizeRows: KernelsAVX512.normalizeRows,
    normalizeRowsBackward: KernelsAVX512.normalizeRowsBackward,
    maximumWindows: KernelsAVX512.maximumWindows,
    maximumWindowsBackward: KernelsAVX512.maximumWindowsBackward,
    maximumBlocks: KernelsAVX512.maximumBlocks,
    maximumBlocksBackward: KernelsAVX512.maximumBlocksBackward,
    averageWindows: KernelsAVX512.averageWindows,
    averageWindowsBackward: KernelsAVX512.averageWindowsBackward,
    exponentials: KernelsAVX512.exponentials,
    depthwiseConvolve: KernelsAVX512.depthwiseConvolve,
    activateRows: KernelsAVX512.activateRows,
    normalizeLayers: KernelsAVX512.normalizeLayers,
    descend: KernelsAVX512.descend,
    approach: KernelsAVX512.approach,
    allFinite: KernelsAVX512.allFinite)
}
