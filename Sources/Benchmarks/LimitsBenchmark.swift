internal import CTiles
internal import Evaluation
package import Kernels

/// Measures the machine's limits. The best round counts, because disturbances only lower it.
package struct LimitsBenchmark {
  private let threads: [Int]
  private let instructions: [MachineLimits.Instructions]
  private let rounds: Int
  private let caches = Caches()

  /// - Parameter threads: how many at a time; each number is measured.
  package init(threads: Set<Int>, instructionSet: InstructionSet, rounds: Int) {
    self.threads = threads.sorted()
    self.rounds = rounds
    switch instructionSet {
    case .avx2: instructions = [.fmaAVX2]
    case .avx512, .amx:
      let dot = cas_cpu_has_avx512_bf16() != 0
      let tiles = InstructionSet.amx.isAvailable && cas_peak_tiles_bf16(1) > 0
      instructions = [.fmaAVX512] + (dot ? [.dotBF16] : []) + (tiles ? [.tilesBF16] : [])
    }
  }
}

extension LimitsBenchmark {
  package func run() -> MachineLimits {
    var peaks: [MachineLimits.Peak] = []
    var bandwidths: [MachineLimits.Bandwidth] = []
    for count in threads {
      let pool = ThreadPool(threads: count)
      peaks += instructions.map {
        MachineLimits.Peak(instructions: $0, threads: count, gigaflopsPerSecond: peak($0, on: pool) / 1e9)
      }
      for level in MachineLimits.Level.allCases {
        let arrays = MemoryArrays(bytes: arrayBytes(level, threads: count), threads: count)
        bandwidths += MachineLimits.Loop.allCases.map { loop in
          MachineLimits.Bandwidth(
            level: level, loop: loop, threads: count, bytes: arrays.bytes,
            gigabytesPerSecond: arrays.bytesPerSecond(loop, rounds: rounds, on: pool) / 1e9)
        }
      }
    }
    return MachineLimits(caches: caches, peaks: peaks, bandwidths: bandwidths)
  }

  /// Operations per second of all threads together.
  private func peak(_ instructions: MachineLimits.Instructions, on pool: ThreadPool) -> Double {
    let loop =
      switch instructions {
      case .fmaAVX2: cas_peak_fma_avx2
      case .fmaAVX512: cas_peak_fma_avx512
      case .dotBF16: cas_peak_dot_bf16
      case .tilesBF16: cas_peak_tiles_bf16
      }
    // 10 to 30 ms, so that starting the threads is negligible.
    let turns = 3_000_000
    let work = loop(1) * Double(turns * pool.threads)
    let timing = Timing.measure(rounds: rounds) {
      pool.run(chunks: pool.threads) { _, _ in _ = loop(turns) }
    }
    return work / timing.least
  }

  /// The size of all arrays of all threads together: half of a cache, so that they stay in it, and for DRAM four times the
  /// largest cache.
  private func arrayBytes(_ level: MachineLimits.Level, threads: Int) -> Int {
    switch level {
    case .second: threads * caches.second / 2
    case .third: max(caches.third / 2, threads * caches.second * 2)
    case .memory: max(4 * caches.third, 64 << 20)
    }
  }
}
