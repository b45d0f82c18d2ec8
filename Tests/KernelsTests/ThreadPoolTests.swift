import Foundation
import Kernels
import Synchronization
import Testing

@Suite(.serialized) struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyChunkRunsOnce(threads: Int) {
    let pool = ThreadPool(threads: threads)
    for chunks in [0, 1, 2, 3, 7, 64, 1000] {
      var runs = [Int](repeating: 0, count: chunks)
      var workers = [Int](repeating: -1, count: chunks)
      runs.withUnsafeMutableBufferPointer { runs in
        workers.withUnsafeMutableBufferPointer { workers in
          pool.run(chunks: chunks) { chunk, worker in
            runs[chunk] += 1
            workers[chunk] = worker
          }
        }
      }
      #expect(runs.allSatisfy { $0 == 1 })
      #expect(workers.allSatisfy { (0..<threads).contains($0) })
    }
  }

  /// Many short loops in a row: a worker that wakes late meets the next loop, or none.
  @Test func lateWorkersDoNoHarm() {
    let pool = ThreadPool(threads: 3)
    var wrong = 0
    for round in 0..<20_000 {
      let chunks = round % 5
      let sum = Atomic<Int>(0)
      pool.run(chunks: chunks) { chunk, _ in
        for _ in 0..<chunk * 50 { sum.add(0, ordering: .relaxed) }
        sum.add(chunk + 1, ordering: .relaxed)
      }
      if sum.load(ordering: .relaxed) != chunks * (chunks + 1) / 2 { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  /// Pauses longer than the workers' patience, so that they have to be woken, and chunks longer than the caller's.
  @Test func sleepersWake() {
    let pool = ThreadPool(threads: 2)
    let sum = Atomic<Int>(0)
    for _ in 0..<50 {
      usleep(2000)
      pool.run(chunks: 2) { chunk, _ in
        usleep(chunk == 0 ? 100 : 1000)
        sum.add(1, ordering: .relaxed)
      }
    }
    #expect(sum.load(ordering: .relaxed) == 100)
  }

  @Test func workersDoNotOverlapWithThemselves() {
    let threads = 3
    let pool = ThreadPool(threads: threads)
    let overlaps = Atomic<Int>(0)
    var inside = [Int](repeating: 0, count: threads * 16)
    inside.withUnsafeMutableBufferPointer { inside in
      for _ in 0..<200 {
        pool.run(chunks: 50) { _, worker in
          inside[worker * 16] += 1
          if inside[worker * 16] != 1 { overlaps.add(1, ordering: .relaxed) }
          inside[worker * 16] -= 1
        }
      }
    }
    #expect(overlaps.load(ordering: .relaxed) == 0)
  }

  @Test func poolsComeAndGo() {
    for threads in 1...4 {
      for _ in 0..<50 {
        let sum = Atomic<Int>(0)
        ThreadPool(threads: threads).run(chunks: 4) { chunk, _ in sum.add(chunk, ordering: .relaxed) }
        #expect(sum.load(ordering: .relaxed) == 6)
      }
    }
  }

  @Test func availableProcessorsAreCounted() {
    #expect(ThreadPool.available >= 1)
    #expect(ThreadPool.available <= ProcessInfo.processInfo.processorCount)
  }
}
