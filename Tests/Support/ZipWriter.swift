/// Makes zip archives for tests, sound and unsound ones, byte by byte.
package struct ZipWriter {
  package struct Member {
    package var name: [UInt8]
    package var contents: [UInt8]
    /// 0 stored, 8 deflated; any other number is written as it is.
    package var method = 0
    /// What the headers say, where that is not the truth.
    package var size: Int?
    package var checksum: UInt32?
    package var packed: [UInt8]?
    package var isLink = false
    package var isEncrypted = false

    package init(_ name: String, _ contents: [UInt8]) {
      self.name = Array(name.utf8)
      self.contents = contents
    }
  }

  package var members: [Member]
  package var isZip64 = false
  /// Where the archive begins in its file.
  package var origin = 0
  /// What the end says about the number of members, where that is not the truth.
  package var count: Int?

  package init(_ members: [(String, [UInt8])], method: Int = 0) {
    self.members = members.map { name, contents in
      var member = Member(name, contents)
      member.method = method
      return member
    }
  }

  package var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let packed = member.packed ?? (member.method == 8 ? Deflate.stored(member.contents) : member.contents)
      let size = member.size ?? member.contents.count
      let offset = origin + file.count
      let checksum = Int(member.checksum ?? Checksum.crc32(member.contents))
      let sizes = isZip64 ? [0xFFFF_FFFF, 0xFFFF_FFFF] : [packed.count, size]
      let extra = isZip64 ? le(1, 2) + le(24, 2) + le(size, 8) + le(packed.count, 8) + le(offset, 8) : []
      let common =
        le(45, 2) + le(member.isEncrypted ? 0x801 : 0x800, 2) + le(member.method, 2) + le(0, 4) + le(checksum, 4)
        + le(sizes[0], 4) + le(sizes[1], 4) + le(member.name.count, 2) + le(extra.count, 2)
      file += le(0x0403_4B50, 4) + common + member.name + extra + packed
      directory += le(0x0201_4B50, 4) + [45, 3] + common + le(0, 2) + le(0, 2) + le(0, 2)
      directory += le(member.isLink ? 0xA1FF_0000 : 0x81A4_0000, 4) + le(isZip64 ? 0xFFFF_FFFF : offset, 4)
      directory += member.name + extra
    }
    let start = origin + file.count
    let count = count ?? members.count
    file += directory
    if isZip64 {
      let record = origin + file.count
      file += le(0x0606_4B50, 4) + le(44, 8) + le(45, 2) + le(45, 2) + le(0, 8) + le(count, 8) + le(count, 8)
      file += le(directory.count, 8) + le(start, 8) + le(0x0706_4B50, 4) + le(0, 4) + le(record, 8) + le(1, 4)
    }
    file += le(0x0605_4B50, 4) + le(0, 4)
    file += isZip64 ? le(0xFFFF, 2) + le(0xFFFF, 2) + le(0xFFFF_FFFF, 4) + le(0xFFFF_FFFF, 4) : []
    file += isZip64 ? [] : le(count, 2) + le(count, 2) + le(directory.count, 4) + le(start, 4)
    return file + le(0, 2)
  }
}

/// A little-endian number.
package func le(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

package enum Checksum {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }

  package static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }
}

/// Deflate streams that need no compressor (RFC 1951).
package enum Deflate {
  /// The bytes in blocks that are stored.
  package static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = []
    var at = 0
    repeat {
      let count = min(65_535, bytes.count - at)
      stream += [at + count == bytes.count ? 1 : 0] + le(count, 2) + le(~count, 2) + bytes[at..<at + count]
      at += count
    } while at < bytes.count
    return stream
  }

  /// `first`, then so many repetitions of 258 bytes of its last one: 13 bits for each, as a bomb is made.
  package static func repeating(_ first: [UInt8], times: Int) -> [UInt8] {
    var stream: [UInt8] = []
    var (bits, filled) = (UInt32(0), UInt32(0))
    func reversed(_ value: UInt32, _ count: UInt32) -> UInt32 {
      (0..<count).reduce(0) { $0 << 1 | value >> $1 & 1 }
    }
    func put(_ value: UInt32, _ count: UInt32) {
      bits |= value << filled
      filled += count
      while filled >= 8 {
        stream.append(UInt8(truncatingIfNeeded: bits))
        bits >>= 8
        filled -= 8
      }
    }
    put(0b011, 3)  // the last block, with the fixed codes
    for byte in first {
      byte < 144
        ? put(reversed(0x30 + UInt32(byte), 8), 8) : put(reversed(0x190 + UInt32(byte) - 144, 9), 9)
    }
    for _ in 0..<times {
      put(reversed(0b1100_0101, 8), 8)  // a length of 258
      put(0, 5)  // a distance of 1
    }
    put(0, 7)
    put(0, 7)
    return stream
  }
}
