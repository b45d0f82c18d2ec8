import Datasets
import Testing

struct DigestTests {
  /// The examples of FIPS 180-4's companion (NIST, "SHA-256") and of NIST's test vectors; the last is a million a.
  static let vectors: [(message: String, repeats: Int, digest: String)] = [
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ]

  @Test(arguments: vectors)
  func standardVectors(message: String, repeats: Int, digest: String) {
    let bytes = (0..<repeats).flatMap { _ in Array(message.utf8) }
    #expect(Digest.hexadecimal(of: bytes) == digest)
  }

  @Test(arguments: [1, 3, 55, 56, 63, 64, 65, 127, 128, 200])
  func portionsDoNotMatter(portion: Int) {
    let message = (0..<517).map { UInt8(truncatingIfNeeded: $0 * 31) }
    var digest = Digest()
    for start in stride(from: 0, to: message.count, by: portion) {
      digest.update(Array(message[start..<min(start + portion, message.count)]))
    }
    #expect(digest.hexadecimal() == Digest.hexadecimal(of: message))
  }

  @Test func neighbouringTextsDoNotRunTogether() {
    var first = Digest()
    var second = Digest()
    for text in ["ab", "c"] { first.update(text) }
    for text in ["a", "bc"] { second.update(text) }
    #expect(first.hexadecimal() != second.hexadecimal())
  }
}
