import Foundation
import Images

/// Images and labels as NumPy arrays: guided-diffusion's `arr_0` (images, NHWC) and `arr_1` (labels), the same under
/// other usual names, or `x_train`, `y_train`, `x_test` and `y_test` and the like.
struct NPZSource: DataSource {
  let path: String
  private let archive: ZipArchive
  private let pairs: [Split: Pair]
  private let warnings: [String]

  let format = DataFormat.npz
  var splits: [Split] { [.train, .test, .whole].filter { pairs[$0] != nil } }

  private struct Pair: Sendable {
    let images: ArrayMember
    let labels: ArrayMember
  }

  /// Whether an archive is an npz file: all that is in it are `.npy` arrays.
  static func isNPZ(_ archive: ZipArchive) -> Bool {
    !archive.members.isEmpty && archive.members.allSatisfy { $0.name.hasSuffix(".npy") }
  }

  static func open(_ path: String) throws -> NPZSource? {
    guard try Folder.kind(of: path) == .file else { return nil }
    let file = try InputFile(path)
    guard ZipArchive.isBeginning(try file.bytes(at: 0, count: 4)) else { return nil }
    let archive = try ZipArchive(file)
    guard isNPZ(archive) else { return nil }
    var members: [String: ZipArchive.Member] = [:]
    for member in archive.members {
      guard members.updateValue(member, forKey: String(member.name.dropLast(4))) == nil else {
        throw DataError.memberTwice(path, member.name)
      }
    }
    // Only the needed arrays are read; the others may be of any type.
    func first(_ names: String...) throws -> ArrayMember? {
      try names.lazy.compactMap { members[$0] }.first.map { try ArrayMember(archive, $0) }
    }
    func pair(_ images: ArrayMember, _ labels: ArrayMember?, _ name: String) throws -> Pair {
      guard let labels else {
        throw DataError.damaged(
          path, "it has no labels beside its images (\(name)), which class-conditional images need")
      }
      return Pair(images: images, labels: labels)
    }
    if let names = SplitNames(Set(members.keys.compactMap { ArrayName($0) }.filter { $0.isOfImages }.map(\.split))) {
      func arrays(of split: String) throws -> Pair? {
        let own = members.keys.compactMap { ArrayName($0) }.filter { $0.split == split }
        guard let images = own.first(where: \.isOfImages), own.count(where: \.isOfImages) == 1 else { return nil }
        let labels = own.first { !$0.isOfImages }
        guard let array = try first(images.key) else { return nil }
        return try pair(array, try labels.flatMap { try first($0.key) }, "y_\(split)")
      }
      if let train = try arrays(of: names.train), let test = try arrays(of: names.test) {
        return NPZSource(
          path: path, archive: archive, pairs: [.train: train, .test: test], warnings: names.warnings(in: path))
      }
    }
    func pictures() -> [ArrayMember] {
      archive.members.compactMap { try? ArrayMember(archive, $0) }.filter { (3...4).contains($0.header.shape.count) }
    }
    func only(_ all: [ArrayMember]) -> ArrayMember? { all.count == 1 ? all[0] : nil }
    guard let images = try first("arr_0", "images", "samples", "x") ?? only(pictures()) else {
      throw DataError.damaged(path, "it has no array of images named arr_0, images, samples or x")
    }
    let labels = try pair(images, try first("arr_1", "labels", "label", "y"), "arr_1, labels, label or y")
    return NPZSource(path: path, archive: archive, pairs: [.whole: labels], warnings: [])
  }

  func list(_ split: Split) throws -> SplitListing {
    guard let pair = pairs[split] else { throw DataError.noSuchSplit(path, split) }
    let images = try PixelArray(pair.images)
    let labels = try Self.labels(pair.labels)
    guard labels.count == images.count else {
      throw DataError.damaged(
        path, "it has \(images.count.counted("image", "images")), but \(labels.count.counted("label", "labels"))")
    }
    guard images.count > 0 else { throw DataError.damaged(pair.images.name, "there is no image in it") }
    let entries = labels.enumerated().map { SplitListing.Entry(classIndex: $1, member: String($0)) }
    var listing = SplitListing(
      path: path, split: split, classNames: nil, classes: (labels.max() ?? 0) + 1, entries: entries)
    listing.warnings = try images.notes() + warnings
    return listing
  }

