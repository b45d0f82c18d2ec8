import Foundation
import Images

/// A packed store: one file that `cas data pack` wrote. Opening it reads only its end and its description. Records are
/// read and checked when they are listed, an image when it is requested.
struct StoreSource: DataSource {
  let path: String
  private let file: InputFile
  private let end: StoreEnd
  private let description: StoreDescription

  let format = DataFormat.store
  var splits: [Split] { description.parts.map(\.split) }

  static func open(_ path: String) throws -> StoreSource? {
    guard try Folder.kind(of: path) == .file else { return nil }
    let file = try InputFile(path)
    let beginning = try file.bytes(at: 0, count: StoreLayout.beginning.count)
    guard beginning == StoreLayout.beginning else { return nil }
    let end = try StoreEnd(of: file)
    func damaged(_ reason: String) -> DataError { .damaged(path, reason) }
    let text = try Self.part(end.description, of: file)
    guard Inflater.checksum(text) == end.descriptionChecksum,
      let description = try? JSONDecoder().decode(StoreDescription.self, from: Data(text))
    else { throw damaged("the description in the packed store is damaged") }
    // In a malicious store, a checksum can be right although the contents are wrong.
    let images = description.parts.reduce(Optional(0)) { sum, part in
      part.images >= 0 ? sum.flatMap { $0.adding(part.images) } : nil
    }
    let splits = description.parts.map(\.split)
    let hasNames = description.parts.allSatisfy { part in
      (0...LabelledMembers.mostClasses).contains(part.classes)
        && part.classNames.map { $0.count == part.classes } ?? true
    }
    guard images == end.count, hasNames, splits == [.whole] || splits == [.train, .test] else {
      throw damaged("the description in the packed store does not fit its images")
    }
    if let pixels = description.pixels {
      guard pixels.height > 0, pixels.width > 0, [1, 3].contains(pixels.channels),
        max(pixels.height, pixels.width) <= ImageDecoder.sideLimit,
        (pixels.height.times(pixels.width) ?? .max) <= ImageDecoder.pixelLimit
      else { throw damaged("the description in the packed store gives an impossible size") }
    }
    return StoreSource(path: path, file: file, end: end, description: description)
  }

  func list(_ split: Split) throws -> SplitListing {
    guard let part = description.parts.first(where: { $0.split == split }) else {
      throw DataError.noSuchSplit(path, split)
    }
    let (records, names) = (try Self.part(end.records, of: file), try Self.part(end.names, of: file))
    guard Inflater.checksum(records) == end.recordsChecksum, Inflater.checksum(names) == end.namesChecksum else {
      throw DataError.damaged(path, "the records of the packed store are damaged")
    }
    let first = firstRecord(of: split)
    var name = 0
    for index in 0..<first { name += StoreRecord(records, index).nameLength }
    var entries: [SplitListing.Entry] = []
    entries.reserveCapacity(part.images)
    for index in first..<first + part.images {
      let record = StoreRecord(records, index)
      guard record.nameLength <= names.count - name, record.label < part.classes else {
        throw DataError.damaged(path, "record \(index) of the packed store is not possible")
      }
      let next = name + record.nameLength
      entries.append(
        SplitListing.Entry(classIndex: record.label, member: String(decoding: names[name..<next], as: UTF8.self)))
      name = next
    }
    var listing = SplitListing(
      path: path, split: split, classNames: part.classNames, classes: part.classes, entries: entries)
    listing.emptyClasses = part.emptyClasses
    listing.ignoredHidden = part.ignoredHidden
    listing.ignoredOther = part.ignoredOther
    listing.warnings = part.warnings
    return listing
  }

  func reader(of listing: SplitListing) throws -> any ImageReader {
    let first = end.records.lowerBound + firstRecord(of: listing.split) * StoreLayout.recordBytes
    let records = try Self.part(first..<first + listing.entries.count * StoreLayout.recordBytes, of: file)
    return StoreReader(
      file: file, images: StoreLayout.beginning.count..<end.records.lowerBound, pixels: description.pixels,
      records: records, members: listing.entries.map(\.member))
  }

  private func firstRecord(of split: Split) -> Int {
    description.parts.prefix { $0.split != split }.reduce(0) { $0 + $1.images }
  }

  /// A part of the file's end. Throws `DataError.damaged` if it is larger than memory, or the file was cut meanwhile.
  private static func part(_ range: Range<Int>, of file: InputFile) throws -> [UInt8] {
    guard range.count <= AvailableMemory.total / 4 else {
      throw DataError.damaged(file.path, "the list of images in the packed store is larger than memory")
    }
    return try file.wholeBytes(at: range.lowerBound, count: range.count)
  }
}

/// Reads single images, each checked against its record.
///
/// The file is read and never mapped. If another program truncates it, reading is an error; a mapped page that is gone
/// would end the program with a signal.
private struct StoreReader: ImageReader {
  let file: InputFile
  /// Where images can lie.
  let images: Range<Int>
  let pixels: StoreDescription.Pixels?
  /// Of this split only.
  let records: [UInt8]
  let members: [String]

  func stored(at index: Int) throws -> StoredImage {
    let record = StoreRecord(records, index)
    let name = "\(file.path)/\(members[index])"
    guard record.offset >= images.lowerBound, let last = record.offset.adding(record.length), last <= images.upperBound
    else { throw DataError.damaged(name, "the image is damaged in the packed store") }
    let bytes = try file.wholeBytes(at: record.offset, count: record.length)
    guard Inflater.checksum(bytes) == record.checksum else {
      throw DataError.damaged(name, "the image is damaged in the packed store")
    }
    guard let pixels else { return .file(bytes, name: name) }
    guard bytes.count == pixels.height * pixels.width * pixels.channels else {
      throw DataError.damaged(name, "the image has another size than the packed store says")
    }
    return .pixels(
      Image(width: pixels.width, height: pixels.height, channels: pixels.channels, pixels: bytes),
      codec: pixels.codec, reducedDepth: false)
  }
}
