/// A training and a test set that are data sets of their own, side by side in a folder: `train` and `test` (or `val`, see
/// `SplitNames`), as folders or files of any format.
struct SplitSource: DataSource {
  let path: String
  let train: any DataSource
  let test: any DataSource

  let format = DataFormat.splits
  let splits: [Split] = [.train, .test]

  init(path: String, train: any DataSource, test: any DataSource) {
    self.path = path
    self.train = train
    self.test = test
  }

  /// Only if one of the two is no folder of class folders; `ClassFolderSource` reads those.
  static func open(_ path: String) throws -> SplitSource? {
    guard try Folder.kind(of: path) == .folder else { return nil }
    var found: [String: String] = [:]
    let folder = try Folder(path)
    let visible = folder.entries.filter { !$0.isHidden && ($0.kind == .folder || $0.kind == .file) }
    func isOther(_ entry: Folder.Entry) -> Bool {
      entry.kind == .folder && !SplitNames.all.contains(entry.name)
    }
    // Other folders are read only if the remaining names are those of splits.
    for entry in visible where !isOther(entry) {
      let stem = entry.kind == .folder ? entry.name : String(entry.name.prefix { $0 != "." })
      guard SplitNames.all.contains(stem), found[stem] == nil else { return nil }
      found[stem] = "\(path)/\(entry.name)"
    }
    guard let names = SplitNames(Set(found.keys)), let train = found[SplitNames.train], let test = found[names.test],
      try !visible.contains(where: isOther)
        || Set(folder.dataFolders()).isDisjoint(with: visible.filter(isOther).map(\.name))
    else { return nil }
    let sources = try [train, test].map { try Dataset.source(at: $0) }
    guard let first = sources[0], let second = sources[1], first.splits == [.whole], second.splits == [.whole],
      first.format != .classFolders || second.format != .classFolders
    else { return nil }
    return SplitSource(path: path, train: first, test: second)
  }

  func list(_ split: Split) throws -> SplitListing {
    guard splits.contains(split) else { throw DataError.noSuchSplit(path, split) }
    var listing = try (split == .train ? train : test).list(.whole)
    listing.split = split
    return listing
  }

  func reader(of listing: SplitListing) throws -> any ImageReader {
    var own = listing
    own.split = .whole
    return try (listing.split == .train ? train : test).reader(of: own)
  }
}
