internal import Kernels
internal import Synchronization

extension ThreadPool {
  /// The results of `count` calls, side by side; the error of the first that failed.
  func mapThrowing<Value: Sendable>(_ count: Int, _ body: (_ index: Int) throws -> Value) throws -> [Value] {
    let results = Mutex([Result<Value, any Error>?](repeating: nil, count: count))
    run(chunks: count) { index, _ in
      let result = Result { try body(index) }
      results.withLock { $0[index] = result }
    }
    return try results.withLock { $0 }.compactMap { try $0?.get() }
  }
}

/// Counts what several threads have finished, and tells it one at a time.
final class SharedCount: Sendable {
  private let count = Mutex(0)

  func advance(_ tell: (Int) throws -> Void) rethrows {
    try count.withLock {
      $0 += 1
      try tell($0)
    }
  }
}
