/// The peak rates of a machine: operations per second in registers, bytes per second from each level of memory.
package struct MachineLimits: Codable, Equatable, Sendable {
  package let caches: Caches
  package let peaks: [Peak]
  package let bandwidths: [Bandwidth]

  package init(caches: Caches, peaks: [Peak], bandwidths: [Bandwidth]) {
    self.caches = caches
    self.peaks = peaks
    self.bandwidths = bandwidths
  }

  /// Multiplications and additions of one kind of instruction.
  package struct Peak: Codable, Equatable, Sendable {
    package let instructions: Instructions
    package let threads: Int
    package let gigaflopsPerSecond: Double

    package init(instructions: Instructions, threads: Int, gigaflopsPerSecond: Double) {
      self.instructions = instructions
      self.threads = threads
      self.gigaflopsPerSecond = gigaflopsPerSecond
    }
  }

  /// The bandwidth of one kind of loop, with `bytes` as the size of all arrays of all threads together.
  package struct Bandwidth: Codable, Equatable, Sendable {
    package let level: Level
    package let loop: Loop
    package let threads: Int
    package let bytes: Int
    package let gigabytesPerSecond: Double

    package init(level: Level, loop: Loop, threads: Int, bytes: Int, gigabytesPerSecond: Double) {
      self.level = level
      self.loop = loop
      self.threads = threads
      self.bytes = bytes
      self.gigabytesPerSecond = gigabytesPerSecond
    }
  }

  package enum Instructions: String, Codable, Sendable, CaseIterable {
    case fmaAVX2 = "fp32 FMA, AVX2"
    case fmaAVX512 = "fp32 FMA, AVX-512"
    case dotBF16 = "bf16 dot product, AVX-512"
    case tilesBF16 = "bf16 tiles, AMX"
  }

  /// The level of memory that holds the arrays.
  package enum Level: String, Codable, Sendable, CaseIterable {
    case second = "L2"
    case third = "L3"
    case memory = "DRAM"
  }

  package enum Loop: String, Codable, Sendable, CaseIterable {
    /// The sum of an array.
    case read
    /// a = b + s c (McCalpin's STREAM), three arrays counted; a cache that first reads what it overwrites moves a fourth.
    case triad
  }
}

extension MachineLimits {
  /// The most multiplications and additions per second of the given instructions, in units of 10^9.
  package func peak(_ instructions: Instructions, threads: Int) -> Double? {
    peaks.first { $0.instructions == instructions && $0.threads == threads }?.gigaflopsPerSecond
  }

  /// Bytes per second, in units of 10^9, of the triad on the level that holds `bytes`.
  package func bandwidth(holding bytes: Int, threads: Int) -> Double? {
    let level: Level = bytes <= threads * caches.second ? .second : bytes <= caches.third ? .third : .memory
    return bandwidths.first { $0.level == level && $0.loop == .triad && $0.threads == threads }?.gigabytesPerSecond
  }

  package var text: String {
    let threads = Set(peaks.map(\.threads)).sorted()
    func header(_ title: String) -> Columns {
      Columns([title] + threads.map { $0 == 1 ? "1 thread" : "\($0) threads" })
    }
    var computing = header("GFLOP/s")
    for instructions in Instructions.allCases {
      let values = threads.map { peak(instructions, threads: $0) }
      guard values.contains(where: { $0 != nil }) else { continue }
      computing.add([instructions.rawValue] + values.map { Columns.number($0 ?? .nan) })
    }
    var moving = header("GB/s")
    for level in Level.allCases {
      for loop in Loop.allCases {
        let rows = threads.map { count in
          bandwidths.first { $0.level == level && $0.loop == loop && $0.threads == count }
        }
        moving.add(
          ["\(level.rawValue) \(loop.rawValue)"] + rows.map { Columns.number($0?.gigabytesPerSecond ?? .nan) })
      }
    }
    return """
      \(computing.text)

      \(moving.text)
      L2 \(caches.second >> 10) KB a core, L3 \(caches.third >> 10) KB
      """
  }
}
