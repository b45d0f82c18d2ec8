import Datasets
import Foundation
import Images
import Kernels
import Testing

/// The CIFAR binary folder and the IDX pair, written byte by byte.
struct ArrayFormatTests {
  private let pool = ThreadPool(threads: 2)

  /// A record whose red, green and blue planes hold ramps that start with `first`, +1 and +2.
  private static func record(labels: [UInt8], first: UInt8) -> [UInt8] {
    labels + (0..<3).flatMap { channel in (0..<1024).map { UInt8(truncatingIfNeeded: $0 + Int(first) + channel) } }
  }

  private func cifar10Folder() throws -> DataFolder {
    let folder = try DataFolder()
    try folder.write("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n", "batches.meta.txt")
    for batch in 1...2 {
      let records = (0..<10).flatMap { Self.record(labels: [UInt8(9 - $0)], first: UInt8(batch * 100 + $0)) }
      try folder.write(records, "data_batch_\(batch).bin")
    }
    try folder.write((0..<10).flatMap { Self.record(labels: [UInt8($0)], first: UInt8($0)) }, "test_batch.bin")
    return folder
  }

  @Test func cifar10() throws {
    let folder = try cifar10Folder()
    let dataset = try Dataset.open(folder.path)
    #expect(dataset.format == .cifar10 && dataset.splits == [.train, .test])
    let listing = try dataset.list(.train)
    #expect(listing.classNames == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])
    #expect(listing.classCounts == [Int](repeating: 2, count: 10))
    let samples = try dataset.load(listing, classes: ClassAssignment(own: listing), pool: pool)
    #expect(samples.shape == Shape(height: 32, width: 32, channels: 3))
    #expect(samples.labels == (0..<10).flatMap { [Int32($0), Int32($0)] })
    #expect(samples.members.prefix(4) == ["9", "19", "8", "18"])
    // Class 0 comes last in each batch; pixels are interleaved.
    #expect(try samples[0].prefix(6) == [109, 110, 111, 110, 111, 112])
    #expect(try samples[1].prefix(3) == [209, 210, 211])
    #expect(samples.summary.codecs == ["cifar": 20])
    #expect(samples.summary.split == .train)
    #expect(try dataset.list(.test).entries.count == 10)
  }

  @Test func cifar100TakesTheFineLabels() throws {
    let folder = try DataFolder()
    let names = (0..<100).map { "fine\($0)" }
    try folder.write(names.joined(separator: "\n"), "fine_label_names.txt")
    try folder.write("coarse", "coarse_label_names.txt")
    try folder.write(Self.record(labels: [3, 99], first: 1) + Self.record(labels: [4, 7], first: 2), "train.bin")
    try folder.write(Self.record(labels: [0, 50], first: 1), "test.bin")
    let dataset = try Dataset.open(folder.path)
    #expect(dataset.format == .cifar100 && dataset.hasTwoSplits)
    #expect(try dataset.list(.train).entries.map(\.classIndex) == [99, 7])
    #expect(try dataset.list(.test).entries.map(\.classIndex) == [50])
    #expect(try dataset.list(.test).classNames == names)
  }

  @Test func cifarWithoutNamesOrSplitsIsANumberedWhole() throws {
    let folder = try DataFolder()
    try folder.write(Self.record(labels: [3], first: 1), "test_batch.bin")
    let dataset = try Dataset.open(folder.path)
    #expect(dataset.splits == [.whole])
    #expect(try dataset.list(.train).classNames == nil)
  }

