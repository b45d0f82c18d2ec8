internal import LoopTypes

/// How many floats of working memory a kernel needs: `perWorker` for each thread, `shared` for all together.
package struct ScratchSize: Hashable, Sendable {
  package var perWorker: Int
  package var shared: Int

  package init(perWorker: Int = 0, shared: Int = 0) {
    self.perWorker = perWorker
    self.shared = shared
  }

  /// What suffices for this and for `other`, one after the other.
  package func union(_ other: ScratchSize) -> ScratchSize {
    ScratchSize(perWorker: max(perWorker, other.perWorker), shared: max(shared, other.shared))
  }

  package mutating func formUnion(_ other: ScratchSize) { self = union(other) }
}

/// The working memory of kernels, one block: a part for each worker and a part for all.
///
/// What you give up by using it: its contents last no longer than one kernel.
package struct Scratch: Sendable {
  package let size: ScratchSize
  private let arena: Arena
  private let distance: Int
  private let threads: Int

  package init(_ size: ScratchSize, threads: Int) {
    precondition(size.perWorker >= 0 && size.shared >= 0 && threads >= 1, "scratch cannot be negative")
    self.size = size
    self.threads = threads
    // Whole cache lines, so that two workers never write to the same one.
    distance = (size.perWorker + 15) / 16 * 16
    arena = Arena(count: distance * threads + size.shared)
  }

  /// The part of one worker, which must hold at least `count` floats.
  func worker(_ index: Int, _ count: Int) -> UnsafeMutablePointer<Float> {
    precondition(index >= 0 && index < threads, "there is no such worker")
    precondition(
      count <= size.perWorker, "a kernel needs \(count) floats of scratch a worker; there are \(size.perWorker)")
    return arena.base + index * distance
  }

  /// The part for all workers, which must hold at least `count` floats.
  func shared(_ count: Int) -> UnsafeMutablePointer<Float> {
    precondition(count <= size.shared, "a kernel needs \(count) floats of shared scratch; there are \(size.shared)")
    return arena.base + threads * distance
  }

  /// The part of one worker as `count` bf16 numbers.
  func workerBF16(_ index: Int, _ count: Int) -> UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(worker(index, (count + 1) / 2)).assumingMemoryBound(to: UInt16.self)
  }

  /// The part for all workers as doubles.
  func sharedDoubles(_ count: Int) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(shared(2 * count)).assumingMemoryBound(to: Double.self)
  }
}

/// What kernels run on: the threads, the loops of one instruction set, and working memory.
///
/// What you give up by using it: two kernels on one execution cannot run at the same time, because they would share
/// the scratch and the pool.
package struct Execution: Sendable {
  package let pool: ThreadPool
  package let table: KernelTable
  package let scratch: Scratch
  /// Which convolution algorithms may be used.
  package let choice: KernelChoice
  /// The one algorithm for all convolutions, which must allow it; only benchmarks and tests force one.
  let forced: ConvolutionAlgorithm?

  package init(
    pool: ThreadPool, table: KernelTable, scratch: ScratchSize, choice: KernelChoice = .auto,
    forcing algorithm: ConvolutionAlgorithm? = nil
  ) {
    self.choice = choice
    forced = algorithm
    BLAS.configureOnce()
    self.pool = pool
    self.table = table
    self.scratch = Scratch(scratch, threads: pool.threads)
  }
}

extension Execution {
  /// The loops over floats.
  var floats: any FloatLoops.Type { table.floats }

  /// The loops over bf16 numbers, which whoever made tensors of them has checked for.
  var bf16: any BF16Loops.Type {
    guard let loops = table.bf16 else { preconditionFailure("this machine has no loops over bf16 numbers") }
    return loops
  }

  /// Calls `body` for consecutive ranges of at most `step` of the indices below `count`. The ranges do not depend
  /// on the number of threads.
  func forEachRange(of count: Int, step: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void) {
    let step = max(1, step)
    pool.run(chunks: (count + step - 1) / step) { chunk, worker in
      body(chunk * step..<min(count, (chunk + 1) * step), worker)
    }
  }
}

/// The number of floats that elementwise loops hand to a worker at a time: 128 KB.
let elementwiseStep = 32_768
