import Foundation

/// Recognises the kinds of data set that cannot be read yet, so that the message can say what to do instead.
enum UnsupportedFormat {
  /// Throws `DataError.notFound` where nothing is at `path`, and `DataError.unsupportedFormat` where it is an archive,
  /// an array file or a folder of tar shards.
  static func check(_ path: String) throws {
    switch try Folder.kind(of: path) {
    case .missing: throw DataError.notFound(path)
    case .file:
      if let kind = try kind(ofFile: path) { throw DataError.unsupportedFormat(path, kind: kind) }
    case .folder:
      let names = try Folder(path).entries.map(\.name).filter { !$0.hasPrefix(".") }
      if names.contains(where: { $0.lowercased().hasSuffix(".tar") }) {
        throw DataError.unsupportedFormat(path, kind: "a folder of .tar shards")
      }
    case .other: break
    }
  }

  private static func kind(ofFile path: String) throws -> String? {
    let start = try InputFile(path).bytes(at: 0, count: 512)
    let isNPZ = path.lowercased().hasSuffix(".npz")
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return isNPZ ? "an .npz file" : "a .zip archive" }
    if start.count >= 262, start[257..<262].elementsEqual("ustar".utf8) { return "a .tar archive" }
    if start.starts(with: [0x1F, 0x8B]) { return "a gzip-compressed file" }
    return nil
  }
}
