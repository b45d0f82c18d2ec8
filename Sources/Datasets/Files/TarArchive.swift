/// The members of a tar archive on the disk: POSIX ustar and pax, GNU long names and large sizes (POSIX.1-2017, pax;
/// GNU tar manual, "Basic Tar Format"). Only the list of members is held in memory.
struct TarArchive: Sendable {
  struct Member: Sendable {
    enum Kind: Sendable { case file, link, sparse, other }

    let name: String
    let kind: Kind
    /// Where the contents begin in the file.
    let offset: Int
    let size: Int
  }

  let path: String
  let members: [Member]
  private let file: InputFile
}

extension TarArchive {
  private static let block = 512
  /// The longest extended header that is read: names are at most a few thousand bytes.
  private static let longestExtension = 1 << 20

  /// Whether these bytes begin with a header whose checksum is right.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= block else { return false }
    let header = Array(bytes[..<block])
    return header.contains { $0 != 0 } && checksumHolds(header)
  }

  /// Walks through the headers. Throws `DataError.damaged`, `DataError.nameNotUTF8` or `FileError`.
  init(_ file: InputFile) throws {
    func damaged(_ reason: String) -> DataError { .damaged(file.path, reason) }
    var members: [Member] = []
    var at = 0
    var longName: [UInt8]?
    var longSize: Int?
    while true {
      let header = try file.bytes(at: at, count: Self.block)
      guard header.count == Self.block else { throw damaged("it ends before the mark of its end: it is cut short") }
      if header.allSatisfy({ $0 == 0 }) {
        guard let next = try Self.archive(behind: at + Self.block, in: file) else { break }
        at = next
        continue
      }
      guard Self.checksumHolds(header), let stored = Self.number(header[124..<136]) else {
        throw damaged("the header at byte \(at) is damaged")
      }
      let type = header[156]
      // Links, devices and folders have no contents, whatever their size says.
      let size = (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(type) ? 0 : longSize ?? stored
      let isExtension = [UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K")].contains(type)
      let start = at + Self.block
      guard size >= 0, let end = start.adding(isExtension ? stored : size), end <= file.size else {
        throw damaged("the contents of the member at byte \(at) are cut short")
      }
      if isExtension {
        guard stored <= Self.longestExtension else { throw damaged("the header at byte \(at) is damaged") }
        let contents = try file.bytes(at: start, count: stored)
        if type == UInt8(ascii: "L") { longName = Array(contents.prefix { $0 != 0 }) }
        if type == UInt8(ascii: "x") {
          guard let records = Self.records(contents) else { throw damaged("the header at byte \(at) is damaged") }
          longName = records["path"].map { Array($0) } ?? longName
          if let text = records["size"] {
            guard let value = Int(String(decoding: text, as: UTF8.self)), value >= 0 else {
              throw damaged("the header at byte \(at) is damaged")
            }
            longSize = value
          }
        }
      } else {
        let name = longName ?? Self.name(header)
        guard let text = String(validating: name, as: UTF8.self) else {
          throw DataError.nameNotUTF8("\(file.path)/\(String(decoding: name, as: UTF8.self))")
        }
        let kind: Member.Kind =
          switch type {
          case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): text.hasSuffix("/") ? .other : .file
          case UInt8(ascii: "1"), UInt8(ascii: "2"): .link
          case UInt8(ascii: "S"): .sparse
          default: .other
          }
        members.append(Member(name: text, kind: kind, offset: start, size: size))
        (longName, longSize) = (nil, nil)
      }
      let padded = ((isExtension ? stored : size) + Self.block - 1) / Self.block * Self.block
      at = start + padded
    }
    self.path = file.path
    self.members = members
    self.file = file
  }

  /// Where another archive begins after the end of one, as in `cat a.tar b.tar`; nil if the rest is zeros or
  /// something else.
  private static func archive(behind end: Int, in file: InputFile) throws -> Int? {
    var at = end
    while at < file.size {
      let bytes = try file.bytes(at: at, count: 128 * block)
      if let other = bytes.firstIndex(where: { $0 != 0 }) {
        let start = other / block * block
        return isBeginning(Array(bytes[start...].prefix(block))) ? at + start : nil
      }
      at += max(bytes.count, block)
    }
    return nil
  }

  /// The contents of a member.
  func contents(of member: Member) throws -> [UInt8] {
    let bytes = try file.bytes(at: member.offset, count: member.size)
    guard bytes.count == member.size else {
      throw DataError.damaged("\(path)/\(member.name)", "it became shorter while it was read")
    }
    return bytes
  }

  /// The sum of the header's bytes, with its own eight bytes as spaces; old programs summed signed bytes.
  private static func checksumHolds(_ header: [UInt8]) -> Bool {
    guard let stored = number(header[148..<156]) else { return false }
    var (unsigned, signed) = (0, 0)
    for (place, byte) in header.enumerated() {
      let value = (148..<156).contains(place) ? 0x20 : byte
      unsigned += Int(value)
      signed += Int(Int8(bitPattern: value))
    }
    return stored == unsigned || stored == signed
  }

  /// An octal number, or one in base 256 if the first bit is set; nil for anything else.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      guard first == 0x80 else { return nil }
      return field.dropFirst().reduce(Optional(0)) { value, byte in
        value.flatMap { $0 >> 54 == 0 ? $0 << 8 | Int(byte) : nil }
      }
    }
    let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
    guard digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
    return digits.reduce(Optional(0)) { value, digit in
      value.flatMap { $0 >> 60 == 0 ? $0 << 3 | Int(digit - 0x30) : nil }
    }
  }

  private static func name(_ header: [UInt8]) -> [UInt8] {
    let name = header[0..<100].prefix { $0 != 0 }
    guard header[257..<262].elementsEqual("ustar".utf8), header[262] == 0 else { return Array(name) }
    let prefix = header[345..<500].prefix { $0 != 0 }
    return prefix.isEmpty ? Array(name) : Array(prefix) + [UInt8(ascii: "/")] + name
  }

  /// The records "LENGTH KEY=VALUE\n" of a pax header; nil if they do not fill it.
  private static func records(_ bytes: [UInt8]) -> [String: ArraySlice<UInt8>]? {
    var records: [String: ArraySlice<UInt8>] = [:]
    var rest = bytes[...]
    while let space = rest.firstIndex(of: 0x20) {
      guard let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
        length > space + 2 - rest.startIndex, length <= rest.count
      else { return nil }
      let end = rest.startIndex + length
      let record = rest[(space + 1)..<(end - 1)]
      guard bytes[end - 1] == 0x0A, let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      records[String(decoding: record[..<equals], as: UTF8.self)] = record[(equals + 1)...]
      rest = rest[end...]
    }
    return rest.allSatisfy { $0 == 0 } ? records : nil
  }
}
