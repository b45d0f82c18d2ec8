import Foundation
import Images
import Support
import Testing

/// Where results may be written: never over what is read, and under any name.
@Suite(.serialized) struct OutputTests {
  private func data() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 8, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 6, seed: 2)
    try Stripes.write(to: folder, "good", perClass: 8, seed: 3)
    return folder
  }

  private func train(_ folder: TemporaryFolder, _ output: String, _ more: String...) throws -> Program.Result {
    try Program.run(
      [
        "train", "--synthetic", "\(folder.path)/good", "--real", "\(folder.path)/real", "--model", "resnet8", "--steps",
        "2", "--batch-size", "8", "--quiet", "--output", "\(folder.path)/\(output)",
      ] + more)
  }

  @Test func nothingThatIsReadIsReplaced() throws {
    let folder = try data()
    let pixels = (0..<12).flatMap { image in [UInt8](repeating: UInt8(image * 20), count: 64) }
    try folder.write(
      ZipWriter([
        ("arr_0.npy", NPYWriter.file("|u1", shape: [12, 8, 8, 1], pixels)),
        ("arr_1.npy", NPYWriter.file("<i8", shape: [12], (0..<12).flatMap { le($0 % 3, 8) })),
      ]).bytes, "set.npz")
    let numbers = (0..<200).map { Float(($0 * 37) % 101) / 50 }
    try folder.write(
      ZipWriter([
        ("features.npy", NPYWriter.file("<f4", shape: [50, 4], numbers.flatMap { le(Int($0.bitPattern), 4) }))
      ]).bytes,
      "features.npz")
    try folder.write(Array("name,a,b\nx,1,2\ny,2,3\nz,3,1\n".utf8), "table.csv")
    #expect(try train(folder, "run").code == 0 && train(folder, "other", "--seed", "1").code == 0)
    let path = folder.path
    for (arguments, output) in [
      (
        [
          "metrics", "--features-synthetic", "\(path)/features.npz", "--features-real", "\(path)/features.npz",
          "--html",
        ], "features.npz"
      ),
      (
        [
          "metrics", "--features-synthetic", "\(path)/features.npz", "--features-real", "\(path)/features.npz",
          "--write-statistics",
        ], "features.npz"
      ),
      (["data", "pack", "\(path)/set.npz", "--output"], "set.npz"),
      (["data", "pack", "\(path)/good", "--output"], "good/across/0.png"),
      (["data", "check", "\(path)/set.npz", "--real", "\(path)/real", "--sheet"], "set.npz"),
      (["features", "--images", "\(path)/set.npz", "--real", "\(path)/real", "--output"], "set.npz"),
      (["correlate", "\(path)/table.csv", "--html"], "table.csv"),
      (["report", "\(path)/run", "\(path)/other", "--output"], "run/report.json"),
      (["report", "\(path)/run", "\(path)/other", "--output"], "other/model-good-seed1.safetensors"),
    ] {
      let before = try folder.bytes(output)
      let result = try Program.run(arguments + ["\(path)/\(output)"])
      #expect(result.code == 64 && result.errors.contains(output), "\(arguments[0]) \(output): \(result.errors)")
      #expect(try Bool(folder.bytes(output) == before), "\(arguments[0]) \(output)")
    }
    let twice = try Program.run(
      "metrics", "--features-synthetic", "\(path)/features.npz", "--features-real", "\(path)/features.npz",
      "--write-statistics", "\(path)/both", "--html", "\(path)/both")
    #expect(twice.code == 64 && twice.errors.contains("Choose two"), "\(twice.errors)")
  }

  /// Names of one letter, without a slash, in the folder where one is.
  @Test func aNameMayBeOneLetter() throws {
    let folder = try data()
    #expect(try train(folder, "run").code == 0 && train(folder, "other", "--seed", "1").code == 0)
    let page = try Program.run("report", "run", "other", "--output", "x", in: folder.path)
    #expect(page.code == 0, "\(page.errors)")
    let text = String(decoding: try folder.bytes("x"), as: UTF8.self)
    #expect(text.contains(">run<") && text.contains(">other<") && text.contains("</html>"))
    // A run's name is text, whatever is in it, and the difference is that of the comparison.
    #expect(try train(folder, "a<b>", "--seed", "2").code == 0)
    let odd = try Program.run("report", "run", "a<b>", "--output", "odd.html", in: folder.path)
    let markup = String(decoding: try folder.bytes("odd.html"), as: UTF8.self)
    #expect(odd.code == 0 && markup.contains("a&lt;b&gt;") && !markup.contains("a<b>"), "\(odd.errors)")
    let packed = try Program.run("data", "pack", "good", "--output", "p", in: folder.path)
    #expect(packed.code == 0 && packed.output.hasPrefix("p: 24 images"), "\(packed.errors)")
    #expect(try Program.run("report", "run", "other", "--output", ".", in: folder.path).code == 74)
  }

  /// Two runs at once into folders that nobody named.
  @Test func runsHaveFoldersOfTheirOwn() throws {
    let folder = try data()
    let arguments = [
      "train", "--synthetic", "good", "--real", "real", "--model", "resnet8", "--steps", "2", "--batch-size", "8",
      "--quiet",
    ]
    let first = try Program.Running(arguments, in: folder.path)
    let second = try Program.Running(arguments, in: folder.path)
    #expect(first.finish().code == 0 && second.finish().code == 0)
    let runs = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/runs")
    #expect(runs.count == 2 && runs.allSatisfy { $0.contains(#/^\d{8}-\d{6}-good(-2)?$/#) }, "\(runs)")
    for run in runs { #expect(try !folder.bytes("runs/\(run)/report.json").isEmpty) }
  }

  @Test func unfinishedAndForeignFoldersAreCalledWhatTheyAre() throws {
    let folder = try data()
    #expect(try train(folder, "a b").code == 0)
    try FileManager.default.removeItem(atPath: "\(folder.path)/a b/report.json")
    for command in [["check", "--min-top1", "0"], ["report"], ["compare"]] {
      let result = try Program.run([command[0], "\(folder.path)/a b"] + command.dropFirst())
      #expect(
        result.code == 64
          && result.errors.contains("is not finished. Go on with: cas train --resume '\(folder.path)/a b'"),
        "\(result.errors)")
    }
    #expect(try Program.run("train", "--resume", "\(folder.path)/a b").code == 0)
    let file = try Program.run("check", "\(folder.path)/a b/report.json", "--min-top1", "0")
    #expect(file.code == 64 && file.errors.contains("Name the run's folder, \(folder.path)/a b."), "\(file.errors)")
    try folder.write(Array("seed: 3\n".utf8), "project/config.yaml")
    let foreign = try train(folder, "project")
    #expect(foreign.code == 64 && foreign.errors.contains("is not empty and holds no run"), "\(foreign.errors)")
    let moved = try train(folder, "a b", "--synthetic", "more=\(folder.path)/good")
    #expect(moved.code == 64 && moved.errors.contains("synthetic"), "\(moved.errors)")
  }
}
