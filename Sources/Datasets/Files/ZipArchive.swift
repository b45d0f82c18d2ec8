import CZlib

/// The members of a zip archive in memory, found through its central directory (PKWARE APPNOTE 6.3): stored and
/// deflated members, no encryption, no archives of 4 GiB and more (zip64).
struct ZipArchive {
  struct Member {
    let name: String
    let method: UInt16
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    let headerOffset: Int
  }

  let path: String
  let members: [Member]
  private let file: [UInt8]
}

extension ZipArchive {
  /// Reads the directory of the archive whose bytes are `file`. Throws `DataError.damaged`.
  init(_ file: [UInt8], path: String) throws {
    self.file = file
    self.path = path
    let endLength = 22
    let lowest = max(0, file.count - endLength - 65_535)
    guard file.count >= endLength,
      let end = (lowest...(file.count - endLength)).last(where: { Self.number(file, $0, 4) == 0x0605_4B50 })
    else { throw DataError.damaged(path, "it is not a zip archive, or it is cut short") }
    var at = Self.number(file, end + 16, 4)
    var members: [Member] = []
    for _ in 0..<Self.number(file, end + 10, 2) {
      guard at + 46 <= end, Self.number(file, at, 4) == 0x0201_4B50 else {
        throw DataError.damaged(path, "its list of members is damaged")
      }
      let nameLength = Self.number(file, at + 28, 2)
      let next = at + 46 + nameLength + Self.number(file, at + 30, 2) + Self.number(file, at + 32, 2)
      guard next <= end else { throw DataError.damaged(path, "its list of members is damaged") }
      let member = Member(
        name: String(decoding: file[(at + 46)..<(at + 46 + nameLength)], as: UTF8.self),
        method: UInt16(Self.number(file, at + 10, 2)), checksum: UInt32(Self.number(file, at + 16, 4)),
        compressedSize: Self.number(file, at + 20, 4), size: Self.number(file, at + 24, 4),
        headerOffset: Self.number(file, at + 42, 4))
      guard Self.number(file, at + 8, 2) & 1 == 0 else {
        throw DataError.damaged("\(path)/\(member.name)", "it is encrypted")
      }
      guard ![member.compressedSize, member.size, member.headerOffset].contains(0xFFFF_FFFF) else {
        throw DataError.damaged("\(path)/\(member.name)", "it is of the zip64 kind, which is not read yet")
      }
      members.append(member)
      at = next
    }
    self.members = members
  }

  /// The contents of a member, inflated and checked against its checksum. Throws `DataError.damaged`.
  func contents(of member: Member) throws -> [UInt8] {
    let name = "\(path)/\(member.name)"
    let header = member.headerOffset
    guard header + 30 <= file.count, Self.number(file, header, 4) == 0x0403_4B50 else {
      throw DataError.damaged(name, "its header is damaged")
    }
    let start = header + 30 + Self.number(file, header + 26, 2) + Self.number(file, header + 28, 2)
    guard start + member.compressedSize <= file.count else { throw DataError.damaged(name, "it is cut short") }
    let packed = file[start..<(start + member.compressedSize)]
    let contents: [UInt8]
    switch member.method {
    case 0: contents = Array(packed)
    case 8: contents = try Self.inflated(packed, size: member.size, name: name)
    default: throw DataError.damaged(name, "its compression method \(member.method) is not known")
    }
    guard contents.count == member.size, Self.checksum(contents) == member.checksum else {
      throw DataError.damaged(name, "its checksum is wrong")
    }
    return contents
  }

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
        + little(Int(checksum(bytes)), 4) + little(bytes.count, 4) + little(bytes.count, 4)
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
}

extension ZipArchive {
  /// The little-endian number of `count` bytes at `offset`, which must lie inside.
  private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
  }

  /// The raw deflate stream `packed`, inflated to exactly `size` bytes.
  private static func inflated(_ packed: ArraySlice<UInt8>, size: Int, name: String) throws -> [UInt8] {
    guard size / 1032 <= packed.count else { throw DataError.damaged(name, "it cannot be inflated to its size") }
    return try [UInt8](unsafeUninitializedCapacity: size) { output, filled in
      try packed.withUnsafeBufferPointer { input in
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
          throw DataError.damaged(name, "zlib could not be started")
        }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(size)
        guard inflate(&stream, Z_FINISH) == Z_STREAM_END, stream.avail_out == 0 else {
          throw DataError.damaged(name, "it cannot be inflated")
        }
        filled = size
      }
    }
  }
}
