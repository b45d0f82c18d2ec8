/// The members of a zip archive on the disk, found through its central directory (PKWARE APPNOTE 6.3.10): stored and
/// deflated members, zip64, no encryption. Only the directory is held in memory.
struct ZipArchive: Sendable {
  struct Member: Sendable {
    let name: String
    let method: Int
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    let headerOffset: Int
    /// A link of a Unix file system, whose contents are the path that it leads to.
    let isLink: Bool

    var isFolder: Bool { name.hasSuffix("/") }
  }

  let path: String
  let members: [Member]
  private let file: InputFile
}

extension ZipArchive {
  /// Whether the file has the signature of a zip archive: at its start, or at its end if it is empty.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6])
  }

  /// Reads the directory. Throws `DataError.damaged` or `FileError`.
  init(_ file: InputFile) throws {
    let damaged = DataError.damaged(file.path, "its list of members is damaged")
    let (range, count, isWide) = try Self.directory(of: file)
    let bytes = try file.bytes(at: range.lowerBound, count: range.count)
    guard bytes.count == range.count else { throw damaged }
    var members: [Member] = []
    var at = 0
    while at < bytes.count {
      let (member, next) = try Self.member(bytes, at: at, path: file.path)
      guard let end = member.headerOffset.adding(member.compressedSize), end <= range.lowerBound else {
        throw DataError.damaged("\(file.path)/\(member.name)", "it lies outside of the archive")
      }
      members.append(member)
      at = next
    }
    // macOS's Archive Utility leaves out the upper bits of a count that takes more than 16.
    guard members.count == count || !isWide && members.count & 0xFFFF == count else {
      throw DataError.damaged(
        file.path, "its list of members holds \(members.count.grouped), and \(count.grouped) by its own count")
    }
    // Zip bombs let members share their bytes (Fifield 2019).
    let order = members.indices.sorted { members[$0].headerOffset < members[$1].headerOffset }
    for (first, second) in zip(order, order.dropFirst())
    where members[first].headerOffset + 30 + members[first].compressedSize > members[second].headerOffset {
      throw DataError.damaged(file.path, "its members overlap")
    }
    self.path = file.path
    self.members = members
    self.file = file
  }

  /// Where the central directory lies and how many members it has: from the record at the end, or from zip64's, whose
  /// numbers are wide.
  private static func directory(of file: InputFile) throws -> (range: Range<Int>, count: Int, isWide: Bool) {
    let endLength = 22
    let tail = try file.bytes(at: max(0, file.size - endLength - 65_535), count: endLength + 65_535)
    let tailStart = file.size - tail.count
    guard tail.count >= endLength,
      let end = (0...(tail.count - endLength)).last(where: { tail.small(at: $0, count: 4) == 0x0605_4B50 })
    else { throw DataError.damaged(file.path, "it is not a zip archive, or it is cut short") }
    var count = tail.small(at: end + 10, count: 2)
    var size = tail.small(at: end + 12, count: 4)
    var start = tail.small(at: end + 16, count: 4)
    var limit = tailStart + end
    var isWide = false
    if end >= 20, tail.small(at: end - 20, count: 4) == 0x0706_4B50 {
      let record = tail.littleEndian(at: end - 12, count: 8) ?? .max
      let bytes = record <= file.size - 56 ? try file.bytes(at: record, count: 56) : []
      guard bytes.count == 56, bytes.small(at: 0, count: 4) == 0x0606_4B50,
        let count64 = bytes.littleEndian(at: 32, count: 8), let size64 = bytes.littleEndian(at: 40, count: 8),
        let start64 = bytes.littleEndian(at: 48, count: 8)
      else { throw DataError.damaged(file.path, "its zip64 list of members is damaged") }
      (count, size, start, limit, isWide) = (count64, size64, start64, record, true)
    }
    guard let directoryEnd = start.adding(size), directoryEnd == limit else {
      throw DataError.damaged(file.path, "its list of members is damaged")
    }
    return (start..<directoryEnd, count, isWide)
  }

  private static func member(_ bytes: [UInt8], at: Int, path: String) throws -> (Member, next: Int) {
    let damaged = DataError.damaged(path, "its list of members is damaged")
    guard at + 46 <= bytes.count, bytes.small(at: at, count: 4) == 0x0201_4B50 else { throw damaged }
    let nameEnd = at + 46 + bytes.small(at: at + 28, count: 2)
    let extraEnd = nameEnd + bytes.small(at: at + 30, count: 2)
    let next = extraEnd + bytes.small(at: at + 32, count: 2)
    guard next <= bytes.count else { throw damaged }
    guard let name = String(validating: bytes[(at + 46)..<nameEnd], as: UTF8.self) else {
      throw DataError.nameNotUTF8("\(path)/\(String(decoding: bytes[(at + 46)..<nameEnd], as: UTF8.self))")
    }
    guard bytes.small(at: at + 8, count: 2) & 1 == 0 else {
      throw DataError.unsupportedFormat("\(path)/\(name)", kind: "a member with a password")
    }
    // Sizes and offset, in the order in which zip64's extra field holds those that do not fit.
    var numbers = [24, 20, 42].map { bytes.small(at: at + $0, count: 4) }
    if numbers.contains(0xFFFF_FFFF) {
      var field = nameEnd
      var values: Range<Int>?
      while field + 4 <= extraEnd {
        let end = field + 4 + bytes.small(at: field + 2, count: 2)
        guard end <= extraEnd else { throw damaged }
        if bytes.small(at: field, count: 2) == 1 { values = field + 4..<end }
        field = end
      }
      for place in numbers.indices where numbers[place] == 0xFFFF_FFFF {
        guard let range = values, range.count >= 8, let value = bytes.littleEndian(at: range.lowerBound, count: 8)
        else { throw DataError.damaged("\(path)/\(name)", "its zip64 sizes are missing") }
        numbers[place] = value
        values = range.lowerBound + 8..<range.upperBound
      }
    }
    let isUnix = bytes[at + 5] == 3
    let mode = bytes.small(at: at + 40, count: 2)
    let member = Member(
      name: name, method: bytes.small(at: at + 10, count: 2),
      checksum: UInt32(truncatingIfNeeded: bytes.small(at: at + 16, count: 4)), compressedSize: numbers[1],
      size: numbers[0], headerOffset: numbers[2], isLink: isUnix && mode & 0xF000 == 0xA000)
    return (member, next)
  }
}

