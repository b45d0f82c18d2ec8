import Datasets
import Foundation
import Images
import Kernels
import Support
import Testing

/// What lies beside the images must not change what they are taken for.
@Suite struct RecognitionTests {
  private let folder: DataFolder
  private let image: [UInt8]

  init() throws {
    folder = try DataFolder()
    image = try PNG.encode(.grey(4, 4))
  }

  private func names(_ name: String, _ split: Split = .whole) throws -> [String]? {
    try Dataset.open(folder[name]).list(split).classNames
  }

  @Test func namesWithDotsAreNoWebDataset() throws {
    let members = ["cat/cat.0.png", "cat/cat.1.png", "dog/a.png", "dog/a.jpg"].map { ($0, image) }
    try folder.write(ZipWriter(members).bytes, "set.zip")
    try folder.write(TarWriter.archive(members), "set.tar")
    for name in ["set.zip", "set.tar"] {
      #expect(try names(name) == ["cat", "dog"])
      #expect(try Dataset.open(folder[name]).list(.whole).entries.count == 4)
    }
  }

  /// Images that are cut out of an array in its file have no checksum of their own; the array's is looked at before.
  @Test func aFlippedBitOfAnArrayIsSeen() throws {
    let pixels = (0..<6 * 64).map { UInt8($0 % 251) }
    var bytes = ZipWriter([
      ("arr_0.npy", NPYWriter.file("|u1", shape: [6, 8, 8, 1], pixels)),
      ("arr_1.npy", NPYWriter.file("<i8", shape: [6], (0..<6).flatMap { le($0 % 3, 8) })),
    ]).bytes
    try folder.write(bytes, "whole.npz")
    let whole = try Dataset.open(folder["whole.npz"])
    #expect(try whole.glance(at: whole.list(.whole)).side == 8)
    bytes[250] ^= 4
    try folder.write(bytes, "flipped.npz")
    let flipped = try Dataset.open(folder["flipped.npz"])
    let listing = try flipped.list(.whole)
    #expect(throws: DataError.damaged("\(folder["flipped.npz"])/arr_0.npy", "its checksum is wrong")) {
      try flipped.glance(at: listing)
    }
  }

  /// A class of nothing but pictures of a kind that is not read is an empty one, in a folder and in an archive of it, and a
  /// folder that is called like a picture is a folder.
  @Test func classesOfUnreadablePicturesAreEmpty() throws {
    for top in ["", "set/", "x.webp/x.webp/"] {
      let members = [(top + "cat/0.png", image), (top + "dog/0.png", image), (top + "hat/x.webp", image)]
      let more = top.isEmpty ? [] : [("x.webp/x.webp", image), ("read.me", image)]
      try folder.write(ZipWriter(members + more).bytes, "set.zip")
      try folder.write(TarWriter.archive(members + more), "set.tar")
      for name in ["set.zip", "set.tar"] {
        let listing = try Dataset.open(folder[name]).list(.whole)
        #expect(listing.classNames == ["cat", "dog"] && listing.emptyClasses == ["hat"], "\(top)\(name)")
      }
    }
    for (name, bytes) in [("cat/0.png", image), ("dog/0.png", image), ("hat/x.webp", image)] {
      try folder.write(bytes, "plain/\(name)")
    }
    #expect(try Dataset.open(folder["plain"]).list(.whole).emptyClasses == ["hat"])
  }

  @Test(arguments: ["{\"prompt\": \"a cat\"}", "[1]", "no JSON"])
  func promptsInClassFoldersAreNoLabels(text: String) throws {
    let members: [(String, [UInt8])] = ["cat/0", "cat/1", "dog/0"].flatMap {
      [("\($0).png", image), ("\($0).json", Array(text.utf8))]
    }
    try folder.write(TarWriter.archive(members), "all.tar")
    try folder.write(TarWriter.archive(Array(members.dropLast())), "some.tar")
    for name in ["all.tar", "some.tar"] { #expect(try names(name) == ["cat", "dog"]) }
    // Labels for some and none for others are an error, wherever the files lie.
    try folder.write(
      TarWriter.archive([
        ("data/0.png", image), ("data/0.json", Array("{\"cls\": 3}".utf8)), ("data/1.png", image),
      ]), "partly.tar")
    #expect(throws: DataError.self) { try Dataset.open(folder["partly.tar"]) }
    // At the top there is nothing else that the class could be.
    try folder.write(TarWriter.archive([("0.png", image), ("0.json", Array(text.utf8))]), "flat.tar")
    #expect(throws: DataError.self) { try Dataset.open(folder["flat.tar"]) }
    // Where there are labels, a sample has one image.
    try folder.write(
      TarWriter.archive([("0.a.png", image), ("0.b.png", image), ("0.cls", Array("1".utf8))]), "two.tar")
    #expect(throws: DataError.self) { try Dataset.open(folder["two.tar"]) }
  }

  @Test func archivesBesideClassFoldersAreIgnored() throws {
    try folder.writeClasses("set", ["a": ["1.png"], "b": ["1.png"]])
    try folder.write(TarWriter.archive([("x/1.png", image)]), "set/backup.tar")
    #expect(try names("set") == ["a", "b"])
    for split in ["train", "val"] {
      try folder.writeClasses("imagenet/\(split)", ["a": ["1.png"], "b": ["1.png"]])
      try folder.write(TarWriter.archive([("x/1.png", image)]), "imagenet/ILSVRC_img_\(split).tar")
    }
    #expect(try Dataset.open(folder["imagenet"]).splits == [.train, .test])
    // What holds no image is no class folder, and the shards are the data.
    try folder.write(TarWriter.archive([("0.png", image), ("0.cls", Array("1".utf8))]), "shards/0.tar")
    try folder.makeFolder("shards/empty")
    try folder.write("x", "shards/logs/deep/out.txt")
    #expect(try Dataset.open(folder["shards"]).format == .webDataset)
  }

  @Test func theFolderOfRunsIsNoClass() throws {
    for split in ["train", "test"] { try folder.writeClasses("set/\(split)", ["a": ["1.png"], "b": ["1.png"]]) }
    for file in ["config.yaml", "report.json"] { try folder.write("{}", "set/runs/20260101-a/\(file)") }
    try folder.write(.grey(4, 4), "set/runs/20260101-a/thumbnails/1.png")
    #expect(try Dataset.open(folder["set"]).splits == [.train, .test])
    try FileManager.default.removeItem(atPath: folder["set/test"])
    try folder.write(ZipWriter([("a/1.png", image), ("b/1.png", image)]).bytes, "set/test.zip")
    #expect(try Dataset.open(folder["set"]).splits == [.train, .test])
    try folder.write(.grey(4, 4), "set/runs/c/1.png")
    #expect(try Dataset.open(folder["set"]).splits == [.whole])
  }

  @Test(arguments: ["", "set/"])
  func looseImagesOfAnArchiveHideNoSplits(top: String) throws {
    let inside = ["train/a/1.png", "train/b/1.png", "test/a/1.png", "test/b/1.png", "train/preview.png", "sheet.png"]
    try folder.write(ZipWriter(inside.map { (top + $0, image) }).bytes, "set.zip")
    let dataset = try Dataset.open(folder["set.zip"])
    #expect(dataset.splits == [.train, .test])
    let train = try dataset.list(.train)
    #expect(train.classNames == ["a", "b"] && train.entries.count == 2)
    #expect(train.warnings.contains { $0.contains("2 images beside the class folders") })
  }

  @Test func aZipWithBackslashesIsRead() throws {
    try folder.write(ZipWriter([("cat\\1.png", image), ("dog\\", []), ("dog\\1.png", image)]).bytes, "set.zip")
    #expect(try names("set.zip") == ["cat", "dog"])
    try folder.write(ZipWriter([("..\\cat\\1.png", image)]).bytes, "out.zip")
    #expect(throws: DataError.unsafeName(folder["out.zip"], "../cat/1.png")) { try Dataset.open(folder["out.zip"]) }
  }

  @Test func shardsMayBeginToCountAnew() throws {
    for (shard, label) in ["0", "1"].enumerated() {
      let samples: [(String, [UInt8])] = [
        ("000.png", try PNG.encode(.grey(4, 4, first: UInt8(shard)))), ("000.cls", Array(label.utf8)),
      ]
      try folder.write(TarWriter.archive(samples), "shards/s.\(shard).tar")
    }
    let dataset = try Dataset.open(folder["shards"])
    let listing = try dataset.list(.whole)
    #expect(listing.classCounts == [1, 1] && listing.entries.map(\.member) == ["s.0/000", "s.1/000"])
    let samples = try dataset.load(listing, classes: ClassAssignment(own: listing), pool: ThreadPool(threads: 1))
    #expect(Set(samples.digests).count == 2)
    // Where it is no WebDataset, one name in two archives is an error: nobody knows which of them counts.
    for shard in ["a", "b"] {
      try folder.write(
        TarWriter.archive([("README", Array("x".utf8)), ("cat/\(shard).png", image), ("dog/\(shard).png", image)]),
        "classes/\(shard).tar")
      try folder.write(
        TarWriter.archive([("000.png", image), ("000.json", Array("{\"prompt\": 1}".utf8))]), "prompts/\(shard).tar")
    }
    #expect(throws: DataError.memberTwice(folder["classes/b.tar"], "README")) { try Dataset.open(folder["classes"]) }
    #expect(throws: DataError.self) { try Dataset.open(folder["prompts"]) }
    // One name twice in one shard stays an error.
    try folder.write(TarWriter.archive([("0.png", image), ("0.png", image)]), "twice.tar")
    #expect(throws: DataError.memberTwice(folder["twice.tar"], "0.png")) { try Dataset.open(folder["twice.tar"]) }
  }

  @Test func otherArraysOfAnNPZAreLeftAlone() throws {
    let images = NPYWriter.file("|u1", shape: [2, 4, 4, 1], [UInt8](repeating: 7, count: 32))
    let labels = NPYWriter.file("<i8", shape: [2], le(0, 8) + le(1, 8))
    let text = NPYWriter.file("<U3", shape: [2], [UInt8](repeating: 0, count: 24))
    try folder.write(
      ZipWriter([("class_names.npy", text), ("arr_0.npy", images), ("arr_1.npy", labels)]).bytes, "set.npz")
    #expect(try Dataset.open(folder["set.npz"]).list(.whole).entries.count == 2)
    try folder.write(ZipWriter([("class_names.npy", text), ("pixels.npy", images), ("y.npy", labels)]).bytes, "b.npz")
    #expect(try Dataset.open(folder["b.npz"]).list(.whole).entries.count == 2)
  }

  /// Parts are cut out of the originals, so that equal middles are not equal training images.
  @Test func originalsCountWhereTheyAreCutFrom() throws {
    func samples(_ name: String, width: Int, keeping: Bool) throws -> Samples {
      var picture = Image.grey(width, 4)
      // The middle is that of all, the rest is not.
      let pixels = (0..<4 * width).map { at -> UInt8 in
        let column = at % width - (width - 4) / 2
        return (0..<4).contains(column) ? UInt8(column * 9 + at / width) : UInt8(width)
      }
      picture = Image(width: width, height: 4, channels: 1, pixels: pixels)
      try folder.write(picture, "\(name)/a/1.png")
      try folder.write(picture, "\(name)/b/1.png")
      let dataset = try Dataset.open(folder[name])
      let listing = try dataset.list(.whole)
      var options = LoadOptions(input: 4, resize: .crop)
      options.keepsOriginals = keeping
      return try dataset.load(
        listing, classes: ClassAssignment(own: listing), options: options, pool: ThreadPool(threads: 1))
    }
    let (wide, wider) = (
      try samples("wide", width: 8, keeping: true), try samples("wider", width: 10, keeping: true)
    )
    #expect(wide.summary.hash == wider.summary.hash && wide.originalsHash != wider.originalsHash)
    #expect(wide.originalsHash != nil && wide.digests == wider.digests)
    #expect(try samples("wide", width: 8, keeping: false).originalsHash == nil)
    // Grey is grey, however it is stored.
    for member in ["wide/a/1.png", "wide/b/1.png"] {
      try folder.write(try ImageDecoder.decode(contentsOf: folder[member]).image.asRGB(), member)
    }
    let dataset = try Dataset.open(folder["wide"])
    let listing = try dataset.list(.whole)
    var options = LoadOptions(channels: 1, input: 4, resize: .crop)
    options.keepsOriginals = true
    let coloured = try dataset.load(
      listing, classes: ClassAssignment(own: listing), options: options, pool: ThreadPool(threads: 1))
    #expect(coloured.originalsHash == wide.originalsHash)
    #expect(try samples("square", width: 4, keeping: true).originalsHash == nil)
  }
}

