internal import Foundation

/// The arrays of a NumPy `.npz` file, found through its directory and read when they are asked for, so that one need not
/// hold the file in memory. Arrays that are stored (`numpy.savez`) can be read a few elements at a time.
///
/// What you give up by using it: checksums of what is read in parts.
package struct NPZReader: Sendable {
  package let path: String
  /// In the file's order.
  package let names: [String]
  private let file: InputFile
  private let members: [String: Member]

  private struct Member: Sendable {
    let method: Int
    let compressedSize: Int
    let size: Int
    let headerOffset: Int
  }

  /// Where the elements of a stored array lie in its file.
  package struct StoredArray: Sendable {
    package let file: InputFile
    package let offset: Int
    package let element: NPYArray.Element
    package let shape: [Int]
  }
}

extension NPZReader {
  /// Reads the directory. Throws `FileError`, or `DataError.damaged` where the file is no zip archive.
  package init(_ path: String) throws {
    let file = try InputFile(path)
    func damaged(_ reason: String) -> DataError { .damaged(path, reason) }
    let tail = try file.bytes(at: max(0, file.size - 65_557), count: 65_557)
    guard tail.count >= 22, let end = (0...tail.count - 22).last(where: { Self.number(tail, $0, 4) == 0x0605_4B50 })
    else { throw damaged("it is not a .npz file, or it is cut short") }
    let (start, length) = (Self.number(tail, end + 16, 4), Self.number(tail, end + 12, 4))
    let directory = try file.bytes(at: start, count: min(length, file.size))
    guard directory.count == length else { throw damaged("its list of members is damaged") }
    var names: [String] = []
    var members: [String: Member] = [:]
    var at = 0
    for _ in 0..<Self.number(tail, end + 10, 2) {
      guard at + 46 <= length, Self.number(directory, at, 4) == 0x0201_4B50 else {
        throw damaged("its list of members is damaged")
      }
      let nameLength = Self.number(directory, at + 28, 2)
      let next = at + 46 + nameLength + Self.number(directory, at + 30, 2) + Self.number(directory, at + 32, 2)
      guard next <= length else { throw damaged("its list of members is damaged") }
      let name = String(decoding: directory[at + 46..<at + 46 + nameLength], as: UTF8.self)
      let sizes = [20, 24, 42].map { Self.number(directory, at + $0, 4) }
      guard !sizes.contains(0xFFFF_FFFF) else {
        throw DataError.damaged("\(path)/\(name)", "it is of the zip64 kind (4 GiB or more), which is not read yet")
      }
      let key = name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
      names.append(key)
      members[key] = Member(
        method: Self.number(directory, at + 10, 2), compressedSize: sizes[0], size: sizes[1], headerOffset: sizes[2])
      at = next
    }
    self.path = path
    self.file = file
    self.names = names
    self.members = members
  }

  /// The array of this name where it is stored as it is; nil where it is compressed or there is none.
  ///
  /// - Throws: `DataError.damaged` with the member's name, `FileError`.
  package func stored(_ name: String) throws -> StoredArray? {
    guard let member = members[name], member.method == 0 else { return nil }
    let title = "\(path)/\(name)"
    let header = try file.bytes(at: member.headerOffset, count: 30)
    guard header.count == 30, Self.number(header, 0, 4) == 0x0403_4B50 else {
      throw DataError.damaged(title, "its header is damaged")
    }
    let start = member.headerOffset + 30 + Self.number(header, 26, 2) + Self.number(header, 28, 2)
    guard start + member.size <= file.size else { throw DataError.damaged(title, "it is cut short") }
    let layout = try NPYLayout(try file.bytes(at: start, count: min(member.size, 1 << 16)), name: title)
    guard layout.offset + layout.size == member.size else {
      throw DataError.damaged(
        title, "it holds \(member.size - layout.offset) bytes of elements, its shape needs \(layout.size)")
    }
    return StoredArray(file: file, offset: start + layout.offset, element: layout.element, shape: layout.shape)
  }

  /// The whole array of this name, inflated where it is compressed; nil where there is none.
  ///
  /// - Throws: `DataError.damaged`, `FileError`.
  package func array(_ name: String) throws -> NPYArray? {
    guard members[name] != nil else { return nil }
    if let stored = try stored(name) {
      let size = stored.shape.reduce(stored.element.bytes, *)
      let bytes = try stored.file.bytes(at: stored.offset, count: size)
      guard bytes.count == size else { throw DataError.damaged("\(path)/\(name)", "it is cut short") }
      return NPYArray(element: stored.element, shape: stored.shape, bytes: bytes)
    }
    let archive = try ZipArchive(try InputFile.contents(of: path), path: path)
    guard let member = archive.members.first(where: { $0.name == name || $0.name == name + ".npy" }) else { return nil }
    return try NPYArray(decoding: try archive.contents(of: member), name: "\(path)/\(name)")
  }

  /// The little-endian number of `count` bytes at `offset`, which must lie inside.
  private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }
}
