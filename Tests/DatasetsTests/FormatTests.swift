import Datasets
import Foundation
import Images
import Kernels
import Support
import Testing

@Suite(.serialized) struct FormatTests {
  @Test(arguments: SampleArchives.formats)
  func everyFormatGivesTheSameSamples(format: String) throws {
    let archives = try SampleArchives()
    let samples = try SampleArchives.load(try archives.write(format))
    #expect(samples.count == 12 && samples.classCounts == [4, 4, 4])
    #expect(try Bool(samples.pixels == archives.images.flatMap(\.image.pixels)))
    #expect(samples.summary.hash == (try SampleArchives.load(try archives.write("folder"))).summary.hash)
    var options = LoadOptions()
    options.storage = .stream
    let streamed = try SampleArchives.load(try archives.write(format), options)
    #expect(streamed.isStreamed && streamed == samples)
    #expect(try Bool(streamed.pixels == samples.pixels))
  }

  @Test func formatsAreToldByTheirContent() throws {
    let archives = try SampleArchives()
    let expected: [(String, DataFormat)] = [
      ("folder", .classFolders), ("zip", .zip), ("zip with list", .labelled), ("folder with list", .labelled),
      ("npz", .npz), ("tar", .tar), ("webdataset", .webDataset), ("shards", .webDataset), ("store", .store),
    ]
    for (name, format) in expected {
      #expect(try Dataset.open(try archives.write(name)).format == format, "\(name)")
    }
  }

  @Test func splitsOfArchivesAreRecognised() throws {
    let folder = try DataFolder()
    let image = try PNG.encode(Image.grey(4, 4))
    func members(_ splits: [String], _ top: String = "") -> [(String, [UInt8])] {
      splits.flatMap { [("\(top)\($0)/a/1.png", image), ("\(top)\($0)/b/2.png", image)] }
    }
    try folder.write(ZipWriter(members(["train", "test"])).bytes, "two.zip")
    try folder.write(ZipWriter(members(["train", "validation"], "set/")).bytes, "wrapped.zip")
    try folder.write(TarWriter.archive(members(["train", "val", "test"])), "three.tar")
    for name in ["train", "val"] { try folder.write(ZipWriter([("x/1.png", image)]).bytes, "files/\(name).zip") }
    let shard = TarWriter.archive([("0.png", image), ("0.cls", Array("1".utf8))])
    for name in ["train-000.tar", "train-001.tar", "val-000.tar"] {
      try folder.write(
        name == "train-001.tar" ? TarWriter.archive([("1.png", image), ("1.cls", Array("0".utf8))]) : shard,
        "shards/\(name)")
    }
    for name in ["two.zip", "wrapped.zip", "three.tar", "files", "shards"] {
      let dataset = try Dataset.open(folder[name])
      #expect(dataset.splits == [.train, .test], "\(name)")
      let train = try dataset.list(.train)
      #expect(train.split == .train && !train.entries.isEmpty)
      _ = try dataset.load(train, classes: ClassAssignment(own: train), pool: ThreadPool(threads: 1))
    }
    #expect(try Dataset.open(folder["shards"]).list(.train).entries.count == 2)
    #expect(try Dataset.open(folder["three.tar"]).list(.test).warnings.contains { $0.contains("val is not used") })
  }

  @Test func storesKeepSplitsNamesAndWarnings() throws {
    let folder = try DataFolder()
    try folder.writeClasses("set/train", ["a": ["1.png", "10.png", "2.png"], "b": ["1.png"], "c": []])
    try folder.writeClasses("set/test", ["a": ["1.png"], "b": ["1.png"]])
    try folder.write("x", "set/train/a/notes.webp")
    let source = try Dataset.open(folder["set"])
    let pool = ThreadPool(threads: 2)
    let summary = try StorePacker(source, options: StorePacker.Options(), pool: pool).write(to: folder["set.pack"])
    #expect(summary.images == 6 && summary.shape == nil)
    let store = try Dataset.open(folder["set.pack"])
    #expect(store.splits == [.train, .test])
    for split in [Split.train, .test] {
      let (own, packed) = (try source.list(split), try store.list(split))
      #expect(packed.classNames == own.classNames && packed.entries == own.entries)
      #expect(packed.emptyClasses == own.emptyClasses && packed.warnings == own.warnings)
      #expect(packed.ignoredOther == own.ignoredOther && packed.split == split)
    }
    // The same data give the same bytes, and a store can be packed again.
    _ = try StorePacker(source, options: StorePacker.Options(), pool: pool).write(to: folder["again.pack"])
    #expect(try InputFile.contents(of: folder["again.pack"]) == InputFile.contents(of: folder["set.pack"]))
    _ = try StorePacker(store, options: StorePacker.Options(), pool: pool).write(to: folder["third.pack"])
    #expect(try Dataset.open(folder["third.pack"]).list(.train).entries == source.list(.train).entries)
  }

