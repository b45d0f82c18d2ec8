/// What computes: the threads, the hot loops of one instruction set, the algorithms that may be used, and the format in
/// which feature maps are kept.
package struct Processor: Sendable {
  package let pool: ThreadPool
  package let table: KernelTable
  package let choice: KernelChoice
  package let format: NumberFormat

  package init(
    pool: ThreadPool, table: KernelTable, choice: KernelChoice = .auto, format: NumberFormat = .fp32
  ) {
    precondition(table.supports(format), "this machine has no loops over numbers of the format \(format.rawValue)")
    self.pool = pool
    self.table = table
    self.choice = choice
    self.format = format
  }
}

extension Execution {
  package init(_ processor: Processor, scratch: ScratchSize, forcing algorithm: ConvolutionAlgorithm? = nil) {
    self.init(
      pool: processor.pool, table: processor.table, scratch: scratch, choice: processor.choice, forcing: algorithm)
  }
}
