internal import CTiles
package import LoopTypes
internal import LoopsAVX2
internal import LoopsAVX512
internal import LoopsBF16

/// The hot loops of one instruction set. Every kernel reaches them through the table in its `Execution`, so that the
/// choice is made once. The protocols list the loops; what each one computes is said where it is written.
package struct KernelTable: Sendable {
  package private(set) var instructionSet: InstructionSet
  let floats: any FloatLoops.Type
  /// nil where the processor has no dot products of bf16 numbers.
  let bf16: (any BF16Loops.Type)?
  /// What convolves bf16 images, and sums weights' gradients, on tiles; nil takes dot products. Tiles multiply faster than
  /// memory can be passed over, so no multiplications are saved.
  package var tiles: (any TileLoops.Type)?
}

extension KernelTable {
  /// The loops of an instruction set, which the machine must have.
  package static func table(for set: InstructionSet) -> KernelTable {
    precondition(set.isAvailable, "the machine lacks the instruction set \(set.rawValue)")
    let hasDots = set != .avx2 && cas_cpu_has_avx512_bf16() != 0
    return KernelTable(
      instructionSet: set, floats: set == .avx2 ? LoopsAVX2.Loops.self : LoopsAVX512.Loops.self,
      bf16: hasDots ? LoopsBF16.Loops.self : nil, tiles: set == .amx ? LoopsBF16.MatrixTiles.self : nil)
  }

  /// Whether feature maps can be kept in this format.
  package func supports(_ format: NumberFormat) -> Bool { format == .fp32 || bf16 != nil }
}
