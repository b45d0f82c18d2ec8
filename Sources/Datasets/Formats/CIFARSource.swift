import Images

/// The binary folder of CIFAR-10 (`data_batch_*.bin`, `test_batch.bin`, `batches.meta.txt`) or CIFAR-100 (`train.bin`,
/// `test.bin`, `fine_label_names.txt`; the fine labels count). A record is one label, or two in CIFAR-100, and 3,072
/// bytes: 32 rows of 32 pixels in planes of red, green and blue (Krizhevsky 2009).
struct CIFARSource: DataSource {
  let path: String
  let format: DataFormat
  private let files: [Split: [String]]
  private let classNames: [String]?

  var splits: [Split] { files.count > 1 ? [.train, .test] : [.whole] }

  static let side = 32
  static let pixels = side * side * 3
  private var classes: Int { format == .cifar10 ? 10 : 100 }
  private var labelBytes: Int { format == .cifar10 ? 1 : 2 }

  static func open(_ path: String) throws -> CIFARSource? {
    guard try Folder.kind(of: path) == .folder else { return nil }
    let folder = try Folder(path)
    let names = folder.entries.filter { $0.kind == .file && !$0.isHidden }.map(\.name)
    let batches = names.filter { $0.hasPrefix("data_batch_") && $0.hasSuffix(".bin") }.sorted(by: NameOrder.natural)
    let is10 = !batches.isEmpty || names.contains("test_batch.bin")
    let found: [Split: [String]] = [
      .train: is10 ? batches : names.filter { $0 == "train.bin" },
      .test: names.filter { $0 == (is10 ? "test_batch.bin" : "test.bin") },
    ].filter { !$0.value.isEmpty }
    guard !found.isEmpty else { return nil }
    let format = is10 ? DataFormat.cifar10 : .cifar100
    let meta = is10 ? "batches.meta.txt" : "fine_label_names.txt"
    var classNames: [String]?
    if folder.hasFile(meta) {
      // The official files end in blank lines.
      let lines = try ClassNames.lines(of: "\(path)/\(meta)")
      classNames = try ClassNames.checked(lines, path: "\(path)/\(meta)")
      let classes = is10 ? 10 : 100
      guard classNames?.count == classes else {
        throw DataError.classNames(
          "\(path)/\(meta)", .count(names: classNames?.count ?? 0, classes: classes, title: format.rawValue))
      }
    }
    let files = found.count > 1 ? found : [.whole: found.values.first ?? []]
    return CIFARSource(path: path, format: format, files: files, classNames: classNames)
  }

  func list(_ split: Split) throws -> SplitListing {
    var entries: [SplitListing.Entry] = []
    for batch in try batches(of: split) {
      // A thousand records at a time: only the labels are kept.
      for first in stride(from: 0, to: batch.count, by: 1000) {
        let count = min(1000, batch.count - first)
        let bytes = try batch.file.wholeBytes(at: first * batch.recordBytes, count: count * batch.recordBytes)
        for record in 0..<count {
          let label = Int(bytes[record * batch.recordBytes + labelBytes - 1])
          guard label < classes else {
            throw DataError.labelOutOfRange(batch.file.path, index: first + record, label: label, classes: classes)
          }
          entries.append(SplitListing.Entry(classIndex: label, member: String(entries.count)))
        }
      }
    }
    return SplitListing(path: path, split: split, classNames: classNames, classes: classes, entries: entries)
  }

  func reader(of listing: SplitListing) throws -> any ImageReader {
    CIFARReader(batches: try batches(of: listing.split), labelBytes: labelBytes)
  }

  private func batches(of split: Split) throws -> [CIFARBatch] {
    try (files[split] ?? []).map { name in
      let file = try InputFile("\(path)/\(name)")
      let recordBytes = labelBytes + Self.pixels
      guard file.size > 0 && file.size % recordBytes == 0 else {
        throw DataError.damaged(
          file.path,
          "its \(file.size.grouped) bytes are no whole number of \(format.rawValue) records of \(recordBytes)")
      }
      return CIFARBatch(file: file, recordBytes: recordBytes)
    }
  }
}

/// One file of records.
private struct CIFARBatch {
  let file: InputFile
  let recordBytes: Int
  var count: Int { file.size / recordBytes }
}

/// Reads single records, whose planes become interleaved pixels.
private struct CIFARReader: ImageReader {
  let batches: [CIFARBatch]
  let labelBytes: Int

  func stored(at index: Int) throws -> StoredImage {
    var record = index
    for batch in batches {
      if record >= batch.count {
        record -= batch.count
        continue
      }
      let bytes = try batch.file.wholeBytes(at: record * batch.recordBytes + labelBytes, count: CIFARSource.pixels)
      let plane = CIFARSource.pixels / 3
      let pixels = [UInt8](unsafeUninitializedCapacity: CIFARSource.pixels) { buffer, filled in
        for at in 0..<plane {
          for channel in 0..<3 { buffer[at * 3 + channel] = bytes[channel * plane + at] }
        }
        filled = CIFARSource.pixels
      }
      let image = Image(width: CIFARSource.side, height: CIFARSource.side, channels: 3, pixels: pixels)
      return .pixels(image, codec: "cifar", reducedDepth: false)
    }
    throw DataError.damaged(batches.last?.file.path ?? "", "it became shorter while it was read")
  }
}
