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
  private let archive: ZipArchive
  private let members: [String: ZipArchive.Member]

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
    let archive = try ZipArchive(file)
    func key(_ member: ZipArchive.Member) -> String {
      member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
    }
    self.path = path
    self.file = file
    self.archive = archive
    names = archive.members.map(key)
    members = Dictionary(archive.members.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The array of this name where it is stored as it is; nil where it is compressed or there is none.
  ///
  /// - Throws: `DataError.damaged` with the member's name, `FileError`.
  package func stored(_ name: String) throws -> StoredArray? {
    guard let member = members[name], member.method == 0 else { return nil }
    let title = "\(path)/\(name)"
    let start = try archive.range(of: member).lowerBound
    let header = try NPYHeader(try file.bytes(at: start, count: min(member.size, NPYHeader.longest)), name: title)
    guard header.size == member.size - header.length else {
      throw DataError.damaged(
        title, "it holds \(member.size - header.length) bytes of elements, its shape needs \(header.size)")
    }
    return StoredArray(
      file: file, offset: start + header.length, element: try NPYArray.Element(of: header, name: title),
      shape: header.shape)
  }

  /// The whole array of this name, inflated where it is compressed; nil where there is none.
  ///
  /// - Throws: `DataError.damaged`, `FileError`.
  package func array(_ name: String) throws -> NPYArray? {
    guard let member = members[name] else { return nil }
    if let stored = try stored(name) {
      let size = stored.shape.reduce(stored.element.bytes, *)
      let bytes = try stored.file.bytes(at: stored.offset, count: size)
      guard bytes.count == size else { throw DataError.damaged("\(path)/\(name)", "it is cut short") }
      return NPYArray(element: stored.element, shape: stored.shape, bytes: bytes)
    }
    return try NPYArray(decoding: try archive.array(member), name: "\(path)/\(name)")
  }
}