@Suite struct AvailableMemoryTests {
  private let folder: DataFolder
  private let free = 8 << 30

  init() throws {
    folder = try DataFolder()
    try folder.write("MemTotal: 9 kB\nMemAvailable:  \(free >> 10) kB\n", "proc/meminfo")
  }

  private var bytes: Int { AvailableMemory.bytes(under: folder.path) }

  @Test func whatTheSystemSays() throws {
    #expect(bytes == free)
    try folder.write("0::/\n", "proc/self/cgroup")
    try folder.write("max\n", "sys/fs/cgroup/memory.max")
    #expect(bytes == free)
  }

  @Test func theGroupAndThoseAroundIt() throws {
    try folder.write("0::/user/job\n", "proc/self/cgroup")
    try folder.write("6000\n", "sys/fs/cgroup/user/memory.max")
    try folder.write("1000\n", "sys/fs/cgroup/user/memory.current")
    #expect(bytes == 5000)
    try folder.write("4000\n", "sys/fs/cgroup/user/job/memory.max")
    try folder.write("3900\n", "sys/fs/cgroup/user/job/memory.current")
    #expect(bytes == 100)
    // What was read from the disk and is kept in case is given back.
    try folder.write("anon 1\ninactive_file 3000\nslab_reclaimable 500\n", "sys/fs/cgroup/user/job/memory.stat")
    #expect(bytes == 3600)
  }

