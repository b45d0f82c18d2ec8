import Datasets
import Images
import Kernels
import Support
import Testing

/// Layouts that people have: each is read as it was meant, or refused with the reason.
@Suite struct LayoutTests {
  private let folder: DataFolder
  private let image: [UInt8]

  init() throws {
    folder = try DataFolder()
    image = try PNG.encode(.grey(4, 4))
  }

  private func listing(_ name: String, _ split: Split = .whole) throws -> SplitListing {
    try Dataset.open(folder[name]).list(split)
  }

  @Test(arguments: [("training", "testing"), ("Train", "Val"), ("TRAIN", "dev"), ("train", "Eval")])
  func splitsByAnyName(train: String, test: String) throws {
    for split in [train, test] {
      try folder.writeClasses("folder/\(split)", ["a": ["1.png"], "b": ["1.png"]])
      try folder.write(ZipWriter([("a/1.png", image), ("b/1.png", image)]).bytes, "zips/\(split).zip")
      try folder.write(
        TarWriter.archive([("\(split).png", image), ("\(split).cls", Array("1".utf8))]), "shards/set-\(split)_000.tar")
    }
    let inside = [train, test].flatMap { [("\($0)/a/1.png", image), ("\($0)/b/1.png", image)] }
    try folder.write(ZipWriter(inside).bytes, "set.zip")
    let x = NPYWriter.file("|u1", shape: [2, 4, 4, 1], [UInt8](repeating: 9, count: 32))
    let y = NPYWriter.file("|u1", shape: [2], [0, 1])
    try folder.write(
      ZipWriter([
        ("\(train)_images.npy", x), ("\(train)_labels.npy", y), ("\(test)_images.npy", x), ("\(test)_labels.npy", y),
      ]).bytes, "set.npz")
    for name in ["folder", "zips", "shards", "set.zip", "set.npz"] {
      #expect(try Dataset.open(folder[name]).splits == [.train, .test], "\(name)")
    }
    #expect(try listing("shards", .test).entries.map(\.member) == [test])
  }

  @Test func namesOfSplitsAloneAreNoClasses() throws {
    for name in ["test", "val"] { try folder.writeClasses("set/\(name)", ["a": ["1.png"], "b": ["2.png"]]) }
    #expect(throws: DataError.splitsAsClasses(folder["set"], ["test", "val"])) { try listing("set") }
    try folder.writeClasses("one/train", ["a": ["1.png"], "b": ["2.png"]])
    #expect(try listing("one").classNames == ["a", "b"])
    // Of two test sets in an array file, the first in the table counts, and it is said.
    let x = NPYWriter.file("|u1", shape: [2, 4, 4, 1], [UInt8](repeating: 9, count: 32))
    let y = NPYWriter.file("|u1", shape: [2, 1], [0, 1])
    let members = ["train", "val", "test"].flatMap { [("\($0)_images.npy", x), ("\($0)_labels.npy", y)] }
    try folder.write(ZipWriter(members).bytes, "med.npz")
    #expect(try listing("med.npz", .test).warnings == ["\(folder["med.npz"])/val is not used, because there is test."])
  }

