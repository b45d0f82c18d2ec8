/// Counts the files of a data set: images, and files that are ignored.
struct MemberTally: Sendable {
  private(set) var hidden = 0
  private(set) var others = 0
  /// Images that lie beside the class folders.
  private(set) var loose = 0
  private var unreadable: [String: Int] = [:]

  /// The extensions of the files that are decoded, in lower case.
  static let imageExtensions: Set<String> = ["png", "apng", "jpg", "jpeg", "jpe", "jfif", "pjpeg", "pjp"]
  /// Images of kinds that are not decoded: they are ignored like other files, but with a warning.
  private static let otherImageExtensions: Set<String> = [
    "webp", "gif", "bmp", "tif", "tiff", "ppm", "pgm", "avif", "heic", "jp2", "jxl", "npy",
  ]

  /// Folders and files that systems and network drives put beside a user's own.
  private static let services: Set<String> = [
    "__MACOSX", "@eaDir", "#recycle", "lost+found", "$RECYCLE.BIN", "System Volume Information", "Thumbs.db",
    "desktop.ini",
  ]

  static func isHidden(_ name: some StringProtocol) -> Bool { name.hasPrefix(".") || services.contains(String(name)) }

  /// The text after the last dot of a file's name, in lower case.
  static func suffix(of name: some StringProtocol) -> String {
    name.lastIndex(of: ".").map { name[$0...].dropFirst().lowercased() } ?? ""
  }

  static func isImage(_ name: some StringProtocol) -> Bool { imageExtensions.contains(suffix(of: name)) }

  /// Whether the name is that of an image format that is not decoded.
  static func isForeignImage(_ name: some StringProtocol) -> Bool { otherImageExtensions.contains(suffix(of: name)) }
}

extension MemberTally {
  mutating func addHidden() { hidden += 1 }

  /// Counts a file that is no image of a class: `name` is its last component.
  mutating func addOther(_ name: some StringProtocol, isFile: Bool = true) {
    let suffix = Self.suffix(of: name)
    others += 1
    if isFile && Self.imageExtensions.contains(suffix) { loose += 1 }
    if Self.otherImageExtensions.contains(suffix) { unreadable[suffix, default: 0] += 1 }
  }

  /// Warnings about the files ignored in `path`.
  func warnings(path: String) -> [String] {
    var list: [String] = []
    if loose > 0 { list.append("\(loose.counted("image", "images")) beside the class folders of \(path) ignored.") }
    for (name, count) in unreadable.sorted(by: { $0.key < $1.key }) {
      list.append(
        "\(count.counted("file", "files")) of the kind .\(name) in \(path) ignored: only PNG and JPEG are read.")
    }
    return list
  }
}
