internal import Foundation

/// The arrays of a NumPy `.npz` file, found through its directory and read on request, so the file need not be in
/// memory. Arrays that are stored (`numpy.savez`) can be read a few elements at a time, after their
/// checksum was checked once.
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
  /// Reads the directory. Throws `FileError`, or `DataError` if the file is no zip archive or names an array twice.
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
    var members: [String: ZipArchive.Member] = [:]
    for member in archive.members {
      guard members.updateValue(member, forKey: key(member)) == nil else {
        throw DataError.memberTwice(path, member.name)
      }
    }
    self.members = members
  }

  /// The shape of the array of this name and its type as NumPy calls it; nil if there is none, or it is no array of
  /// numbers.
  ///
  /// - Throws: `FileError`.
  package func form(_ name: String) throws -> (shape: [Int], type: String)? {
    guard let member = members[name] else { return nil }
    do {
      let header = try ArrayMember(archive, member).header
      return (header.shape, header.element.name)
    } catch is DataError { return nil }
  }

  /// The numbers of the array of this name, of whatever type and order, in C order; nil if there is none.
  ///
  /// - Throws: `DataError.damaged`, `DataError.needsMemory`, `FileError`.
  package func numbers<Number>(
    _ name: String, as number: (Double) -> Number
  ) throws -> (shape: [Int], values: [Number])? {
    guard let member = members[name] else { return nil }
    let array = try ArrayMember(archive, member)
    let (shape, elements) = (array.header.shape, Elements(array.header.element))
    let bytes = try array.contents()
    let count = shape.reduce(1, *)
    guard array.header.isFortran, shape.count > 1 else {
      return (shape, (0..<count).map { number(elements.value(bytes, at: $0)) })
    }
    // The first index runs fastest in the file.
    let strides = shape.indices.map { shape[..<$0].reduce(1, *) }
    let values = (0..<count).map { place in
      var (rest, at) = (place, 0)
      for axis in shape.indices.reversed() {
        at += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      return number(elements.value(bytes, at: at))
    }
    return (shape, values)
  }

  /// The array of this name if it is stored as it is, in C order and of a type of `NPYArray`, its checksum checked; nil
  /// if it is not, or there is none.
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
    guard let element = try? NPYArray.Element(of: header, name: title) else { return nil }
    try archive.check(member)
    return StoredArray(file: file, offset: start + header.length, element: element, shape: header.shape)
  }

  /// The whole array of this name, inflated if it is compressed; nil if there is none.
  ///
  /// - Throws: `DataError.damaged`, `FileError`.
  package func array(_ name: String) throws -> NPYArray? {
    guard let member = members[name] else { return nil }
    return try NPYArray(decoding: try archive.array(member), name: "\(path)/\(name)")
  }
}
