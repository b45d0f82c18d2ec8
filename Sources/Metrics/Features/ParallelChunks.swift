internal import Kernels
internal import Synchronization

extension ThreadPool {
  /// `run` for bodies that can fail: all chunks run, then the error of the first chunk that failed is thrown.
  func runThrowing(chunks: Int, _ body: (_ chunk: Int, _ worker: Int) throws -> Void) throws {
    let failure = Mutex<(chunk: Int, error: any Error)?>(nil)
    run(chunks: chunks) { chunk, worker in
      do { try body(chunk, worker) } catch {
        failure.withLock { if $0.map({ chunk < $0.chunk }) ?? true { $0 = (chunk, error) } }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }
}

/// Where a computation's chunks run: in parallel on a pool, or one after the other inside a chunk of a larger loop. The
/// numbers are the same.
enum Workers {
  case pool(ThreadPool)
  case caller

  func run(chunks: Int, _ body: (_ chunk: Int) throws -> Void) throws {
    switch self {
    case .pool(let pool): try pool.runThrowing(chunks: chunks) { chunk, _ in try body(chunk) }
    case .caller: for chunk in 0..<chunks { try body(chunk) }
    }
  }
}

/// Doubles of working memory, a part for each worker or one for all. It goes away with the value that holds it.
final class DoubleScratch {
  let base: UnsafeMutablePointer<Double>

  init(_ count: Int) { base = .allocate(capacity: max(count, 1)) }

  deinit { base.deallocate() }
}

/// Floats of working memory.
final class FloatScratch {
  let base: UnsafeMutablePointer<Float>

  init(_ count: Int) { base = .allocate(capacity: max(count, 1)) }

  deinit { base.deallocate() }
}

/// Consecutive ranges of at most `step` of the indices below `count`.
func ranges(of count: Int, step: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
}
