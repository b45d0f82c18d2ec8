package import Kernels

/// One of the ways in which this machine can compute with bf16 numbers.
package struct BF16Path: Sendable, CustomStringConvertible {
  package let description: String
  package let table: KernelTable

  package func execution(_ scratch: ScratchSize, threads: Int = 1) -> Execution {
    Execution(pool: ThreadPool(threads: threads), table: table, scratch: scratch)
  }
}

extension KernelTable {
  /// Those of the instruction sets that there are, and AMX's with emulated tiles.
  package static var bf16Paths: [BF16Path] {
    InstructionSet.available.map { BF16Path(description: $0.rawValue, table: .table(for: $0)) }
      .filter { $0.table.supports(.bf16) }
      + [emulatedTiles()].compactMap { $0 }.map { BF16Path(description: "emulated amx", table: $0) }
  }
}

/// One of the ways in which this machine can train: what `CAS_ISA`, `--kernels` and `--precision` choose from.
package struct TrainingPath: Sendable, CustomStringConvertible {
  package let description: String
  private let table: KernelTable
  private let choice: KernelChoice
  package let format: NumberFormat

  package func processor(threads: Int = 2) -> Processor {
    Processor(pool: ThreadPool(threads: threads), table: table, choice: choice, format: format)
  }

  package static var available: [TrainingPath] {
    let floats = KernelPath.available.map { path in
      TrainingPath(description: "\(path), fp32", table: .table(for: path.set), choice: path.choice, format: .fp32)
    }
    let halves = KernelTable.bf16Paths.map { path in
      TrainingPath(description: "\(path), bf16", table: path.table, choice: .auto, format: .bf16)
    }
    return floats + halves
  }

  /// How much further than in fp32 a result may be off: bf16 keeps 8 significant bits of every feature map.
  package func tolerance(fp32: Double, bf16: Double) -> Double { format == .fp32 ? fp32 : bf16 }
}

/// One of the ways in which this machine can walk over feature maps: the loops of an instruction set over one format.
package struct LoopPath: Sendable, CustomStringConvertible {
  package let set: InstructionSet
  package let format: NumberFormat

  package var description: String { "\(set.rawValue), \(format)" }

  package static var available: [LoopPath] {
    InstructionSet.available.flatMap { set in
      [NumberFormat.fp32, .bf16].filter { KernelTable.table(for: set).supports($0) }
        .map { LoopPath(set: set, format: $0) }
    }
  }

  /// The number that is stored for `value`.
  package func stored(_ value: Float) -> Float { format == .fp32 ? value : float(bf16(value)) }

  /// How far a stored number may be off its value, relative to that: twice half a unit of bf16's last place.
  package var rounding: Double { format == .fp32 ? 0 : 0x1p-8 }
}
