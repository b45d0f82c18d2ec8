package import Kernels
package import Networks

/// What a run computes with: the threads, the kernels and the words that identify them.
package struct Machine: Sendable {
  package let processor: Processor
  package let instructionSet: InstructionSet
  /// Equal on two machines that give equal bytes: precision, instruction set and BLAS kernels.
  package let kernels: String
  /// What runs networks.
  package var backend: any Backend { processor }

  /// - Throws: what `InstructionSet` throws when `CAS_ISA` asks for one that this machine lacks; `UsageError` when bf16
  ///   was asked for and cannot be had.
  package init(
    threads: Int? = nil, choice: KernelChoice = .auto, precision: Experiment.Precision = .fp32,
    environment: [String: String]
  ) throws {
    let instructionSet = try InstructionSet.chosen(in: environment)
    let table = KernelTable.table(for: instructionSet)
    let format = try precision.format(table, choice)
    let processor = Processor(
      pool: ThreadPool(threads: threads ?? ThreadPool.available), table: table, choice: choice, format: format)
    BLAS.requireRoom(threads: processor.pool.threads)
    BLAS.configureOnce()
    self.init(processor, instructionSet)
  }

  private init(_ processor: Processor, _ instructionSet: InstructionSet) {
    self.processor = processor
    self.instructionSet = instructionSet
    kernels =
      "\(processor.format.rawValue) \(processor.choice.rawValue) \(instructionSet.rawValue) OpenBLAS-\(BLAS.coreName)"
  }

  /// The same threads with the kernels that fp32 has by default.
  var inSinglePrecision: Machine {
    Machine(Processor(pool: processor.pool, table: processor.table, choice: .auto, format: .fp32), instructionSet)
  }
}

extension Experiment.Precision {
  /// The format of feature maps: bf16 where that was asked for, or where it is faster and nothing was asked for.
  ///
  /// - Throws: `UsageError` when this machine, or OpenBLAS, has no products of bf16 numbers.
  package func format(_ table: KernelTable, _ choice: KernelChoice) throws -> NumberFormat {
    let isPossible = choice == .auto && table.supports(.bf16)
    switch self {
    case .fp32: return .fp32
    case .auto: return isPossible ? .bf16 : .fp32
    case .bf16:
      guard choice == .auto else {
        throw UsageError.blasInBF16
      }
      guard isPossible else {
        throw UsageError.noBF16(table.instructionSet)
      }
      return .bf16
    }
  }
}
