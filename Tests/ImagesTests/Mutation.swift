import Images

/// Damages picture files in a way that depends only on its seed.
struct Mutation {
  private let seed: UInt64
  private var drawn = 0

  init(seed: UInt64) { self.seed = seed }

  private mutating func next(below limit: Int) -> Int {
    drawn += 1
    return Int(SplitMix.next(seed, drawn) % UInt64(max(1, limit)))
  }

  /// One of `corpus` with changes: one in half of the cases, two in a quarter, and so on. A changed PNG keeps its signature
  /// seven times of eight and gets right checksums three times of four, so that more than its first check is reached.
  mutating func mutate(_ corpus: [[UInt8]], codec: ImageCodec) -> [UInt8] {
    let original = corpus[next(below: corpus.count)]
    var bytes = original
    repeat { change(&bytes, corpus) } while next(below: 2) == 0
    if codec == .png && next(below: 8) > 0 { bytes.replaceSubrange(..<min(16, bytes.count), with: original.prefix(16)) }
    if codec == .png && next(below: 4) > 0 { Self.correctChecksums(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
    let at = next(below: bytes.count)
    let interesting: [UInt8] = [0, 1, 2, 3, 4, 7, 8, 0x10, 0x11, 0x7F, 0x80, 0xC0, 0xC4, 0xDA, 0xDB, 0xD9, 0xFE, 0xFF]
    switch next(below: 9) {
    case 0 where !bytes.isEmpty: bytes[at] ^= 1 << UInt8(next(below: 8))
    case 1 where !bytes.isEmpty: bytes[at] = UInt8(next(below: 256))
    case 2 where !bytes.isEmpty: bytes[at] = interesting[next(below: interesting.count)]
    case 3 where bytes.count >= 4:
      let start = min(at, bytes.count - 4)
      let value = interesting[next(below: interesting.count)]
      for k in 0...next(below: 4) { bytes[start + k] = k == 0 ? value : value & 0x80 == 0 ? 0 : 0xFF }
    case 4: bytes.insert(UInt8(next(below: 256)), at: at)
    case 5 where !bytes.isEmpty: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(below: 16)))
    case 6 where !bytes.isEmpty:
      bytes.insert(
        contentsOf: Array(bytes[at..<min(bytes.count, at + 1 + next(below: 64))]), at: next(below: bytes.count))
    case 7 where next(below: 4) == 0: bytes.removeSubrange(at...)
    default:
      let other = corpus[next(below: corpus.count)]
      let from = next(below: other.count)
      let piece = other[from..<min(other.count, from + 1 + next(below: 100))]
      bytes.replaceSubrange(at..<min(bytes.count, at + piece.count), with: piece)
    }
  }

  private static let checksums: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }

  /// Writes the right CRC-32 behind every chunk that ends within the file.
  static func correctChecksums(_ bytes: inout [UInt8]) {
    var at = 8
    while at + 12 <= bytes.count {
      let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = at + 8 + length
      guard end + 4 <= bytes.count else { return }
      var check = ~UInt32(0)
      for byte in bytes[at + 4..<end] { check = checksums[Int(UInt8(truncatingIfNeeded: check) ^ byte)] ^ check >> 8 }
      for k in 0..<4 { bytes[end + k] = UInt8(truncatingIfNeeded: ~check >> (24 - 8 * UInt32(k))) }
      at = end + 4
    }
  }
}
