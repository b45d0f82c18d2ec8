import Evaluation
import Images
import Kernels
import Reports
import Support
import Testing

/// What `cas data check` finds in sets whose copies are known.
@Suite struct DataCheckTests {
  private let folder: TemporaryFolder

  /// Four stripes a class in each of two splits; one of the training images is also a test image, one is there twice.
  init() throws {
    folder = try TemporaryFolder()
    try Stripes.write(to: folder, "set/train", perClass: 4, seed: 1)
    try Stripes.write(to: folder, "set/test", perClass: 4, seed: 2)
    try folder.write(folder.bytes("set/test/across/2.png"), "set/train/upright/9.png")
    try folder.write(folder.bytes("set/train/diagonal/1.png"), "set/train/diagonal/8.png")
  }

  private func check(_ set: String, real: String? = nil, train: String? = nil, threads: Int = 2) throws -> DataCheck {
    func path(_ name: String) -> String { "\(folder.path)/\(name)" }
    return try DataCheck(
      DataCheck.Request(path: path(set), real: real.map(path), realTrain: train.map(path)),
      RunContext.testing(threads: threads).reader)
  }

  @Test func testImagesAmongTheTrainingImagesAreFound() throws {
    let found = try check("set")
    let parts = found.document.results
    #expect(parts.map(\.split) == ["train", "test"] && parts.map(\.images) == [14, 12])
    #expect(
      parts[0].against == ["\(folder.path)/set/test (test)"] && parts[1].against.isEmpty && parts[1].leaks.isEmpty)
    let leak = try #require(parts[0].leaks.first)
    #expect(parts[0].leaks.count == 1 && found.document.leaks == 1 && found.document.damaged == 0)
    #expect(leak.image == "upright/9.png" && leak.className == "upright")
    #expect(
      leak.original == "across/2.png" && leak.originalClass == "across" && leak.set == "\(folder.path)/set/test (test)")
    #expect(leak.kind == "exact" && !leak.mirrored && leak.distance == 0)
    let twice = parts.map { $0.duplicates.map { [$0.image, $0.original] } }
    #expect(twice == [[["diagonal/8.png", "diagonal/1.png"]], []])
    // The pictures of the sheet: the copy, then its original.
    let pair = try #require(found.pairs.first)
    #expect(found.pairs.count == 1 && pair.copy == leak && pair.image == pair.original)
    #expect(found.sets.map(\.split) == ["train", "test"])
  }

  /// With real images to compare with, these are all of their splits, and the set's own splits are not compared.
  @Test func copiesOfRealImagesAreFound() throws {
    let original = Stripes.image(class: 1, index: 0, side: 24, seed: 7)
    let rows = stride(from: 0, to: 24 * 24, by: 24).map { original.pixels[$0..<$0 + 24] }
    let mirrored = Image(width: 24, height: 24, channels: 1, pixels: rows.flatMap { $0.reversed() })
    for (name, image) in [("real/train/a/0.png", original), ("samples/a/0.png", mirrored)] {
      try folder.write(PNG.encode(image), name)
    }
    try folder.write(folder.bytes("set/train/across/0.png"), "real/test/a/1.png")
    try folder.write(folder.bytes("set/train/across/0.png"), "samples/b/1.png")
    let found = try check("samples", real: "real")
    let part = try #require(found.document.results.first)
    #expect(found.document.results.count == 1 && part.split == nil && part.duplicates.isEmpty)
    #expect(part.against == ["\(folder.path)/real/train (train)", "\(folder.path)/real/test (test)"])
    #expect(
      part.leaks.map { [$0.image, $0.original, $0.kind] } == [
        ["a/0.png", "a/0.png", "near"], ["b/1.png", "a/1.png", "exact"],
      ])
    #expect(part.leaks.map(\.mirrored) == [true, false] && part.leaks[0].distance < 1)
    #expect(part.leaks.map(\.set) == part.against)
    #expect(found.pairs[0].image == mirrored && found.pairs[0].original == original)
    #expect(found.sets.map(\.path) == ["samples", "real/train", "real/test"].map { "\(folder.path)/\($0)" })
    let both = try check("set", real: "samples", train: "real", threads: 1)
    #expect(both.document.results.map { $0.leaks.count } == [1, 0] && both.document.results[0].against.count == 3)
  }

  @Test func damagedFilesAreNamed() throws {
    try folder.write([1, 2, 3], "set/test/across/7.png")
    let found = try check("set")
    #expect(found.document.damaged == 1 && found.document.results.map(\.damaged.count) == [0, 1])
    #expect(found.document.results[1].damaged[0].contains("set/test/across/7.png"))
    #expect(throws: (any Error).self) { try check("nowhere") }
    #expect(throws: (any Error).self) { try check("set", real: "nowhere") }
  }
}
