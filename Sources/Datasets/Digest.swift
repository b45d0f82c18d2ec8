/// A running SHA-256 (FIPS 180-4, section 6.2): feed it bytes in any portions, then ask for the digest.
///
/// What you give up by using it: speed. It is plain Swift without the processor's SHA instructions.
package struct Digest: Sendable {
  private var state: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  package init() { pending.reserveCapacity(64) }
}

extension Digest {
  /// Adds bytes to the message.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var at = 0
    if !pending.isEmpty {
      at = min(64 - pending.count, bytes.count)
      pending.append(contentsOf: bytes[..<at])
      if pending.count == 64 {
        pending.withUnsafeBytes { Self.compress($0, into: &state) }
        pending.removeAll(keepingCapacity: true)
      }
    }
    let blocks = (bytes.count - at) / 64 * 64
    if blocks > 0 { Self.compress(UnsafeRawBufferPointer(rebasing: bytes[at..<at + blocks]), into: &state) }
    pending.append(contentsOf: bytes[(at + blocks)...])
  }

  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// Adds the number of bytes of a string and then the bytes, so that neighbouring strings cannot be confused.
  package mutating func update(_ text: String) {
    update(UInt64(text.utf8.count))
    update(Array(text.utf8))
  }

  /// Adds an integer as eight bytes, the lowest first.
  package mutating func update(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { update($0) } }

  /// The eight words of the digest of all bytes so far.
  func finished() -> [UInt32] {
    var padded = self
    let zeros = (119 - Int(length % 64)) % 64
    padded.update([0x80] + [UInt8](repeating: 0, count: zeros))
    withUnsafeBytes(of: (length &* 8).bigEndian) { padded.update($0) }
    return padded.state
  }

  /// The digest of all bytes so far, as 64 hexadecimal digits.
  package func hexadecimal() -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for word in finished() {
      for shift in stride(from: 28, through: 0, by: -4) { text.append(digits[Int(word >> UInt32(shift) & 15)]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The digest of one message.
  package static func hexadecimal(of bytes: [UInt8]) -> String {
    var digest = Digest()
    digest.update(bytes)
    return digest.hexadecimal()
  }
}

extension Digest {
  /// The compression function over whole blocks of 64 bytes, in the letters of the standard.
  private static func compress(_ message: UnsafeRawBufferPointer, into state: inout [UInt32]) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      constants.withUnsafeBufferPointer { k in
        for block in stride(from: 0, to: message.count, by: 64) {
          for t in 0..<16 {
            w[t] = UInt32(bigEndian: message.loadUnaligned(fromByteOffset: block + 4 * t, as: UInt32.self))
          }
          for t in 16..<64 {
            let small0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ (w[t - 15] >> 3)
            let small1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ (w[t - 2] >> 10)
            w[t] = small1 &+ w[t - 7] &+ small0 &+ w[t - 16]
          }
          var (a, b, c, d) = (state[0], state[1], state[2], state[3])
          var (e, f, g, h) = (state[4], state[5], state[6], state[7])
          for t in 0..<64 {
            let big1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let first = h &+ big1 &+ ((e & f) ^ (~e & g)) &+ k[t] &+ w[t]
            let big0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let second = big0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
          }
          for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
        }
      }
    }
  }

  @inline(__always)
  private static func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
