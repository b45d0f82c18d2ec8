import Images

/// Images that lie in an archive, with their classes by folders, by `dataset.json`, or by a file beside each image.
struct ArchiveSource: DataSource {
  let path: String
  let format: DataFormat
  private let archive: any MemberArchive
  private let parts: [Split: LabelledMembers]

  var splits: [Split] { [.train, .test, .whole].filter { parts[$0] != nil } }

  init(_ archive: any MemberArchive, format: DataFormat, parts: [Split: LabelledMembers]) {
    path = archive.path
    self.format = format
    self.archive = archive
    self.parts = parts
  }

  /// A zip archive. Throws if the archive is damaged.
  static func open(_ path: String) throws -> ArchiveSource? {
    guard try Folder.kind(of: path) == .file else { return nil }
    let file = try InputFile(path)
    guard ZipArchive.isBeginning(try file.bytes(at: 0, count: 4)) else { return nil }
    let archive = try ZipArchive(file)
    if NPZSource.isNPZ(archive) { return nil }
    return try ArchiveSource(ZipMembers(archive), format: .zip)
  }

  /// Detects how the members of an archive are labelled.
  init(_ archive: some MemberArchive, format: DataFormat) throws {
    if archive.repetition == nil, let (list, root) = DatasetList.place(in: archive) {
      let labels = try DatasetList(try archive.contents(at: list), name: archive.fullName(of: list), root: root)
      self.init(archive, format: .labelled, parts: [.whole: try LabelledMembers(archive, labels: labels)])
    } else if let shards = try LabelledMembers(webDataset: archive) {
      self.init(archive, format: .webDataset, parts: [.whole: shards])
    } else if let repetition = archive.repetition {
      throw repetition
    } else {
      self.init(archive, format: format, parts: try LabelledMembers.inFolders(archive))
    }
  }

  func list(_ split: Split) throws -> SplitListing {
    guard let part = parts[split] else { throw DataError.noSuchSplit(path, split) }
    return part.listing(path: path, split: split)
  }

  func reader(of listing: SplitListing) throws -> any ImageReader {
    guard let part = parts[listing.split] ?? parts[.whole] else { throw DataError.noSuchSplit(path, listing.split) }
    return ArchiveReader(archive: archive, members: part.entries.map(\.place))
  }
}

private struct ArchiveReader: ImageReader {
  let archive: any MemberArchive
  let members: [Int]

  func stored(at index: Int) throws -> StoredImage {
    .file(try archive.picture(at: members[index]), name: archive.fullName(of: members[index]))
  }
}

/// The images of one split of an archive with their classes, in natural order within a class.
struct LabelledMembers: Sendable {
  struct Entry: Sendable {
    let classIndex: Int
    let member: String
    /// The member's place in the archive.
    let place: Int
  }

  let classNames: [String]?
  let classes: Int
  private(set) var entries: [Entry]
  var emptyClasses: [String] = []
  var tally = MemberTally()
  var warnings: [String] = []

  init(classNames: [String]?, classes: Int, entries: [Entry]) {
    self.classNames = classNames
    self.classes = classes
    self.entries = entries.sorted { a, b in
      a.classIndex != b.classIndex ? a.classIndex < b.classIndex : NameOrder.natural(a.member, b.member)
    }
  }

  func listing(path: String, split: Split) -> SplitListing {
    var listing = SplitListing(
      path: path, split: split, classNames: classNames, classes: classes,
      entries: entries.map { SplitListing.Entry(classIndex: $0.classIndex, member: $0.member) })
    listing.emptyClasses = emptyClasses
    listing.ignoredHidden = tally.hidden
    listing.ignoredOther = tally.others
    listing.warnings = tally.warnings(path: path) + warnings
    return listing
  }
}