  @Test func aStoreThatIsCutWhileItIsReadIsAnError() throws {
    let folder = try DataFolder()
    try folder.writeClasses("set", ["a": ["1.png", "2.png"], "b": ["1.png"]])
    let pool = ThreadPool(threads: 1)
    _ = try StorePacker(try Dataset.open(folder["set"]), options: StorePacker.Options(), pool: pool)
      .write(to: folder["set.pack"])
    let store = try Dataset.open(folder["set.pack"])
    let listing = try store.list(.train)
    var options = LoadOptions()
    options.storage = .stream
    let samples = try store.load(listing, classes: ClassAssignment(own: listing), options: options, pool: pool)
    #expect(try samples[2].count > 0)
    let file = try FileHandle(forWritingTo: URL(filePath: folder["set.pack"]))
    try file.truncate(atOffset: 20)
    #expect(throws: DataError.damaged(folder["set.pack"], "it became shorter while it was read")) { try samples[2] }
  }

  @Test func storesOfPixelsHaveOneSize() throws {
    let folder = try DataFolder()
    try folder.write(Image.coloured(8, 12), "set/a/1.png")
    try folder.write(Image.grey(9, 9), "set/b/1.png")
    let source = try Dataset.open(folder["set"])
    var options = StorePacker.Options()
    options.asPixels = true
    let pool = ThreadPool(threads: 1)
    #expect(throws: DataError.self) { try StorePacker(source, options: options, pool: pool).write(to: folder["x"]) }
    #expect(!FileManager.default.fileExists(atPath: folder["x"]))
    options.input = 5
    options.resize = .crop
    let summary = try StorePacker(source, options: options, pool: pool).write(to: folder["set.pack"])
    #expect(summary.shape == Shape(height: 5, width: 5, channels: 3))
    let store = try Dataset.open(folder["set.pack"])
    let listing = try store.list(.train)
    let samples = try store.load(listing, classes: ClassAssignment(own: listing), pool: pool)
    let load = LoadOptions(input: 5, resize: .crop)
    let direct = try source.load(
      try source.list(.train), classes: ClassAssignment(own: try source.list(.train)), options: load, pool: pool)
    #expect(samples.summary.hash == direct.summary.hash)
  }

  static let numbers: [(type: String, elements: [UInt8], expected: [UInt8], note: String)] = [
    ("|u1", [0, 1, 128, 255], [0, 1, 128, 255], ""),
    ("<i4", le(0, 4) + le(1, 4) + le(128, 4) + le(255, 4), [0, 1, 128, 255], ""),
    (">i2", [0, 0, 0, 1, 0, 128, 0, 255], [0, 1, 128, 255], ""),
    ("<u8", le(0, 8) + le(1, 8) + le(128, 8) + le(255, 8), [0, 1, 128, 255], ""),
    ("<u2", le(0, 2) + le(256, 2) + le(0x80FF, 2) + le(0xFFFF, 2), [0, 1, 128, 255], "0 to 65,535"),
    ("|b1", [0, 1, 1, 0], [0, 255, 255, 0], ""),
    ("<f4", [0, 0.5, 1, 0.25].flatMap { (x: Float) in le(Int(x.bitPattern), 4) }, [0, 128, 255, 64], "0 to 1"),
    (
      "<f8", [-1, 0, 1, 0.5].flatMap { (x: Double) in le(Int(bitPattern: UInt(x.bitPattern)), 8) }, [0, 128, 255, 191],
      "-1 to 1"
    ),
    // A little outside of the range is rounding, or a model without a bound, and is cut off.
    (
      "<f4", [-0.01, 0, 1.000_000_2, 0.25].flatMap { (x: Float) in le(Int(x.bitPattern), 4) }, [0, 0, 255, 64],
      "from -0.01 to 1, taken as 0 to 1"
    ),
    (
      "<f4", [-1.02, 0, 1.03, 0.5].flatMap { (x: Float) in le(Int(x.bitPattern), 4) }, [0, 128, 255, 191],
      "from -1.02 to 1.03, taken as -1 to 1"
    ),
    (
      ">f4", [0, 1, 254.6, 128.4].flatMap { (x: Float) in Array(le(Int(x.bitPattern), 4).reversed()) },
      [0, 1, 255, 128], "0 to 255"
    ),
    ("<f2", le(0x0000, 2) + le(0x3800, 2) + le(0x3C00, 2) + le(0x3400, 2), [0, 128, 255, 64], "0 to 1"),
  ]

