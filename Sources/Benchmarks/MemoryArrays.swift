internal import Kernels

/// Three arrays per thread, and loops over them that mainly read and write.
struct MemoryArrays {
  private typealias Lanes = SIMD8<Float>
  private static let laneBytes = MemoryLayout<Lanes>.stride
  private static let unroll = 8

  private let arena: Arena
  /// The sum that each thread read, on a cache line of its own.
  private let sums: Arena
  private let threads: Int
  /// Floats of one array, a multiple of one iteration's.
  private let count: Int

  /// - Parameter bytes: the approximate size of all arrays of all threads together.
  init(bytes: Int, threads: Int) {
    let step = Self.unroll * Lanes.scalarCount
    self.threads = threads
    count = max(1, bytes / MemoryLayout<Float>.stride / (3 * threads * step)) * step
    arena = Arena(count: 3 * count * threads)
    arena.fill(with: 1)
    sums = Arena(count: 64 * threads)
  }

  var bytes: Int { arena.count * MemoryLayout<Float>.stride }

  /// The best round of repeated loops over all arrays; each round moves at least 64 MB per thread.
  func bytesPerSecond(_ loop: MachineLimits.Loop, rounds: Int, on pool: ThreadPool) -> Double {
    let turns = max(1, (64 << 20) * threads / bytes)
    let timing = Timing.measure(rounds: rounds) {
      pool.run(chunks: threads) { chunk, _ in
        for _ in 0..<turns {
          switch loop {
          case .read: read(chunk)
          case .triad: triad(chunk)
          }
        }
      }
    }
    return Double(turns * bytes) / timing.least
  }

  @inline(never)
  private func read(_ thread: Int) {
    let array = UnsafeRawPointer(arena.base + 3 * count * thread)
    var (a, b, c, d) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    for at in stride(from: 0, to: 3 * count * MemoryLayout<Float>.stride, by: Self.unroll * Self.laneBytes) {
      let here = array + at
      a += here.load(fromByteOffset: 0, as: Lanes.self) + here.load(fromByteOffset: 4 * Self.laneBytes, as: Lanes.self)
      b +=
        here.load(fromByteOffset: Self.laneBytes, as: Lanes.self)
        + here.load(fromByteOffset: 5 * Self.laneBytes, as: Lanes.self)
      c +=
        here.load(fromByteOffset: 2 * Self.laneBytes, as: Lanes.self)
        + here.load(fromByteOffset: 6 * Self.laneBytes, as: Lanes.self)
      d +=
        here.load(fromByteOffset: 3 * Self.laneBytes, as: Lanes.self)
        + here.load(fromByteOffset: 7 * Self.laneBytes, as: Lanes.self)
    }
    UnsafeMutableRawPointer(sums.base + 64 * thread).storeBytes(of: a + b + c + d, as: Lanes.self)
  }

  @inline(never)
  private func triad(_ thread: Int) {
    let target = UnsafeMutableRawPointer(arena.base + 3 * count * thread)
    let bytes = count * MemoryLayout<Float>.stride
    let (first, second) = (UnsafeRawPointer(target) + bytes, UnsafeRawPointer(target) + 2 * bytes)
    let factor = Lanes(repeating: 0.5)
    for at in stride(from: 0, to: bytes, by: Self.laneBytes) {
      let sum = first.load(fromByteOffset: at, as: Lanes.self)
        .addingProduct(factor, second.load(fromByteOffset: at, as: Lanes.self))
      target.storeBytes(of: sum, toByteOffset: at, as: Lanes.self)
    }
  }
}
