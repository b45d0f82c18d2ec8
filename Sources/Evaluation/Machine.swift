package import Kernels

/// What a run computes with: the threads, the kernels and the words that identify them.
package struct Machine: Sendable {
  package let processor: Processor
  package let instructionSet: InstructionSet
  /// Equal on two machines that give equal bytes: precision, instruction set and BLAS kernels.
  package let kernels: String

  /// - Throws: what `InstructionSet` throws when `CAS_ISA` asks for one that this machine or build lacks.
  package init(
    threads: Int? = nil, choice: KernelChoice = .auto, format: NumberFormat = .fp32, environment: [String: String]
  ) throws {
    instructionSet = try InstructionSet.chosen(in: environment)
    processor = Processor(
      pool: ThreadPool(threads: threads ?? ThreadPool.available), table: KernelTable.table(for: instructionSet),
      choice: choice, format: format)
    BLAS.configureOnce()
    kernels = "\(format.rawValue) \(choice.rawValue) \(instructionSet.rawValue) OpenBLAS-\(BLAS.coreName)"
  }
}
