import Datasets
import Foundation
import Testing

struct FileTests {
  @Test func aFileIsReplacedWhole() throws {
    let folder = try DataFolder()
    try AtomicFile.write(bytes: Array("old".utf8), to: folder["report.json"])
    try AtomicFile.write(bytes: Array("new one".utf8), to: folder["report.json"])
    #expect(try InputFile.contents(of: folder["report.json"]) == Array("new one".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.json"])
  }

  @Test func portionsOfAllSizesArriveInOrder() throws {
    let folder = try DataFolder()
    let portions = [0, 1, 65_535, 65_536, 3, 200_000, 70].enumerated().map { index, count in
      [UInt8](repeating: UInt8(index), count: count)
    }
    try AtomicFile.write(to: folder["large"]) { writer in for portion in portions { try writer.write(portion) } }
    #expect(try InputFile.contents(of: folder["large"]) == Array(portions.joined()))
  }

  @Test func aFailureLeavesTheOldFileAndNothingElse() throws {
    struct Stop: Error {}
    let folder = try DataFolder()
    try folder.write("old", "model")
    #expect(throws: Stop.self) {
      try AtomicFile.write(to: folder["model"]) { writer in
        try writer.write([UInt8](repeating: 1, count: 100_000))
        throw Stop()
      }
    }
    #expect(try InputFile.contents(of: folder["model"]) == Array("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model"])
  }

  @Test func leftoversAreRemovedAndNothingElse() throws {
    let folder = try DataFolder()
    for name in [".model.12-0.cas-partial", ".hidden", "model.cas-partial", "model"] { try folder.write("x", name) }
    AtomicFile.removeLeftovers(in: folder.path)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(left == [".hidden", "model", "model.cas-partial"])
  }

  @Test func aMissingFolderIsAnErrorWithThePath() throws {
    let folder = try DataFolder()
    let error = #expect(throws: FileError.self) { try AtomicFile.write(bytes: [1], to: folder["no/such/file"]) }
    #expect(error == FileError(.create, folder["no/such/file"], code: ENOENT))
    #expect(
      error?.description == "cannot create \(folder["no/such/file"]): No such file or directory; make its folder first."
    )
    #expect(error?.exitCode == 74)
  }

  @Test func aFullDiskIsAnErrorWithARemedy() {
    #expect(
      FileError(.write, "runs/a/report.json", code: ENOSPC).description
        == "cannot write runs/a/report.json: No space left on device; free some space or choose a folder on another disk."
    )
  }

  @Test func onlyRegularFilesAreRead() throws {
    let folder = try DataFolder()
    #expect(mkfifo(folder["pipe.png"], 0o600) == 0)
    #expect(throws: FileError(.read, folder["pipe.png"], code: EINVAL)) { try InputFile(folder["pipe.png"]) }
    #expect(throws: FileError(.read, folder.path, code: EISDIR)) { try InputFile(folder.path) }
    let missing = #expect(throws: FileError.self) { try InputFile(folder["none"]) }
    #expect(missing?.exitCode == 66)
  }
}

@Suite struct PathPartsTests {
  @Test(arguments: [
    ("x", ".", "x"), ("é", ".", "é"), ("a/x", "a", "x"), ("/x", "/", "x"), ("a/b//x/", "a/b", "x"), (".", ".", "."),
    ("/", "/", ""), ("a//b", "a", "b"), ("", ".", ""),
  ])
  func cutAtTheLastSlash(path: String, folder: String, name: String) {
    let parts = PathParts(path)
    #expect(parts.folder == folder && parts.name == name)
  }
}