  func reader(of listing: SplitListing) throws -> any ImageReader {
    guard let pair = pairs[listing.split] else { throw DataError.noSuchSplit(path, listing.split) }
    let images = try PixelArray(pair.images)
    guard images.count == listing.entries.count else { throw DataError.damaged(path, "it changed while it was read") }
    try pair.images.check()
    return try PixelArrayReader(images)
  }

  /// Integers from 0, in one dimension, or in two with the second 1.
  private static func labels(_ array: ArrayMember) throws -> [Int] {
    let shape = array.header.shape
    guard shape.count == 1 || (shape.count == 2 && shape[1] == 1) else {
      throw DataError.damaged(
        array.name, "its shape \(array.header.shapeText) is not that of labels, one for each image")
    }
    let bytes = try array.contents()
    let numbers = Elements(array.header.element)
    return try (0..<shape[0]).map { index in
      let value = numbers.value(bytes, at: index)
      guard let label = Int(exactly: value), (0..<LabelledMembers.mostClasses).contains(label) else {
        throw DataError.damaged(
          array.name,
          "the label \(value) of image \(index) is no whole number from 0 to \((LabelledMembers.mostClasses - 1).grouped)"
        )
      }
      return label
    }
  }
}

/// What an array's name says in a file with splits: `x_train`, `test_images`, `Y_Val`.
private struct ArrayName {
  let key: String
  /// As it is spelled.
  let split: String
  /// Else of labels.
  let isOfImages: Bool

  /// Nil where the name is another one.
  init?(_ key: String) {
    let parts = key.split(separator: "_").map(String.init)
    guard parts.count == 2, let split = parts.first(where: SplitNames.isSplit) else { return nil }
    let role = (split == parts[0] ? parts[1] : parts[0]).lowercased()
    guard ["x", "images", "image", "samples", "y", "labels", "label"].contains(role) else { return nil }
    self.key = key
    self.split = split
    isOfImages = !["y", "labels", "label"].contains(role)
  }
}

/// A `.npy` member of an npz file of which only the header was read.
struct ArrayMember: Sendable {
  let header: NPYHeader
  /// What to call it in an error.
  let name: String
  private let archive: ZipArchive
  private let member: ZipArchive.Member

  init(_ archive: ZipArchive, _ member: ZipArchive.Member) throws {
    name = "\(archive.path)/\(member.name)"
    header = try NPYHeader(try archive.beginning(of: member, count: NPYHeader.longest), name: name)
    guard member.size - header.length == header.size else {
      throw DataError.damaged(
        name,
        "it holds \(member.size - header.length) bytes of elements, its shape \(header.shapeText) needs \(header.size)")
    }
    self.archive = archive
    self.member = member
  }

  /// Whether single elements can be read without the others.
  var isStored: Bool { member.method == 0 && !header.isFortran }

  /// Checks the checksum of an array that is read in parts; others are checked when they are read. Throws
  /// `DataError.damaged`.
  func check() throws { if isStored { try archive.check(member) } }

  /// The elements' bytes, in the array's own order. Throws `DataError.needsMemory` if they do not fit.
  func contents() throws -> [UInt8] {
    Array(try archive.array(member).dropFirst(header.length))
  }

  /// The elements' bytes from byte `offset` on, of an array that is stored.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    let start = try archive.range(of: member).lowerBound + header.length
    let bytes = try archive.bytes(at: start + offset, count: count)
    guard bytes.count == count else { throw DataError.damaged(name, "it became shorter while it was read") }
    return bytes
  }
}
