import Datasets
import Foundation
import Images
import Kernels
import Synchronization
import Testing

@Suite(.serialized) struct SampleLoaderTests {
  private func load(
    _ path: String, _ options: LoadOptions = LoadOptions(), threads: Int = 2,
    progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws -> Samples {
    let dataset = try Dataset.open(path)
    let listing = try dataset.list(.test)
    return try dataset.load(
      listing, classes: ClassAssignment(own: listing), options: options, pool: ThreadPool(threads: threads),
      progress: progress)
  }

  /// 300 different grey images in three classes.
  private func set(side: Int = 6) throws -> DataFolder {
    let folder = try DataFolder()
    for index in 0..<300 {
      try folder.write(
        Image.grey(side, side, first: UInt8(index % 256)), "set/\(["x", "10", "2"][index % 3])/\(index).png")
    }
    return folder
  }

  @Test func imagesStandInTheirOrder() throws {
    let folder = try set()
    let samples = try load(folder["set"])
    #expect(samples.count == 300)
    #expect(samples.classNames == ["10", "2", "x"])
    #expect(samples.classCounts == [100, 100, 100])
    #expect(samples.shape == Shape(height: 6, width: 6, channels: 1))
    #expect(samples.members.prefix(3) == ["10/1.png", "10/4.png", "10/7.png"])
    #expect(samples.members[100] == "2/2.png" && samples.labels[100] == 1)
    for (place, member) in samples.members.enumerated() {
      let index = try #require(Int(member.split(separator: "/")[1].dropLast(4)))
      #expect(try Array(samples[place]) == Image.grey(6, 6, first: UInt8(index % 256)).pixels)
    }
    #expect(samples.summary.codecs == ["png": 300])
    #expect(samples.summary.warnings.isEmpty)
  }

  @Test func threadsDoNotChangeAnything() throws {
    let folder = try set()
    let one = try load(folder["set"], threads: 1)
    for threads in [2, 3, 5] { #expect(try load(folder["set"], threads: threads) == one) }
  }

  @Test(arguments: [1, 2, 4])
  func theFirstDamagedFileIsNamed(threads: Int) throws {
    let folder = try set()
    let whole = try InputFile.contents(of: folder["set/2/101.png"])
    for name in ["x/0.png", "2/101.png", "2/290.png", "x/297.png"] {
      try folder.write(Array(whole.prefix(60)), "set/\(name)")
    }
    let error = #expect(throws: ImageError.self) { try load(folder["set"], threads: threads) }
    #expect(error?.description.contains(folder["set/2/101.png"]) == true, "\(error?.description ?? "")")
  }

  @Test func progressGoesUpToTheEndOneCallAtATime() throws {
    let folder = try set()
    let calls = Mutex<[Int]>([])
    let inside = Mutex(())
    _ = try load(folder["set"], threads: 4) { done, total in
      let alone: Void? = inside.withLockIfAvailable { _ in calls.withLock { $0.append(done) } }
      if alone == nil || total != 300 { calls.withLock { $0.append(-1) } }
    }
    let seen = calls.withLock { $0 }
    #expect(seen == seen.sorted() && seen.first.map { $0 > 0 } == true && seen.last == 300)
  }

  @Test func greyIsTheSameHoweverItIsStored() throws {
    let folder = try DataFolder()
    for index in 0..<40 {
      let image = Image.grey(5, 4, first: UInt8(index))
      try folder.write(image, "grey/a/\(index).png")
      try folder.write(image.tripled, "rgb/a/\(index).png")
      try folder.write(index % 2 == 0 ? image : image.tripled, "both/a/\(index).png")
    }
    let grey = try load(folder["grey"])
    #expect(grey.shape == Shape(height: 4, width: 5, channels: 1))
    for name in ["rgb", "both"] {
      let other = try load(folder[name])
      #expect(try Bool(other.shape == grey.shape && other.pixels == grey.pixels))
      #expect(other.summary.hash == grey.summary.hash)
      let tripled = try grey.pixels.flatMap { [$0, $0, $0] }
      #expect(try Bool(load(folder[name], LoadOptions(channels: 3)).pixels == tripled))
    }
  }

  /// One image with colour, wherever it stands, makes all of them RGB; asked for one channel, it becomes its luminance.
  @Test(arguments: [0, 17, 39])
  func oneColouredImageMakesThreeChannels(place: Int) throws {
    let folder = try DataFolder()
    for index in 0..<40 {
      try folder.write(
        index == place ? Image.coloured(4, 4) : Image.grey(4, 4, first: UInt8(index)), "set/a/\(index).png")
    }
    let samples = try load(folder["set"])
    #expect(samples.shape.channels == 3)
    #expect(try Array(samples[place]) == Image.coloured(4, 4).pixels)
    #expect(try Array(samples[5]) == Image.grey(4, 4, first: 5).tripled.pixels)
    let reduced = try load(folder["set"], LoadOptions(channels: 1))
    #expect(try Array(reduced[place]) == Image.coloured(4, 4).luminance().pixels)
  }

  @Test func mixedSizesAreAnErrorThatListsThem() throws {
    let folder = try set()
    for index in 0..<4 { try folder.write(Image.grey(8, 7), "set/2/big\(index).png") }
    try folder.write(Image.grey(3, 3), "set/x/small.png")
    let error = #expect(throws: DataError.self) { try load(folder["set"]) }
    #expect(
      error?.description == "\(folder["set"]): the images have different sizes: 6x6 (300 images, such as 10/1.png), "
        + "8x7 (4 images, such as 2/big0.png), 3x3 (1 image, such as x/small.png); use --input SIZE with --resize "
        + "squash or --resize crop.")
    #expect(error?.exitCode == 65)
    for mode in ResizeMode.allCases {
      let samples = try load(folder["set"], LoadOptions(input: 6, resize: mode))
      #expect(samples.shape == Shape(height: 6, width: 6, channels: 1) && samples.count == 305)
      // An image that has the size already is not touched, unless every image loses its margin.
      let same = Image.grey(6, 6, first: 1)
      let inner = same.resized(toSquare: 6, mode: .cropInner, filter: .bicubic)
      #expect(try Array(samples[0]) == (mode == .cropInner ? inner : same).pixels && inner != same)
      let place = try #require(samples.members.firstIndex(of: "2/big0.png"))
      #expect(
        try Array(samples[place]) == Image.grey(8, 7).resized(toSquare: 6, mode: mode, filter: .bicubic).pixels)
    }
  }

