extension SafeTensors {
  /// The metadata key of the checksum in files written here.
  static let checksumKey = "cas-checksum"

  /// A number of 64 bits over metadata and tensors, whatever their order in a file, in hexadecimal: it detects damage, not
  /// forgery.
  var checksum: String {
    var sum = WordHash()
    for key in metadata.keys.sorted(by: Self.precedes) where key != Self.checksumKey {
      sum.add(key)
      sum.add(metadata[key] ?? "")
    }
    for name in tensors.keys.sorted(by: Self.precedes) {
      sum.add(name)
      tensors[name]?.shape.withUnsafeBytes { sum.add($0) }
      switch tensors[name]?.values {
      case .float(let values): values.withUnsafeBytes { sum.add($0) }
      case .integer(let values): values.withUnsafeBytes { sum.add($0) }
      case nil: break
      }
    }
    let digits = String(sum.value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func precedes(_ first: String, _ second: String) -> Bool { first.utf8.lexicographicallyPrecedes(second.utf8) }
}

/// FNV-1a (Fowler, Noll, Vo) over words of 64 bits instead of bytes. Each step is invertible, so a change within one word
/// always changes the result.
private struct WordHash {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// Adds the bytes, with the last word padded with zeros, and their number.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    let whole = bytes.count & ~7
    for offset in stride(from: 0, to: whole, by: 8) {
      add(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    add(bytes[whole...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    add(UInt64(bytes.count))
  }

  private mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x100_0000_01b3
    // The product does not mix the highest bit with the others; folding it down does.
    value ^= value >> 32
  }
}