  @Test(arguments: numbers)
  func numbersOfAllKindsBecomeBytes(type: String, elements: [UInt8], expected: [UInt8], note: String) throws {
    let folder = try DataFolder()
    for method in [0, 8] {
      try folder.write(
        ZipWriter(
          [
            ("arr_0.npy", NPYWriter.file(type, shape: [1, 2, 2], elements)),
            ("arr_1.npy", NPYWriter.file("|u1", shape: [1, 1], [0])),
          ], method: method
        ).bytes, "set.npz")
      let dataset = try Dataset.open(folder["set.npz"])
      let listing = try dataset.list(.train)
      #expect(
        note.isEmpty ? listing.warnings.isEmpty : listing.warnings.contains { $0.contains(note) }, "\(listing.warnings)"
      )
      #expect(try dataset.image(0, of: listing).pixels == expected)
    }
  }

  /// Two images of 2x3 RGB in all four layouts.
  @Test(arguments: [false, true], [false, true])
  func ordersOfAxesGiveTheSameImages(fortran: Bool, planar: Bool) throws {
    let (n, h, w, c) = (2, 2, 4, 3)
    func value(_ i: Int, _ y: Int, _ x: Int, _ k: Int) -> UInt8 { UInt8(((i * h + y) * w + x) * c + k) }
    let shape = planar ? [n, c, h, w] : [n, h, w, c]
    var elements = [UInt8](repeating: 0, count: n * h * w * c)
    for i in 0..<n {
      for y in 0..<h {
        for x in 0..<w {
          for k in 0..<c {
            let axes = planar ? [i, k, y, x] : [i, y, x, k]
            var place = 0
            for axis in fortran ? Array((0..<4).reversed()) : Array(0..<4) { place = place * shape[axis] + axes[axis] }
            elements[place] = value(i, y, x, k)
          }
        }
      }
    }
    let folder = try DataFolder()
    try folder.write(
      ZipWriter([
        ("images.npy", NPYWriter.file("|u1", shape: shape, fortran: fortran, elements)),
        ("labels.npy", NPYWriter.file("<i4", shape: [2], le(1, 4) + le(0, 4))),
      ]).bytes, "set.npz")
    let dataset = try Dataset.open(folder["set.npz"])
    let listing = try dataset.list(.train)
    #expect(listing.entries.map(\.classIndex) == [1, 0] && listing.warnings.isEmpty == !planar)
    for i in 0..<n { #expect(try dataset.image(i, of: listing).pixels == (0..<24).map { UInt8(i * 24 + $0) }) }
  }

  @Test func arraysOfTwoSplitsAreRead() throws {
    let folder = try DataFolder()
    let x = NPYWriter.file("|u1", shape: [1, 2, 2], [1, 2, 3, 4])
    let y = NPYWriter.file("|u1", shape: [1], [0])
    try folder.write(
      ZipWriter([("x_train.npy", x), ("y_train.npy", y), ("x_test.npy", x), ("y_test.npy", y)]).bytes, "mnist.npz")
    #expect(try Dataset.open(folder["mnist.npz"]).splits == [.train, .test])
  }

  /// `cat a.tar b.tar` leaves the end of the first archive in the middle.
  @Test func concatenatedTarsAreReadToTheirEnd() throws {
    let folder = try DataFolder()
    let image = try PNG.encode(Image.grey(3, 3))
    let archives = [1, 2].map { TarWriter.archive([("cat/\($0).png", image), ("dog/\($0).png", image)]) }
    let blank = [UInt8](repeating: 0, count: 100 * 512)
    try folder.write(archives[0] + blank + archives[1], "both.tar")
    #expect(try Dataset.open(folder["both.tar"]).list(.train).entries.count == 4)
    try folder.write(archives[0] + blank + [UInt8](repeating: 7, count: 700), "other.tar")
    #expect(try Dataset.open(folder["other.tar"]).list(.train).entries.count == 2)
  }

  @Test func tarsOfAllDialectsAreRead() throws {
    let folder = try DataFolder()
    let image = try PNG.encode(Image.grey(4, 4))
    let long = "cat/" + String(repeating: "x", count: 150) + ".png"
    var tar = TarWriter()
    tar.add("cat/", [], type: "5")
    tar.add(long, image)
    tar.addRecords([("path", "cat/ümlaut.png"), ("mtime", "1.5")])
    tar.add("short", image)
    tar.add("README", [65])
    tar.add("prefixed.png", image, prefix: "dog")
    tar.addRecords([("size", "\(image.count)")])
    tar.add("dog/sized.png", image, size: 0)
    try folder.write(tar.finished, "set.tar")
    let dataset = try Dataset.open(folder["set.tar"])
    let listing = try dataset.list(.train)
    #expect(listing.entries.map(\.member) == [long, "cat/ümlaut.png", "dog/prefixed.png", "dog/sized.png"])
    #expect(listing.ignoredOther == 1)
    for index in 0..<4 { #expect(try dataset.image(index, of: listing) == Image.grey(4, 4)) }
  }

  /// Both members lie behind 4 GiB of nothing, which takes no room on the disk.
  @Test func offsetsBeyondFourGibibytesAreRead() throws {
    let folder = try DataFolder()
    let images = [Image.grey(4, 4), .grey(4, 4, first: 100)]
    var zip = ZipWriter(try Swift.zip(["cat/1.png", "dog/2.png"], images).map { ($0, try PNG.encode($1)) })
    (zip.isZip64, zip.origin) = (true, 1 << 32)
    try folder.write([0x50, 0x4B, 3, 4], "set.zip")
    let file = try FileHandle(forWritingTo: URL(filePath: folder["set.zip"]))
    try file.seek(toOffset: UInt64(zip.origin))
    try file.write(contentsOf: zip.bytes)
    try file.close()
    let dataset = try Dataset.open(folder["set.zip"])
    let listing = try dataset.list(.train)
    for (index, image) in images.enumerated() { #expect(try dataset.image(index, of: listing) == image) }
  }
}