  /// In a container the path is the host's, and the files of the group lie at the mount.
  @Test func theFirstVersion() throws {
    try folder.write("5:cpu:/x\n3:memory:/docker/abc\n", "proc/self/cgroup")
    try folder.write("7000\n", "sys/fs/cgroup/memory/memory.limit_in_bytes")
    try folder.write("2000\n", "sys/fs/cgroup/memory/memory.usage_in_bytes")
    try folder.write("total_inactive_file 500\n", "sys/fs/cgroup/memory/memory.stat")
    #expect(bytes == 5500)
  }

  @Test func quotasOfProcessors() throws {
    var processors: Double? { ControlGroup.processors(under: folder.path) }
    #expect(processors == nil)
    try folder.write("0::/job\n", "proc/self/cgroup")
    try folder.write("max 100000\n", "sys/fs/cgroup/job/cpu.max")
    #expect(processors == nil)
    try folder.write("400000 100000\n", "sys/fs/cgroup/cpu.max")
    #expect(processors == 4)
    try folder.write("150000 100000\n", "sys/fs/cgroup/job/cpu.max")
    #expect(processors == 1.5)
    try folder.write("4:cpu,cpuacct:/\n", "proc/self/cgroup")
    try folder.write("-1\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us")
    try folder.write("100000\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us")
    #expect(processors == nil)
    try folder.write("300000\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us")
    #expect(processors == 3)
  }
}