  /// StyleGAN's layout and archives as splits, with what lies beside them.
  @Test func thingsBesideChangeNothing() throws {
    let list = Array("{\"labels\": [[\"0/x.png\", 1], [\"1/y.png\", 0]]}".utf8)
    for split in ["train", "test"] {
      for (name, bytes) in [("dataset.json", list), ("0/x.png", image), ("1/y.png", image)] {
        try folder.write(bytes, "stylegan/\(split)/\(name)")
      }
      try folder.write(ZipWriter([("a/1.png", image), ("b/1.png", image)]).bytes, "zips/\(split).zip")
      try folder.write("0 x", "zips/\(split).zip.md5")
    }
    for set in ["stylegan", "zips"] {
      try folder.write("# card", "\(set)/README.md")
      try folder.write("x", "\(set)/Thumbs.db")
      try folder.write(image, "\(set)/@eaDir/SYNO.png")
      try folder.write("x", "\(set)/logs/out.txt")
      #expect(try Dataset.open(folder[set]).splits == [.train, .test], "\(set)")
    }
    #expect(try listing("stylegan", .train).classCounts == [1, 1])
    // The folder that was packed, with a list at its top.
    let members = [
      ("my/dataset.json", list), ("my/0/x.png", image), ("my/1/y.png", image), ("__MACOSX/my/._x.png", image),
    ]
    try folder.write(ZipWriter(members).bytes, "set.zip")
    try folder.write(TarWriter.archive(members), "set.tar")
    for (name, bytes) in members { try folder.write(bytes, "wrapped/\(name)") }
    for name in ["set.zip", "set.tar", "wrapped"] {
      let dataset = try Dataset.open(folder[name])
      #expect(dataset.format == .labelled, "\(name)")
      #expect(try dataset.list(.whole).classCounts == [1, 1], "\(name)")
    }
    // Not where images lie outside of it.
    try folder.write(ZipWriter(members + [("other/1.png", image)]).bytes, "mixed.zip")
    #expect(try Dataset.open(folder["mixed.zip"]).format == .zip)
  }

  @Test func aFolderAroundTheClassesIsNone() throws {
    for name in ["images/cat/1.png", "images/dog/1.png"] { try folder.write(image, "set/data/\(name)") }
    #expect(try listing("set").classNames == ["cat", "dog"])
    try folder.writeClasses("splits/data/train", ["a": ["1.png"], "b": ["1.png"]])
    try folder.writeClasses("splits/data/test", ["a": ["1.png"], "b": ["1.png"]])
    #expect(try Dataset.open(folder["splits"]).splits == [.train, .test])
    // One class is one class.
    try folder.writeClasses("one", ["cat": ["1.png"]])
    #expect(try listing("one").classNames == ["cat"])
    try folder.makeFolder("circle")
    try folder.link("circle/a", to: ".")
    // Links in a circle come to an end.
    #expect(try listing("circle").entries.isEmpty)
  }

  /// The list of members is read to its end, whatever it counts; macOS counts in 16 bits.
  @Test(arguments: [(12, 6), (1, 6), (0, 6), (7, 6)])
  func aZipThatCountsWrongIsDamaged(count: Int, members: Int) throws {
    let names = (0..<members).map { ("\("ab".map(String.init)[$0 % 2])/\($0).png", image) }
    var bytes = ZipWriter(names).bytes
    #expect(throws: Never.self) {
      try folder.write(bytes, "whole.zip")
      _ = try listing("whole.zip")
    }
    for place in [bytes.count - 14, bytes.count - 12] { bytes[place] = UInt8(count) }
    try folder.write(bytes, "set.zip")
    let error = #expect(throws: DataError.self) { try listing("set.zip") }
    #expect(error?.description.contains("list of members holds 6, and \(count) by its own count") == true)
  }

  @Test func separatorsMayBeMixed() throws {
    try folder.write(ZipWriter([("cat\\1.png", image), ("cat/2.png", image), ("dog/1.apng", image)]).bytes, "set.zip")
    #expect(try listing("set.zip").classCounts == [2, 1])
  }

  @Test(arguments: [(1, "0 to 1 of 255"), (16, "multiply them by 15"), (17, nil)] as [(UInt8, String?)])
  func darkImagesAreSaid(brightest: UInt8, words: String?) throws {
    for name in ["a/1.png", "b/1.png", "b/2.png"] {
      let pixels = (0..<16).map { $0 == 7 && name == "b/1.png" ? brightest : UInt8($0 % 2) }
      try folder.write(try PNG.encode(Image(width: 4, height: 4, channels: 1, pixels: pixels)), "set/\(name)")
    }
    let dataset = try Dataset.open(folder["set"])
    let own = try dataset.list(.whole)
    let samples = try dataset.load(own, classes: ClassAssignment(own: own), pool: ThreadPool(threads: 1))
    #expect(samples.summary.warnings.count == (words == nil ? 0 : 1))
    if let words { #expect(samples.summary.warnings.first?.contains(words) == true) }
  }
}