  @Test func anotherSizeThanTheInputNeedsAResizeMode() throws {
    let folder = try set()
    #expect(try load(folder["set"], LoadOptions(input: 6)) == load(folder["set"]))
    for mode in ResizeMode.allCases {
      #expect(try load(folder["set"], LoadOptions(resize: mode)) == load(folder["set"]))
    }
    let error = #expect(throws: DataError.self) { try load(folder["set"], LoadOptions(input: 5)) }
    #expect(
      error?.description
        == "\(folder["set"]): not all images are 5x5: 6x6 (300 images, such as 10/1.png); add --resize "
        + "squash or --resize crop.")
  }

  @Test func setsOfDifferentSizesDoNotGoTogether() throws {
    let folder = try set()
    let larger = try set(side: 7)
    let real = try load(folder["set"])
    try real.requireSize(of: real, title: "synthetic set s")
    let error = #expect(throws: DataError.self) {
      try load(larger["set"]).requireSize(of: real, title: "synthetic set s")
    }
    #expect(
      error?.description
        == "the synthetic set s has images of 7x7 (\(larger["set"])/10/1.png), the real test set of 6x6 "
        + "(\(folder["set"])/10/1.png); use --input SIZE with --resize squash or --resize crop.")
  }

  /// Made by Pillow: a transparent PNG, a 16-bit grey PNG and a JPEG, each 4x4.
  static let odd: [(name: String, base64: String, warning: String)] = [
    (
      "alpha.png",
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAYAAACp8Z5+AAAAFUlEQVR4nGPkEpFrYEACTAxogLAAADC4AMSJf0DVAAAAAElFTkSuQmCC",
      "1 image in PATH had transparency, which was dropped."
    ),
    (
      "deep.png",
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAEEAAAAADcCh3hAAAAFklEQVR4nGMU7mBgYGBgYGBiYMDFAAAVXQCj3wCwJgAAAABJRU5ErkJggg==",
      "1 image in PATH had 16 bits and was reduced to 8."
    ),
    (
      "name.jpg",
      "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAEEAAAAADcCh3hAAAAFklEQVR4nGMU7mBgYGBgYGBiYMDFAAAVXQCj3wCwJgAAAABJRU5ErkJggg==",
      "1 file in PATH whose extension names another format."
    ),
    (
      "photo.jpeg",
      "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1x"
        + "eXBkeFxlZ2P/wAALCAAEAAQBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQR"
        + "BRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4"
        + "eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEB"
        + "AAA/AMWv/9k=",
      "PATH mixes encodings (1 jpeg, 1 png); a codec's traces can be learnt."
    ),
  ]

  @Test(arguments: odd)
  func whatDecodingChangedIsAWarning(name: String, base64: String, warning: String) throws {
    let folder = try DataFolder()
    try folder.write(Image.grey(4, 4), "set/a/plain.png")
    try folder.write(Array(try #require(Data(base64Encoded: base64))), "set/a/\(name)")
    let samples = try load(folder["set"])
    #expect(
      samples.summary.warnings.contains(warning.replacingOccurrences(of: "PATH", with: folder["set"])),
      "\(samples.summary.warnings)")
  }

  @Test func classesThatAreLeftOutAreNotDecoded() throws {
    let folder = try set()
    try folder.write("not an image", "set/2/5.png")
    let dataset = try Dataset.open(folder["set"])
    let listing = try dataset.list(.train)
    let samples = try dataset.load(
      listing, classes: ClassAssignment(classNames: ["10", "other", "x"], targets: [0, nil, 2]),
      pool: ThreadPool(threads: 2))
    #expect(samples.classCounts == [100, 0, 100])
    #expect(samples.labels == [Int32](repeating: 0, count: 100) + [Int32](repeating: 2, count: 100))
  }

  /// The embedded data: what data/README.md says of it.
  @Test(arguments: [("real", Split.test, 500), ("real", .train, 600), ("synthetic/flow", .whole, 600)])
  func theEmbeddedDataIsWhole(name: String, split: Split, perClass: Int) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("data/fashion/\(name)").path
    let dataset = try Dataset.open(root)
    let listing = try dataset.list(split)
    #expect(
      listing.classNames == [
        "ankle-boot", "bag", "coat", "dress", "pullover", "sandal", "shirt", "sneaker", "t-shirt", "trouser",
      ])
    #expect(listing.classCounts == [Int](repeating: perClass, count: 10))
    let samples = try dataset.load(listing, classes: ClassAssignment(own: listing), pool: ThreadPool(threads: 2))
    #expect(samples.shape == Shape(height: 28, width: 28, channels: 1))
    #expect(samples.summary.warnings.isEmpty && samples.summary.codecs == ["png": perClass * 10])
  }
}
