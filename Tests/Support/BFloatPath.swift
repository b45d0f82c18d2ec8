package import Kernels

/// One of the ways in which this machine can compute with bf16 numbers.
package struct BFloatPath: Sendable, CustomStringConvertible {
  package let description: String
  package let table: KernelTable

  package func execution(_ scratch: ScratchSize, threads: Int = 1) -> Execution {
    Execution(pool: ThreadPool(threads: threads), table: table, scratch: scratch)
  }
}

extension KernelTable {
  /// Those of the instruction sets that there are, and AMX's with emulated tiles, without and with Winograd's algorithms.
  package static var bfloatPaths: [BFloatPath] {
    InstructionSet.available.map { BFloatPath(description: $0.rawValue, table: .table(for: $0)) }
      .filter { $0.table.supports(.bf16) }
      + [false, true].compactMap { savesMultiplications in
        emulatedTiles(savesMultiplications: savesMultiplications).map {
          BFloatPath(description: "emulated amx" + (savesMultiplications ? ", Winograd" : ""), table: $0)
        }
      }
  }
}
