package import Kernels

/// What a run computes with: the threads, the kernels and the words that identify them.
package struct Machine: Sendable {
  package let pool: ThreadPool
  package let table: KernelTable
  package let instructionSet: InstructionSet
  /// Equal on two machines that give equal bytes: precision, instruction set and BLAS kernels.
  package let kernels: String

  /// - Throws: what `InstructionSet` throws when `CAS_ISA` asks for one that this machine or build lacks.
  package init(threads: Int? = nil, environment: [String: String]) throws {
    instructionSet = try InstructionSet.chosen(in: environment)
    table = KernelTable.table(for: instructionSet)
    pool = ThreadPool(threads: threads ?? ThreadPool.available)
    BLAS.configureOnce()
    kernels = "fp32 \(instructionSet.rawValue) OpenBLAS-\(BLAS.coreName)"
  }
}
