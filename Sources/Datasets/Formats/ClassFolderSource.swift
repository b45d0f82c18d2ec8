import Images

/// A folder with one folder of PNG and JPEG images per class, at any depth inside a class; or two of these, named
/// `train` and `test` (or `val`).
struct ClassFolderSource: DataSource {
  let path: String
  /// The folder of each split, with a warning about a folder that is not used.
  private let roots: [Split: String]
  private let warning: String?

  let format = DataFormat.classFolders
  var splits: [Split] { [.train, .test, .whole].filter { roots[$0] != nil } }

  static func open(_ path: String) throws -> ClassFolderSource? {
    guard try Folder.kind(of: path) == .folder else { return nil }
    let folder = try Folder(path)
    let visible = Set(folder.visibleFolders)
    // Classes may be many; only where there are splits does it matter what the others hold.
    let mayBeSplits = visible.contains("train") && (visible.contains("test") || visible.contains("val"))
    let names = mayBeSplits ? Set(try folder.dataFolders()) : []
    let test = names.contains("test") ? "test" : "val"
    guard names.contains("train"), names.contains(test), names.isSubset(of: ["train", "test", "val"]) else {
      return ClassFolderSource(path: path, roots: [.whole: path], warning: nil)
    }
    let unused =
      names.isSuperset(of: ["test", "val"]) ? "\(path)/val is not used, because there is a folder named test." : nil
    return ClassFolderSource(
      path: path, roots: [.train: "\(path)/train", .test: "\(path)/\(test)"], warning: unused)
  }

  func list(_ split: Split) throws -> SplitListing {
    guard let root = roots[split] else { throw DataError.noSuchSplit(path, split) }
    var walk = ClassFolderWalk(root: root)
    try walk.run()
    var listing = SplitListing(
      path: root, split: split, classNames: walk.classNames, classes: walk.classNames.count, entries: walk.entries)
    listing.emptyClasses = walk.emptyClasses
    listing.ignoredHidden = walk.tally.hidden
    listing.ignoredOther = walk.tally.others
    listing.warnings = walk.warnings + (warning.map { [$0] } ?? [])
    return listing
  }

  func reader(of listing: SplitListing) throws -> any ImageReader {
    ImageFileReader(root: listing.path, entries: listing.entries)
  }
}

/// Reads the image files of a class folder listing.
private struct ImageFileReader: ImageReader {
  let root: String
  let entries: [SplitListing.Entry]

  func stored(at index: Int) throws -> StoredImage {
    let path = "\(root)/\(entries[index].member)"
    return .file(try ImageFile.bytes(at: path), name: path)
  }
}
