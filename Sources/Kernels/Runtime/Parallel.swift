internal import CTiles
internal import Foundation
internal import Synchronization

/// A fixed number of threads that share the chunks of one loop at a time. The only place that starts threads.
///
/// What you give up by using it: nesting. `run` must not be called from within a body, nor by two threads at once;
/// both are programmers' mistakes and stop the program. The chunks are claimed in order but run on any worker, so a
/// result must not depend on which worker computes it, only on the chunk.
package final class ThreadPool: Sendable {
  package let threads: Int
  private let crew: Crew
  private let handles: [pthread_t]

  /// A pool of `threads` workers, the caller of `run` being one of them.
  package init(threads: Int) {
    precondition(threads >= 1, "a pool needs at least one thread")
    let crew = Crew()
    self.threads = threads
    self.crew = crew
    self.handles = (1..<threads).map { worker in
      let start = Unmanaged.passRetained(Start(crew: crew, worker: worker))
      var handle = pthread_t()
      let failure = pthread_create(
        &handle, nil,
        { argument in
          guard let argument else { return nil }
          let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
          start.crew.work(as: start.worker)
          return nil
        }, start.toOpaque())
      guard failure == 0 else {
        end(
          refused:
            "The system does not start \(threads) threads (\(String(cString: strerror(failure)))). Give fewer: --threads."
        )
      }
      return handle
    }
  }

  deinit {
    crew.dismiss()
    for handle in handles { pthread_join(handle, nil) }
  }

  /// Calls `body` once for each chunk in `0..<chunks`, on all workers, and returns when all calls have.
  /// `worker` lies in `0..<threads`, and no two calls with the same worker overlap.
  package func run(chunks: Int, _ body: (_ chunk: Int, _ worker: Int) -> Void) {
    precondition(chunks >= 0 && chunks <= Int(UInt32.max), "a loop has between 0 and 2^32-1 chunks")
    crew.enter()
    if threads == 1 || chunks <= 1 {
      for chunk in 0..<chunks { body(chunk, 0) }
    } else {
      withoutActuallyEscaping(body) { crew.run(chunks: chunks, $0) }
    }
    crew.leave()
  }

  /// The number of processors that this process may use: those of its affinity, and no more than its control group's quota.
  package static var available: Int {
    let allowed = Int(cas_allowed_processors())
    let processors = allowed > 0 ? allowed : max(1, ProcessInfo.processInfo.activeProcessorCount)
    return min(processors, ControlGroup.processors().map { max(1, Int(min($0, 1e6))) } ?? processors)
  }
}

/// Ends the program where the system refuses what it cannot go on without, as other errors do, with exit code 70.
func end(refused sentence: String) -> Never {
  FileHandle.standardError.write(Data("cas: \(sentence)\n".utf8))
  _exit(70)
}

/// What a new thread is told.
private final class Start {
  let crew: Crew
  let worker: Int

  init(crew: Crew, worker: Int) {
    self.crew = crew
    self.worker = worker
  }
}

/// The state that the caller and the workers share.
///
/// One atomic word, the ticket, holds the number of chunks in its upper half and the next unclaimed chunk in its
/// lower half. A chunk is claimed by exchanging the ticket for its successor; as long as a chunk is unclaimed the
/// caller cannot have returned, so whoever claimed one may read the loop's body, however late it woke up.
private final class Crew: @unchecked Sendable {
  typealias Body = (Int, Int) -> Void

  private let ticket = Atomic<UInt64>(0)
  private let finished = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let callerSleeps = Atomic<Bool>(false)
  private let busy = Atomic<Bool>(false)
  private let dismissed = Atomic<Bool>(false)
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private let done: UnsafeMutablePointer<pthread_cond_t>
  /// The body of the running loop; written before the ticket, read after a claim.
  private var body: UnsafePointer<Body>?

  /// Waiting loops turn this often, about 20 to 50 microseconds, before they sleep.
  private static let patience = 1000

  init() {
    mutex = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    done = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_cond_init(done, nil)
  }

  deinit {
    pthread_cond_destroy(done)
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    done.deallocate()
    wake.deallocate()
    mutex.deallocate()
  }

  func enter() {
    precondition(
      !busy.exchange(true, ordering: .acquiring), "a pool runs one loop at a time: no nesting, no second caller")
  }

  func leave() { busy.store(false, ordering: .releasing) }

  func dismiss() {
    dismissed.store(true, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  func run(chunks: Int, _ body: Body) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        self.body = pointer
        finished.store(0, ordering: .relaxed)
        ticket.store(UInt64(chunks) << 32, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
          pthread_mutex_lock(mutex)
          pthread_cond_broadcast(wake)
          pthread_mutex_unlock(mutex)
        }
        while let chunk = claim() { perform(chunk, of: chunks, as: 0) }
        awaitEnd(of: chunks)
        self.body = nil
      }
    }
  }

  func work(as worker: Int) {
    while awaitWork() {
      while let (chunk, chunks) = claimWithCount() { perform(chunk, of: chunks, as: worker) }
    }
  }

  private var hasWork: Bool {
    let value = ticket.load(ordering: .sequentiallyConsistent)
    return value & 0xFFFF_FFFF < value >> 32
  }

  private func claim() -> Int? { claimWithCount()?.chunk }

  private func claimWithCount() -> (chunk: Int, chunks: Int)? {
    var value = ticket.load(ordering: .acquiring)
    while value & 0xFFFF_FFFF < value >> 32 {
      let (exchanged, original) = ticket.weakCompareExchange(
        expected: value, desired: value + 1, ordering: .acquiringAndReleasing)
      if exchanged { return (Int(value & 0xFFFF_FFFF), Int(value >> 32)) }
      value = original
    }
    return nil
  }

  /// Runs one chunk. The closure is released before the chunk counts as finished, because the caller's frame that
  /// owns it may be gone right after.
  private func perform(_ chunk: Int, of chunks: Int, as worker: Int) {
    call(chunk, worker)
    if finished.add(1, ordering: .sequentiallyConsistent).newValue == chunks,
      callerSleeps.load(ordering: .sequentiallyConsistent)
    {
      pthread_mutex_lock(mutex)
      pthread_cond_signal(done)
      pthread_mutex_unlock(mutex)
    }
  }

  @inline(never)
  private func call(_ chunk: Int, _ worker: Int) {
    guard let body else { preconditionFailure("a chunk was claimed of a loop that has ended") }
    body.pointee(chunk, worker)
  }

  private func awaitEnd(of chunks: Int) {
    for _ in 0..<Self.patience {
      if finished.load(ordering: .acquiring) == chunks { return }
      cas_pause()
    }
    pthread_mutex_lock(mutex)
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while finished.load(ordering: .sequentiallyConsistent) != chunks { pthread_cond_wait(done, mutex) }
    callerSleeps.store(false, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  /// Returns true when there may be work and false when the pool is gone.
  private func awaitWork() -> Bool {
    for _ in 0..<Self.patience {
      if hasWork { return true }
      if dismissed.load(ordering: .relaxed) { return false }
      cas_pause()
    }
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !hasWork && !dismissed.load(ordering: .sequentiallyConsistent) { pthread_cond_wait(wake, mutex) }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
    return !dismissed.load(ordering: .sequentiallyConsistent)
  }
}
