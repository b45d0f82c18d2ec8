import Foundation

/// The entries of one folder, in the order of their names' bytes.
struct Folder {
  enum Kind { case file, folder, other, missing }

  struct Entry {
    let name: String
    let kind: Kind
    var isHidden: Bool { MemberTally.isHidden(name) }
  }

  let path: String
  let entries: [Entry]

  /// Reads the folder; links are resolved. Throws `FileError`, or `DataError.nameNotUTF8`.
  init(_ path: String) throws {
    guard let stream = opendir(path) else { throw FileError(.list, path, code: errno) }
    defer { closedir(stream) }
    var entries: [Entry] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw FileError(.list, path, code: errno) }
        break
      }
      let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw DataError.nameNotUTF8("\(path)/\(String(decoding: bytes, as: UTF8.self))")
      }
      if name == "." || name == ".." { continue }
      let kind: Kind =
        switch Int(entry.pointee.d_type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .folder
        default: try Self.kind(of: "\(path)/\(name)")
        }
      entries.append(Entry(name: name, kind: kind))
    }
    self.path = path
    self.entries = entries.sorted { NameOrder.bytes($0.name, $1.name) }
  }

  /// The folders that are not hidden.
  var visibleFolders: [String] { entries.filter { $0.kind == .folder && !$0.isHidden }.map(\.name) }

  func hasFile(_ name: String) -> Bool { entries.contains { $0.name == name && $0.kind == .file } }

  /// Whether it is a run folder of this program, whose images are no data.
  var isRun: Bool { hasFile("config.yaml") && (hasFile("report.json") || hasFile("log.jsonl")) }

  /// The visible folders except run folders and folders of nothing but runs, as `runs/` is by default.
  func dataFolders() throws -> [String] {
    try visibleFolders.filter { name in
      let folder = try Folder("\(path)/\(name)")
      if folder.isRun { return false }
      let inside = folder.visibleFolders
      return try inside.isEmpty || !inside.allSatisfy { try Folder("\(folder.path)/\($0)").isRun }
    }
  }

  /// Whether a folder in it that is none of runs holds an image, at any depth; folders that cannot be read hold none.
  func hasImagesInFolders() throws -> Bool { try Self.holdsImages(visibleFolders.map { "\(path)/\($0)" }) }

  /// The same of one folder.
  static func holdsImages(_ path: String) throws -> Bool { try holdsImages([path]) }

  private static func holdsImages(_ folders: [String]) throws -> Bool {
    var waiting = folders
    var seen: Set<Identity> = []
    while let next = waiting.popLast() {
      guard let folder = try? Folder(next), !folder.isRun, seen.insert(try identity(of: next)).inserted else {
        continue
      }
      if folder.entries.contains(where: { $0.kind == .file && !$0.isHidden && MemberTally.isImage($0.name) }) {
        return true
      }
      waiting += folder.visibleFolders.map { "\(next)/\($0)" }
    }
    return false
  }

  /// The only folder in it, where neither of the two has images of its own: it is no class, but a folder around them.
  func wrapped() throws -> String? {
    func hasImages(_ folder: Folder) -> Bool {
      folder.entries.contains { $0.kind == .file && !$0.isHidden && MemberTally.isImage($0.name) }
    }
    let folders = visibleFolders
    guard folders.count == 1, !hasImages(self) else { return nil }
    let inner = try Folder("\(path)/\(folders[0])")
    let splits = SplitNames.mayBeSplits(Set(inner.visibleFolders))
    return !inner.isRun && !inner.entries.isEmpty && (splits || !hasImages(inner)) ? inner.path : nil
  }

  /// What is at `path`, links followed. Throws `FileError` where the system does not say.
  static func kind(of path: String) throws -> Kind {
    if PipedInput.isPipe(path) { return .file }
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR || errno == ELOOP { return .missing }
      throw FileError(.open, path, code: errno)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// The device and inode number of a folder, which two paths share exactly if they lead to the same folder.
  static func identity(of path: String) throws -> Identity {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(.open, path, code: errno) }
    return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }
}
