package import Kernels
import Synchronization

extension ThreadPool {
  /// Calls `body` for each place, a few places at a time on each thread; throws the failure of the first place that
  /// failed, whatever the number of threads.
  package func forEach(_ count: Int, by chunk: Int = 8, _ body: (_ place: Int) throws -> Void) throws {
    let failure = Mutex<(place: Int, error: any Error)?>(nil)
    run(chunks: (count + chunk - 1) / chunk) { index, _ in
      for place in (index * chunk)..<min(count, (index + 1) * chunk) {
        do {
          try body(place)
        } catch {
          failure.withLock { if place < $0?.place ?? .max { $0 = (place, error) } }
          return
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }
}
