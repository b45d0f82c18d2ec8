import Datasets
import Foundation
import Images
import Testing

struct ClassFolderTests {
  @Test func hiddenThingsAndOtherFilesAreIgnoredAndCounted() throws {
    let folder = try DataFolder()
    try folder.writeClasses(
      "set", ["2": ["10.png", "9.PNG", "1.Jpg"], "10": ["a.jpeg"], ".ipynb_checkpoints": ["x.png"]])
    try folder.write("notes", "set/README.txt")
    try folder.write("x", "set/2/.DS_Store")
    try folder.write("x", "set/2/deep/er/11.png")
    try folder.write("x", "set/2/.hidden/12.png")
    try folder.write("x", "set/10/labels.csv")
    let dataset = try Dataset.open(folder["set"])
    #expect(dataset.format == .classFolders)
    #expect(dataset.splits == [.whole])
    let listing = try dataset.list(.test)
    #expect(listing.classNames == ["10", "2"])
    #expect(listing.classCounts == [1, 4])
    #expect(
      listing.entries.map(\.member) == ["10/a.jpeg", "2/1.Jpg", "2/9.PNG", "2/10.png", "2/deep/er/11.png"])
    #expect(listing.ignoredHidden == 3)
    #expect(listing.ignoredOther == 2)
    #expect(listing.warnings.isEmpty)
  }

  @Test func imagesBesideTheClassFoldersGiveAWarning() throws {
    let folder = try DataFolder()
    try folder.writeClasses("set", ["a": ["1.png"]])
    try folder.write(Image.grey(4, 4), "set/stray.png")
    let listing = try Dataset.open(folder["set"]).list(.test)
    #expect(listing.entries.count == 1)
    #expect(listing.ignoredOther == 1)
    #expect(listing.warnings == ["1 image beside the class folders of \(folder["set"]) ignored."])
  }

  @Test func imagesOfOtherKindsGiveAWarning() throws {
    let folder = try DataFolder()
    try folder.writeClasses("set", ["a": ["1.png", "2.webp", "3.WEBP", "4.bmp"]])
    #expect(
      try Dataset.open(folder["set"]).list(.test).warnings == [
        "1 file of the kind .bmp in \(folder["set"]) ignored: only PNG and JPEG are read.",
        "2 files of the kind .webp in \(folder["set"]) ignored: only PNG and JPEG are read.",
      ])
  }

  static let layouts: [(folders: [String], splits: [Split], test: String?)] = [
    (["train", "test"], [.train, .test], "test"), (["train", "val"], [.train, .test], "val"),
    (["train", "validation"], [.train, .test], "validation"), (["train", "valid"], [.train, .test], "valid"),
    (["train", "val", "test"], [.train, .test], "test"), (["train", "test", ".git"], [.train, .test], "test"),
    (["valid", "train", "val"], [.train, .test], "val"),
    (["train", "test", "other"], [.whole], nil), (["training", "testing"], [.train, .test], "testing"),
    (["Train", "TEST", "lost+found"], [.train, .test], "TEST"), (["TRAIN", "dev"], [.train, .test], "dev"),
    (["training", "train", "eval"], [.train, .test], "eval"),
  ]

  @Test(arguments: layouts)
  func twoSplitsAreRecognisedByTheirNames(folders: [String], splits: [Split], test: String?) throws {
    let folder = try DataFolder()
    for name in folders { try folder.writeClasses("set/\(name)", ["a": ["1.png"], "b": ["2.png"]]) }
    let dataset = try Dataset.open(folder["set/"])
    #expect(dataset.splits == splits)
    #expect(dataset.hasTwoSplits == (splits.count == 2))
    let listing = try dataset.list(.test)
    #expect(listing.path == test.map { folder["set/\($0)"] } ?? folder["set"])
    #expect(listing.classNames == (test == nil ? folders.sorted() : ["a", "b"]))
    // A name that is not used, or splits that count as classes.
    let splitNames = folders.filter { !["other", ".git", "lost+found"].contains($0) }
    #expect(listing.warnings.count == (test == nil ? 1 : splitNames.count - 2))
    let train = folders.sorted().last { $0.lowercased().hasPrefix("train") && $0 != "training" } ?? "training"
    if dataset.hasTwoSplits { #expect(try dataset.list(.train).path == folder["set/\(train)"]) }
  }

  @Test(.timeLimit(.minutes(1))) func linksInACircleComeToAnEnd() throws {
    let folder = try DataFolder()
    try folder.writeClasses("set", ["a": ["1.png"], "b": ["2.png"]])
    try folder.link("set/a/self", to: ".")
    try folder.link("set/a/up", to: "..")
    try folder.link("set/b/across", to: "../a")
    try folder.link("set/c", to: "b")
    let listing = try Dataset.open(folder["set"]).list(.test)
    #expect(listing.classNames == ["a", "b", "c"])
    #expect(
      listing.entries.map(\.member) == ["a/1.png", "b/2.png", "b/across/1.png", "c/2.png", "c/across/1.png"])
    #expect(listing.warnings.count == 1)
  }

  /// Each level leads to the next one twice, so the number of paths doubles with each.
  @Test(.timeLimit(.minutes(1))) func manyPathsToOneFolderAreWalkedOnce() throws {
    let folder = try DataFolder()
    for level in 0..<30 {
      try folder.makeFolder("levels/\(level)")
      for name in ["x", "y"] { try folder.link("levels/\(level)/\(name)", to: "../\(level + 1)") }
    }
    try folder.write(Image.grey(4, 4), "levels/30/1.png")
    // Beside another class, since a folder alone is one around the classes.
    try folder.writeClasses("set", ["b": ["1.png"]])
    try folder.link("set/a", to: "../levels/0")
    #expect(try Dataset.open(folder["set"]).list(.test).classCounts == [1, 1])
  }

  @Test func linkedFilesCountAndBrokenLinksAreErrors() throws {
    let folder = try DataFolder()
    try folder.writeClasses("set", ["a": ["1.png"]])
    try folder.link("set/a/2.png", to: "1.png")
    #expect(try Dataset.open(folder["set"]).list(.test).entries.count == 2)
    try folder.link("set/a/3.png", to: "none.png")
    #expect(throws: DataError.brokenLink(folder["set/a/3.png"])) { try Dataset.open(folder["set"]).list(.test) }
  }

  @Test func pipesAndDevicesAreNotImages() throws {
    let folder = try DataFolder()
    try folder.writeClasses("set", ["a": ["1.png"]])
    #expect(mkfifo(folder["set/a/2.png"], 0o600) == 0)
    let listing = try Dataset.open(folder["set"]).list(.test)
    #expect(listing.entries.count == 1 && listing.ignoredOther == 1)
  }

  @Test func aNameInTwoUnicodeSpellingsIsAnError() throws {
    let folder = try DataFolder()
    try folder.writeClasses("set", ["cafe\u{301}": ["1.png"]])
    try folder.write(Image.grey(4, 4), "set/caf\u{E9}/1.png")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder["set"])
    #expect(names.count == 2)
    let error = #expect(throws: DataError.self) { try Dataset.open(folder["set"]).list(.test) }
    #expect(error?.description.contains("two Unicode forms") == true)
  }

  @Test func whatIsNoDataSetIsSaid() throws {
    let folder = try DataFolder()
    try folder.makeFolder("empty")
    try folder.write(Image.grey(4, 4), "flat/1.png")
    try folder.write("PK\u{3}\u{4}rest", "set.zip")
    try folder.write([0x1F, 0x8B, 8, 0], "set.tar.gz")
    try folder.write([UInt8](repeating: 0, count: 257) + Array("ustar\u{0}00".utf8), "set.tar")
    try folder.write("x", "shards/000.tar")
    try folder.write("text", "file.txt")
    let table: [(String, DataError)] = [
      ("none", .notFound(folder["none"])),
      ("set.zip", .damaged(folder["set.zip"], "it is not a zip archive, or it is cut short")),
      ("set.tar", .damaged(folder["set.tar"], "it ends before the mark of its end: it is cut short")),
      ("shards", .damaged(folder["shards/000.tar"], "it ends before the mark of its end: it is cut short")),
      ("set.tar.gz", .unsupportedFormat(folder["set.tar.gz"], kind: "a gzip-compressed file")),
      ("file.txt", .unknownFormat(folder["file.txt"])),
      ("empty", .noClassFolders(folder["empty"], looseImages: 0)),
      ("flat", .noClassFolders(folder["flat"], looseImages: 1)),
    ]
    for (name, expected) in table {
      #expect(throws: expected) { try Dataset.open(folder[name]).list(.test) }
    }
    #expect(DataError.notFound("x").exitCode == 66)
    #expect(DataError.unknownFormat("x").exitCode == 65)
  }
}
