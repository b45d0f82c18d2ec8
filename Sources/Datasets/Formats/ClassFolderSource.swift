import Images

/// A folder with one folder of PNG and JPEG images per class, at any depth inside a class; or two of these, named
/// `train` and `test` (or `val`, see `SplitNames`).
struct ClassFolderSource: DataSource {
  let path: String
  /// The folder of each split, with warnings about folders that are not used.
  private let roots: [Split: String]
  private let warnings: [String]

  let format = DataFormat.classFolders
  var splits: [Split] { [.train, .test, .whole].filter { roots[$0] != nil } }

  static func open(_ path: String) throws -> ClassFolderSource? {
    guard try Folder.kind(of: path) == .folder else { return nil }
    let folder = try Folder(path)
    let visible = Set(folder.visibleFolders)
    // Classes may be many; only where there are splits does it matter what the others hold.
    let splits = visible.filter { SplitNames.isSplit($0) }
    guard let names = SplitNames(splits) else {
      guard splits.isEmpty || splits.count < visible.count else {
        throw DataError.splitsAsClasses(path, splits.sorted())
      }
      return ClassFolderSource(path: path, roots: [.whole: path], warnings: [])
    }
    let others = try folder.dataFolders().filter {
      try !splits.contains($0) && Folder.holdsImages("\(path)/\($0)")
    }
    guard others.isEmpty else {
      return ClassFolderSource(
        path: path, roots: [.whole: path],
        warnings: [
          "\(path)/\(names.train) and \(path)/\(names.test) count as classes, because of \(others.capped()) beside them."
        ])
    }
    return ClassFolderSource(
      path: path, roots: [.train: "\(path)/\(names.train)", .test: "\(path)/\(names.test)"],
      warnings: names.warnings(in: path))
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
    listing.warnings = walk.warnings + warnings
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
