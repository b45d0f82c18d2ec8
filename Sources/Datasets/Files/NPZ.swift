/// NumPy's `.npz`: named arrays in a zip archive.
package enum NPZ {
  /// Writes the arrays in this order, stored, whole or not at all; the same arrays give the same bytes.
  /// Throws `FileError`, or `DataError.archiveTooLarge` at 4 GiB.
  package static func write(_ arrays: [(name: String, array: NPYArray)], to path: String) throws {
    let members = arrays.map { (name: $0.name + ".npy", bytes: $0.array.encoded()) }
    try AtomicFile.write(bytes: try ZipArchive.stored(members, path: path), to: path)
  }

  /// All arrays of the file by name. Throws `FileError`, or `DataError.damaged` where the file or one array cannot be
  /// understood.
  package static func read(_ path: String) throws -> [String: NPYArray] {
    let archive = try ZipArchive(try InputFile(path))
    var arrays: [String: NPYArray] = [:]
    for member in archive.members {
      let bytes = try archive.array(member)
      let name = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
      arrays[name] = try NPYArray(decoding: bytes, name: "\(path)/\(member.name)")
    }
    return arrays
  }
}