  @Test func damagedCIFARFilesAreErrors() throws {
    let folder = try cifar10Folder()
    try folder.write(Self.record(labels: [10], first: 0), "test_batch.bin")
    #expect(throws: DataError.labelOutOfRange(folder["test_batch.bin"], index: 0, label: 10, classes: 10)) {
      try Dataset.open(folder.path).list(.test)
    }
    for size in [0, 1, 3072, 3074] {
      try folder.write([UInt8](repeating: 0, count: size), "data_batch_2.bin")
      let error = #expect(throws: DataError.self) { try Dataset.open(folder.path).list(.train) }
      #expect(error?.description.contains("data_batch_2.bin: its") == true)
    }
    try folder.write("a\nb\n", "batches.meta.txt")
    let error = #expect(throws: DataError.self) { try Dataset.open(folder.path) }
    #expect(error?.description.hasSuffix("2 class names, but CIFAR-10 binary has 10 classes.") == true)
  }

  private static func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

  private static func images(_ count: Int, height: Int, width: Int) -> [UInt8] {
    [0, 0, 8, 3] + big(count) + big(height) + big(width)
      + (0..<count * height * width).map { UInt8(truncatingIfNeeded: $0 * 11) }
  }

  private static func labels(_ labels: [UInt8]) -> [UInt8] { [0, 0, 8, 1] + big(labels.count) + labels }

  static let idxNames: [(images: String, labels: String)] = [
    ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"), ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
    ("train.images.idx3.ubyte", "train.labels.idx1.ubyte"),
  ]

  @Test(arguments: idxNames)
  func idxPairs(images: String, labels: String) throws {
    let folder = try DataFolder()
    try folder.write(Self.images(3, height: 2, width: 4), images)
    try folder.write(Self.labels([2, 0, 2]), labels)
    let dataset = try Dataset.open(folder.path)
    #expect(dataset.format == .idx && dataset.splits == [.whole])
    let listing = try dataset.list(.test)
    #expect(listing.classNames == nil && listing.classCounts == [1, 0, 2])
    let samples = try dataset.load(listing, classes: ClassAssignment(own: listing), pool: pool)
    #expect(samples.shape == Shape(height: 2, width: 4, channels: 1))
    #expect(samples.members == ["1", "0", "2"])
    #expect(try samples[0] == samples.pixels[0..<8])
    #expect(try Array(samples[0]) == (8..<16).map { UInt8($0 * 11) })
  }

  /// `images(3, height: 2, width: 4)` through Python's gzip.compress at level 9.
  static let compressed = "H4sIAAAAAAACA2Ng4GBmYGAAYSYgZmHgFlPUMXfyjUjOq2zpn7V0w+5jF+88//QXANs+104oAAAA"

  @Test func gzippedPairsHoldTheSamePixels() throws {
    let folder = try DataFolder()
    let packed = Array(try #require(Data(base64Encoded: Self.compressed)))
    try folder.write(packed, "t10k-images-idx3-ubyte.gz")
    try folder.write(Self.labels([2, 0, 2]), "t10k-labels-idx1-ubyte")
    try folder.write(Self.images(3, height: 2, width: 4), "train-images-idx3-ubyte")
    try folder.write(Self.labels([2, 0, 2]), "train-labels-idx1-ubyte")
    let dataset = try Dataset.open(folder.path)
    #expect(dataset.splits == [.train, .test])
    let loaded = try [Split.train, .test].map { split in
      let listing = try dataset.list(split)
      return try dataset.load(listing, classes: ClassAssignment(own: listing), pool: pool)
    }
    #expect(loaded[0].summary.hash == loaded[1].summary.hash)

    // Every cut, and a changed byte in the data or the checksum, is an error that names the file.
    for count in 0..<packed.count {
      try folder.write(Array(packed[..<count]), "t10k-images-idx3-ubyte.gz")
      expectDamage(folder, "t10k-images-idx3-ubyte.gz", .test)
    }
    for at in [30, packed.count - 8, packed.count - 1] {
      var changed = packed
      changed[at] ^= 0x10
      try folder.write(changed, "t10k-images-idx3-ubyte.gz")
      expectDamage(folder, "t10k-images-idx3-ubyte.gz", .test)
    }
  }

  @Test func damagedIDXFilesAreErrors() throws {
    let folder = try DataFolder()
    let name = "train-images-idx3-ubyte"
    try folder.write(Self.labels([0, 1]), "train-labels-idx1-ubyte")
    #expect(throws: DataError.damaged(folder["train-labels-idx1-ubyte"], "the file of its images is missing")) {
      try Dataset.open(folder.path)
    }
    let whole = Self.images(2, height: 2, width: 2)
    let wrong: [[UInt8]] = [
      Self.images(3, height: 2, width: 2), whole + [0], Array(whole.dropLast()), [],
      Self.labels([1, 2]), [0, 0, 8, 3] + Self.big(2) + Self.big(0) + Self.big(2),
      [0, 0, 8, 3] + Self.big(2) + Self.big(0x7FFF_FFFF) + Self.big(0x7FFF_FFFF),
      [0, 0, 8, 3] + Self.big(0xFFFF_FFFF) + Self.big(0xFFFF_FFFF) + Self.big(0xFFFF_FFFF),
    ]
    for bytes in wrong {
      try folder.write(bytes, name)
      expectDamage(folder, name, .train)
    }
  }

  private func expectDamage(_ folder: DataFolder, _ name: String, _ split: Split) {
    let error = #expect(throws: DataError.self) {
      let dataset = try Dataset.open(folder.path)
      let listing = try dataset.list(split)
      _ = try dataset.load(listing, classes: ClassAssignment(own: listing), pool: pool)
    }
    #expect(error?.description.hasPrefix(folder[name]) == true, "\(error?.description ?? "")")
  }
}
