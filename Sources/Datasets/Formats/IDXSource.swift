import Images

/// The folder of MNIST and Fashion-MNIST: pairs of IDX files for the images and the labels of each split, compressed
/// with gzip or not, whose names have '-' or '.' between their parts (LeCun, "The MNIST database").
struct IDXSource: DataSource {
  let path: String
  private let pairs: [Split: Pair]

  let format = DataFormat.idx
  var splits: [Split] { [.train, .test, .whole].filter { pairs[$0] != nil } }

  struct Pair {
    let images: String
    let labels: String
  }

  static func open(_ path: String) throws -> IDXSource? {
    guard try Folder.kind(of: path) == .folder else { return nil }
    var found: [String: String] = [:]
    for entry in try Folder(path).entries where entry.kind == .file && !entry.isHidden {
      var key = entry.name.hasSuffix(".gz") ? String(entry.name.dropLast(3)) : entry.name
      key = String(key.map { $0 == "." ? "-" : $0 })
      // Where a file lies there both plain and compressed, the plain one, which comes first, is taken.
      if found[key] == nil { found[key] = "\(path)/\(entry.name)" }
    }
    var pairs: [Split: Pair] = [:]
    for (prefix, split) in [("train", Split.train), ("t10k", .test), ("test", .test)] where pairs[split] == nil {
      let images = found["\(prefix)-images-idx3-ubyte"]
      let labels = found["\(prefix)-labels-idx1-ubyte"]
      switch (images, labels) {
      case (let images?, let labels?): pairs[split] = Pair(images: images, labels: labels)
      case (let images?, nil): throw DataError.damaged(images, "the file of its labels is missing")
      case (nil, let labels?): throw DataError.damaged(labels, "the file of its images is missing")
      case (nil, nil): break
      }
    }
    guard let first = pairs.values.first else { return nil }
    return IDXSource(path: path, pairs: pairs.count > 1 ? pairs : [.whole: first])
  }

  func list(_ split: Split) throws -> SplitListing {
    guard let pair = pairs[split] else { throw DataError.noSuchSplit(path, split) }
    let file = try GzipFile(pair.labels)
    let count = try Self.header(of: file, dimensions: 1)[0]
    let labels = try file.bytes(count)
    try file.expectEnd()
    let images = try GzipFile(pair.images)
    let extents = try Self.header(of: images, dimensions: 3)
    guard extents[0] == count else {
      throw DataError.damaged(
        pair.images, "it has \(extents[0].counted("image", "images")), but \(pair.labels) has \(count.grouped) labels")
    }
    guard count > 0 else { throw DataError.damaged(pair.images, "there is no image in it") }
    let entries = labels.enumerated().map { SplitListing.Entry(classIndex: Int($1), member: String($0)) }
    return SplitListing(
      path: path, split: split, classNames: nil, classes: Int(labels.max() ?? 0) + 1, entries: entries)
  }

  func reader(of listing: SplitListing) throws -> any ImageReader {
    guard let pair = pairs[listing.split] else { throw DataError.noSuchSplit(path, listing.split) }
    let file = try GzipFile(pair.images)
    let extents = try Self.header(of: file, dimensions: 3)
    var size = 1
    for extent in extents {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow else { throw DataError.damaged(pair.images, "its header gives impossible sizes") }
      size = product
    }
    guard extents[0] == listing.entries.count else {
      throw DataError.damaged(pair.images, "it changed while it was read")
    }
    let pixels = try file.bytes(size)
    try file.expectEnd()
    return IDXReader(pixels: pixels, height: extents[1], width: extents[2])
  }

  /// The extents in the header: two zero bytes, 8 for unsigned bytes, the number of dimensions, then each extent as a
  /// big-endian 32-bit number.
  private static func header(of file: GzipFile, dimensions: Int) throws -> [Int] {
    let bytes = try file.bytes(4 + 4 * dimensions)
    guard bytes[0] == 0, bytes[1] == 0, bytes[2] == 8, bytes[3] == dimensions else {
      throw DataError.damaged(
        file.path, "it is not an IDX file of unsigned bytes in \(dimensions.counted("dimension", "dimensions"))")
    }
    return (0..<dimensions).map { axis in bytes[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) } }
  }
}

/// Cuts single images out of the pixels of an IDX file.
private struct IDXReader: ImageReader {
  let pixels: [UInt8]
  let height: Int
  let width: Int

  func stored(at index: Int) throws -> StoredImage {
    let size = height * width
    let image = Image(
      width: width, height: height, channels: 1, pixels: Array(pixels[(index * size)..<((index + 1) * size)]))
    return .pixels(image, codec: "idx", reducedDepth: false)
  }
}
