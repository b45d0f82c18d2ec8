import Foundation
import Images

/// A packed store: one file, mapped into memory, that `cas data pack` wrote. Opening it reads its end and its
/// description only; the records are checked when they are listed, an image when it is read.
struct StoreSource: DataSource {
  let path: String
  private let file: MappedFile
  private let end: StoreEnd
  private let description: StoreDescription

  let format = DataFormat.store
  var splits: [Split] { description.parts.map(\.split) }

  static func open(_ path: String) throws -> StoreSource? {
    guard try Folder.kind(of: path) == .file else { return nil }
    let beginning = try InputFile(path).bytes(at: 0, count: StoreLayout.beginning.count)
    guard beginning == StoreLayout.beginning else { return nil }
    let file = try MappedFile(path)
    let end = try StoreEnd(of: file)
    func damaged(_ reason: String) -> DataError { .damaged(path, reason) }
    guard Inflater.checksum(file[end.description]) == end.descriptionChecksum,
      let description = try? JSONDecoder().decode(StoreDescription.self, from: Data(file[end.description]))
    else { throw damaged("the description in the packed store is damaged") }
    // A checksum can be right and the contents wrong all the same, where a store was made to deceive.
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
    guard Inflater.checksum(file[end.records]) == end.recordsChecksum,
      Inflater.checksum(file[end.names]) == end.namesChecksum
    else { throw DataError.damaged(path, "the records of the packed store are damaged") }
    let first = firstRecord(of: split)
    var name = end.names.lowerBound
    for index in 0..<first { name += nameLength(index) }
    var entries: [SplitListing.Entry] = []
    entries.reserveCapacity(part.images)
    for index in first..<first + part.images {
      let record = record(index)
      let length = nameLength(index)
      let label = Int(file.number(at: record + 16, as: UInt32.self))
      guard length <= end.names.upperBound - name, label < part.classes else {
        throw DataError.damaged(path, "record \(index) of the packed store is not possible")
      }
      entries.append(
        SplitListing.Entry(classIndex: label, member: String(decoding: file[name..<name + length], as: UTF8.self)))
      name += length
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
    StoreReader(
      source: self, first: firstRecord(of: listing.split), members: listing.entries.map(\.member))
  }

  private func firstRecord(of split: Split) -> Int {
    description.parts.prefix { $0.split != split }.reduce(0) { $0 + $1.images }
  }

  private func record(_ index: Int) -> Int { end.records.lowerBound + index * StoreLayout.recordBytes }

  private func nameLength(_ index: Int) -> Int { Int(file.number(at: record(index) + 20, as: UInt32.self)) }

  /// The bytes of an image, checked. Throws `DataError.damaged`.
  fileprivate func image(_ index: Int, name: String) throws -> StoredImage {
    let record = record(index)
    let offset = Int(exactly: file.number(at: record, as: UInt64.self)) ?? -1
    let length = Int(file.number(at: record + 8, as: UInt32.self))
    guard offset >= StoreLayout.beginning.count, let last = offset.adding(length), last <= end.records.lowerBound,
      Inflater.checksum(file[offset..<last]) == file.number(at: record + 12, as: UInt32.self)
    else { throw DataError.damaged("\(path)/\(name)", "the image is damaged in the packed store") }
    let bytes = Array(file[offset..<last])
    guard let pixels = description.pixels else { return .file(bytes, name: "\(path)/\(name)") }
    guard bytes.count == pixels.height * pixels.width * pixels.channels else {
      throw DataError.damaged("\(path)/\(name)", "the image has another size than the packed store says")
    }
    return .pixels(
      Image(width: pixels.width, height: pixels.height, channels: pixels.channels, pixels: bytes),
      codec: pixels.codec, reducedDepth: false)
  }
}

private struct StoreReader: ImageReader {
  let source: StoreSource
  let first: Int
  let members: [String]

  func stored(at index: Int) throws -> StoredImage { try source.image(first + index, name: members[index]) }
}
