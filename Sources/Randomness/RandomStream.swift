/// A stream of random numbers that is a pure function of its key. The n-th number of a stream can be computed
/// without the ones before it. Streams with different keys are independent.
///
/// Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011).
/// Its price is speed: it makes about 10^8 words per second. It is not for secrets.
///
/// Streams are split by purpose, never advanced in turn, so that no result depends on the order of the work:
///
///     let stream = RandomStream(seed: 7, purpose: "shuffle")
///     var epoch = stream.split(12)         // the shuffle of epoch 12
///     let order = epoch.permutation(of: 50_000)
package struct RandomStream: Sendable, Equatable {
  private var key: UInt64
  private var block: UInt64 = 0
  private var words: SIMD4<UInt32> = .zero
  private var used = 4

  private init(key: UInt64) { self.key = key }

  /// The stream of one purpose under one seed.
  package init(seed: UInt64, purpose: StaticString) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a of the purpose's bytes
    purpose.withUTF8Buffer { bytes in
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }
    self.init(key: Self.mixed(Self.mixed(seed) ^ hash))
  }

  /// An independent stream for part `index` of this stream's work, whatever this stream has already produced.
  package func split(_ index: UInt64) -> RandomStream {
    RandomStream(key: Self.mixed(key &+ 0x9E37_79B9_7F4A_7C15 &* (index &+ 1)))
  }

  package func split(_ index: Int) -> RandomStream { split(UInt64(bitPattern: Int64(index))) }

  /// Thirty-two uniformly random bits.
  package mutating func nextWord() -> UInt32 {
    if used == 4 {
      words = Self.philox(
        counter: SIMD4(UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), 0, 0),
        key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
      block &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }
}

extension RandomStream: RandomNumberGenerator {
  package mutating func next() -> UInt64 { UInt64(nextWord()) << 32 | UInt64(nextWord()) }
}

extension RandomStream {
  /// A uniform number in [0, 1) with 24 random bits, every value of which a Float holds exactly.
  package mutating func nextUniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// A uniform integer in `0..<bound`, without bias (Lemire 2019, "Fast Random Integer Generation in an Interval").
  package mutating func nextInteger(below bound: Int) -> Int {
    precondition(bound > 0 && bound <= Int(UInt32.max), "the bound of a random integer must lie in 1...2^32-1")
    let range = UInt32(bound)
    var product = UInt64(nextWord()) * UInt64(range)
    if UInt32(truncatingIfNeeded: product) < range {
      let threshold = (0 &- range) % range
      while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(nextWord()) * UInt64(range) }
    }
    return Int(product >> 32)
  }

  /// True with probability one half.
  package mutating func nextBool() -> Bool { nextWord() >> 31 == 1 }

  /// A uniformly random order of `0..<count` (Fisher and Yates).
  package mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, nextInteger(below: last + 1)) }
    return order
  }
}

extension RandomStream {
  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014), which turns similar keys into unrelated ones.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Ten rounds of Philox on four words; the constants are those of the paper's table 2.
  package static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) * UInt64(counter.x)
      let second = UInt64(0xCD9E_8D57) * UInt64(counter.z)
      counter = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ counter.y ^ key.x, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter.w ^ key.y, UInt32(truncatingIfNeeded: first))
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}
