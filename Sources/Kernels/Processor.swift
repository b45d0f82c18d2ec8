/// What computes: the threads, the hot loops of one instruction set, and the algorithms that may be used.
package struct Processor: Sendable {
  package let pool: ThreadPool
  package let table: KernelTable
  package let choice: KernelChoice

  package init(pool: ThreadPool, table: KernelTable, choice: KernelChoice = .auto) {
    self.pool = pool
    self.table = table
    self.choice = choice
  }
}

extension Execution {
  package init(_ processor: Processor, scratch: ScratchSize, forcing algorithm: ConvolutionAlgorithm? = nil) {
    self.init(
      pool: processor.pool, table: processor.table, scratch: scratch, choice: processor.choice, forcing: algorithm)
  }
}
