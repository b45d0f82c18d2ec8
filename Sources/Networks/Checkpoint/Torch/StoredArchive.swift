internal import Pickles

/// The zip archives that `torch.save` writes: members that are stored, not compressed, found through the central
/// directory (PKWARE APPNOTE 6.3).
///
/// Drawback: checksums are ignored, because PyTorch can be told to leave them out.
struct StoredArchive {
  /// Where each stored member's bytes lie in the file.
  let members: [String: Range<Int>]
  /// Compressed members, such as a TorchScript's source text. The members needed here never are.
  let compressed: Set<String>

  static func recognizes(_ file: [UInt8]) -> Bool { file.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

  /// Throws `PickleFault`.
  init(_ file: [UInt8]) throws {
    let endLength = 22
    guard file.count >= endLength,
      let end = ((max(0, file.count - endLength - 65_535))...(file.count - endLength)).last(where: {
        Self.number(file, $0, 4) == 0x0605_4B50
      })
    else { throw PickleFault.damaged("the zip archive is cut short") }
    let count = Self.number(file, end + 10, 2)
    var at = Self.number(file, end + 16, 4)
    guard count < 0xFFFF, at < 0xFFFF_FFFF else { throw PickleFault.damaged("it is larger than 4 GiB") }
    var members: [String: Range<Int>] = [:]
    var compressed: Set<String> = []
    for _ in 0..<count {
      guard at + 46 <= end, Self.number(file, at, 4) == 0x0201_4B50 else {
        throw PickleFault.damaged("its list of members is damaged")
      }
      let nameEnd = at + 46 + Self.number(file, at + 28, 2)
      guard nameEnd <= end else { throw PickleFault.damaged("its list of members is damaged") }
      let name = String(decoding: file[(at + 46)..<nameEnd], as: UTF8.self)
      let method = Self.number(file, at + 10, 2)
      let size = Self.number(file, at + 20, 4)
      let header = Self.number(file, at + 42, 4)
      guard header + 30 <= file.count, Self.number(file, header, 4) == 0x0403_4B50 else {
        throw PickleFault.damaged("\(name) in it is damaged")
      }
      let start = header + 30 + Self.number(file, header + 26, 2) + Self.number(file, header + 28, 2)
      guard start <= file.count, size <= file.count - start else {
        throw PickleFault.damaged("\(name) in it is cut short")
      }
      if method == 0 { members[name] = start..<start + size } else { compressed.insert(name) }
      at = nameEnd + Self.number(file, at + 30, 2) + Self.number(file, at + 32, 2)
    }
    self.members = members
    self.compressed = compressed
  }

  /// The little-endian number of `count` bytes at `offset`, which must lie inside.
  private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }
}
