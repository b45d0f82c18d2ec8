/// A training and a test set that are data sets of their own, side by side in a folder: `train` and `test` (or `val`, see
/// `SplitNames`), as folders or files of any format.
struct SplitSource: DataSource {
  let path: String
  let train: any DataSource
  let test: any DataSource
  private let warnings: [String]

  let format = DataFormat.splits
  let splits: [Split] = [.train, .test]

  init(path: String, train: any DataSource, test: any DataSource, warnings: [String] = []) {
    self.path = path
    self.warnings = warnings
    self.train = train
    self.test = test
  }

  /// Only if one of the two is no folder of class folders; `ClassFolderSource` reads those.
  static func open(_ path: String) throws -> SplitSource? {
    guard try Folder.kind(of: path) == .folder else { return nil }
    let folder = try Folder(path)
    let visible = folder.entries.filter { !$0.isHidden && ($0.kind == .folder || $0.kind == .file) }
    var found: [String: [String]] = [:]
    for entry in visible {
      let stem = entry.kind == .folder ? entry.name : String(entry.name.prefix { $0 != "." })
      if SplitNames.isSplit(stem) { found[stem, default: []].append(entry.name) }
    }
    // Other folders are looked into only where the names of the rest are those of splits.
    guard let names = SplitNames(Set(found.keys)),
      try !folder.dataFolders().contains(where: { try !SplitNames.isSplit($0) && Folder.holdsImages("\(path)/\($0)") })
    else { return nil }
    // What is no data, such as a checksum beside an archive, does not count.
    func sources(_ name: String) throws -> [any DataSource] {
      try (found[name] ?? []).compactMap { try Dataset.source(at: "\(path)/\($0)") }
    }
    let (first, second) = (try sources(names.train), try sources(names.test))
    guard first.count == 1, second.count == 1, let first = first.first, let second = second.first,
      first.splits == [.whole], second.splits == [.whole],
      first.format != .classFolders || second.format != .classFolders
    else { return nil }
    return SplitSource(path: path, train: first, test: second, warnings: names.warnings(in: path))
  }

  func list(_ split: Split) throws -> SplitListing {
    guard splits.contains(split) else { throw DataError.noSuchSplit(path, split) }
    var listing = try (split == .train ? train : test).list(.whole)
    listing.split = split
    listing.warnings += warnings
    return listing
  }

  func reader(of listing: SplitListing) throws -> any ImageReader {
    var own = listing
    own.split = .whole
    return try (listing.split == .train ? train : test).reader(of: own)
  }
}
