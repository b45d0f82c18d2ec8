package import Images
package import Kernels

/// A recognised data set: its format and its splits.
package struct Dataset: Sendable {
  package let path: String
  let source: any DataSource

  package var format: DataFormat { source.format }
  /// `[.train, .test]`, or `[.whole]` for a data set without splits.
  package var splits: [Split] { source.splits }
  /// Whether the path names both a training and a test split.
  package var hasTwoSplits: Bool { splits.count > 1 }
}

extension Dataset {
  /// The formats in the order in which they are tried.
  private static let formats: [@Sendable (String) throws -> (any DataSource)?] = [
    StoreSource.open, NPZSource.open, ArchiveSource.open, TarSource.open, CIFARSource.open, IDXSource.open,
    DatasetListFolder.open, SplitSource.open,
  ]
  private static let mostWrappers = 8

  /// The source of what is at `path`, nil where no format fits. A folder around all the rest does not count, and the folder
  /// per class takes any folder.
  static func source(at path: String) throws -> (any DataSource)? {
    var path = path
    for _ in 0..<mostWrappers {
      for open in formats {
        if let source = try open(path) { return source }
      }
      guard try Folder.kind(of: path) == .folder, let inner = try Folder(path).wrapped() else { break }
      path = inner
    }
    return try ClassFolderSource.open(path)
  }

  /// Recognises the data set at `path` from its content, without decoding an image. Throws `DataError` or `FileError`.
  package static func open(_ path: String) throws -> Dataset {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    if PipedInput.isPipe(path) { try PipedInput.receive(path) }
    let kind = try Folder.kind(of: path)
    guard kind != .missing else { throw DataError.notFound(path) }
    if let source = try source(at: path) { return Dataset(path: path, source: source) }
    if kind == .file, try InputFile(path).bytes(at: 0, count: 2) == [0x1F, 0x8B] {
      throw DataError.unsupportedFormat(path, kind: "a gzip-compressed file")
    }
    throw DataError.unknownFormat(path)
  }

  /// The split that serves as `.train` or `.test`: that one if the data set has two, otherwise the whole.
  package func split(for role: Split) -> Split { hasTwoSplits ? role : .whole }

  /// What is in the split that serves as `role`; for `--synthetic` and `--real-train` that is `.train`, for the real
  /// test set `.test`. Throws `DataError` or `FileError`.
  package func list(_ role: Split) throws -> SplitListing {
    let split = split(for: role)
    guard splits.contains(split) else { throw DataError.noSuchSplit(path, role) }
    return try source.list(split)
  }

  /// Decodes the images of a listing of this data set, in the order of `classes`, then of the listing.
  ///
  /// `progress` gets the numbers of finished and of all images, from one thread at a time.
  /// Throws `DataError`, `FileError` or `ImageError`; among several damaged files always the first in order.
  package func load(
    _ listing: SplitListing, classes: ClassAssignment, options: LoadOptions = LoadOptions(), pool: ThreadPool,
    progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) throws -> Samples {
    let reader = try source.reader(of: listing)
    let loader = SampleLoader(listing: listing, reader: reader, classes: classes, options: options)
    return try loader.load(pool: pool, progress: progress)
  }

  /// One image of a listing of this data set. Throws `DataError`, `FileError` or `ImageError`.
  package func image(_ index: Int, of listing: SplitListing) throws -> Image {
    try source.reader(of: listing).image(at: index).image
  }
}