extension ZipArchive {
  /// Where the packed bytes of a member lie in the file.
  func range(of member: Member) throws -> Range<Int> {
    let name = "\(path)/\(member.name)"
    let header = try file.bytes(at: member.headerOffset, count: 30)
    guard header.count == 30, header.small(at: 0, count: 4) == 0x0403_4B50 else {
      throw DataError.damaged(name, "its header is damaged")
    }
    let start = member.headerOffset + 30 + header.small(at: 26, count: 2) + header.small(at: 28, count: 2)
    guard let end = start.adding(member.compressedSize), end <= file.size else {
      throw DataError.damaged(name, "it is cut short")
    }
    guard member.method != 0 || member.compressedSize == member.size else {
      throw DataError.damaged(name, "its header gives two sizes")
    }
    guard member.method == 0 || member.method == 8 else {
      let known = [9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ"]
      throw DataError.unsupportedFormat(
        name, kind: "a member packed with \(known[member.method] ?? "compression method \(member.method)")")
    }
    return start..<end
  }

  /// The contents of a member, inflated and checked against its checksum. Throws `DataError.damaged`, also where it is
  /// larger than `limit` bytes.
  func contents(of member: Member, limit: Int = .max) throws -> [UInt8] {
    let name = "\(path)/\(member.name)"
    guard member.size <= limit else {
      throw DataError.damaged(name, "its \(member.size.grouped) bytes are more than such a member can have")
    }
    let range = try range(of: member)
    let contents: [UInt8]
    if member.method == 0 {
      contents = try file.bytes(at: range.lowerBound, count: range.count)
    } else {
      contents = try Inflater(file: file, range: range, name: name).bytes(member.size, isWhole: true)
    }
    guard contents.count == member.size, Inflater.checksum(contents) == member.checksum else {
      throw DataError.damaged(name, "its checksum is wrong")
    }
    return contents
  }

  /// Reads a member that is stored as it is, a portion at a time, and checks it against its checksum. Throws
  /// `DataError.damaged`.
  func check(_ member: Member) throws {
    let range = try range(of: member)
    var checksum: UInt32 = 0
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.portion) {
      let bytes = try file.bytes(at: start, count: min(Self.portion, range.upperBound - start))
      checksum = bytes.withUnsafeBytes { Inflater.checksum($0, after: checksum) }
    }
    guard checksum == member.checksum else {
      throw DataError.damaged("\(path)/\(member.name)", "its checksum is wrong")
    }
  }

  private static let portion = 1 << 22

  /// The contents of a member that is an array, in memory as a whole. Throws `DataError.needsMemory` if it claims more
  /// than a quarter of the machine's.
  func array(_ member: Member) throws -> [UInt8] {
    guard member.size <= AvailableMemory.total / 4 else {
      throw DataError.needsMemory("\(path)/\(member.name)", bytes: member.size)
    }
    return try contents(of: member)
  }

  /// The first bytes of a member, at most `count`, without checking its checksum.
  func beginning(of member: Member, count: Int) throws -> [UInt8] {
    let range = try range(of: member)
    let wanted = min(count, member.size)
    if member.method == 0 { return try file.bytes(at: range.lowerBound, count: wanted) }
    return try Inflater(file: file, range: range, name: "\(path)/\(member.name)").bytes(wanted, isWhole: false)
  }

  /// Bytes from the middle of the file, for stored members.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] { try file.bytes(at: offset, count: count) }

  /// The bytes of an archive of stored members. Every member's time is the format's first moment, 1980-01-01, so
  /// that the archive is a function of its contents. Throws `DataError.archiveTooLarge` at 4 GiB.
  static func stored(_ contents: [(name: String, bytes: [UInt8])], path: String) throws -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in contents {
      guard file.count + bytes.count < 0xFFFF_0000, name.utf8.count < 0xFFFF else {
        throw DataError.archiveTooLarge(path)
      }
      // Version 2.0, flag 11 (the name is UTF-8), stored, time 00:00, date 1980-01-01, then the sizes.
      let common =
        little(20, 2) + little(0x800, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
        + little(Int(Inflater.checksum(bytes)), 4) + little(bytes.count, 4) + little(bytes.count, 4)
        + little(name.utf8.count, 2) + little(0, 2)
      directory += little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2)
      directory += little(0, 4) + little(file.count, 4) + Array(name.utf8)
      file += little(0x0403_4B50, 4) + common + Array(name.utf8) + bytes
    }
    let end =
      little(0x0605_4B50, 4) + little(0, 2) + little(0, 2) + little(contents.count, 2) + little(contents.count, 2)
      + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
    return file + directory + end
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
