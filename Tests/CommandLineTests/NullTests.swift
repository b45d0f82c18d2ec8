import Foundation
import Support
import Testing

/// What must come out when there is nothing to find.
@Suite(.serialized) struct NullTests {
  private static let quick = ["--model", "resnet8", "--batch-size", "16", "--quiet", "--json"]

  private func run(_ folder: TemporaryFolder, _ set: String, _ more: [String]) throws -> Program.Result {
    let result = try Program.run(
      [
        "train", "--synthetic", "\(folder.path)/\(set)", "--real", "\(folder.path)/real", "--output",
        "\(folder.path)/run-\(URL(filePath: set).lastPathComponent)",
      ] + Self.quick + more)
    #expect(result.code == 0, "\(result.errors)")
    return result
  }

  private func data() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 24, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 20, seed: 2)
    return folder
  }

  @Test func theRealTrainingSetGivesTheBaselineExactly() throws {
    let folder = try data()
    let report = try Document(try run(folder, "real", ["--epochs", "3", "--seeds", "2"]).output)
    let own = report["results"].entry("kind", "cas")
    let baseline = report["results"].entry("kind", "baseline")
    #expect(own["top1"]["perSeed"].list.map(\.number) == baseline["top1"]["perSeed"].list.map(\.number))
    #expect(own["brier"].number == baseline["brier"].number && own["relativeDrop"]["top1"].number == 0)
    #expect(own["difference"]["value"].number == 0 && own["difference"]["pValue"].number == 1)
    #expect(own["perClass"].list.allSatisfy { $0["adjustedP"].number == 1 && $0["adjustedSeedP"].number == 1 })
    #expect(own["difference"]["seedPValue"].number == 1 && own["difference"]["adjustedSeedP"].number == 1)
    for seed in 0...1 {
      #expect(
        try Bool(
          folder.bytes("run-real/model-real-seed\(seed).safetensors")
            == folder.bytes("run-real/model-baseline-seed\(seed).safetensors")))
    }
  }

  @Test func shuffledLabelsGiveChance() throws {
    let folder = try data()
    // Each class folder holds as many pictures of every pattern: the labels say nothing.
    for label in 0..<3 {
      for index in 0..<24 {
        let bytes = try folder.bytes("real/train/\(Stripes.classes[(label + index) % 3])/\(index).png")
        try folder.write(bytes, "shuffled/\(Stripes.classes[label])/\(index).png")
      }
    }
    let report = try Document(try run(folder, "shuffled", ["--epochs", "4", "--seeds", "6"]).output)
    let shuffled = report["results"].entry("kind", "cas")
    // All pictures of a pattern are taken for one class or another, so that a single seed may be lucky three times.
    let top1 = try #require(shuffled["top1"]["value"].number)
    #expect(abs(top1 - 1.0 / 3) < 0.3, "\(top1)")
    let loss = try #require(shuffled["training"]["finalLoss"].number)
    #expect(loss > 0.9 * log(3), "\(loss)")
    let baseline = try #require(report["results"].entry("kind", "baseline")["training"]["finalLoss"].number)
    #expect(baseline < loss)
  }

  @Test func droppedClassesScoreZeroAndAreNamed() throws {
    let folder = try data()
    for index in 0..<24 { try folder.write(folder.bytes("real/train/across/\(index).png"), "half/across/\(index).png") }
    let arguments = ["--epochs", "2", "--allow-missing-classes"]
    let report = try Document(try run(folder, "half", arguments).output)
    let half = report["results"].entry("kind", "cas")
    #expect(half["perClass"].list.map { $0["top1"].number } == [1, 0, 0])
    // The baseline has real images of the classes that the set lacks, as many as of the one that it has.
    let baseline = report["results"].entry("kind", "baseline")
    #expect(baseline["training"]["trainingImages"].number == 72 && half["training"]["trainingImages"].number == 24)
    #expect(
      report["warnings"].list.contains {
        $0.text?.hasPrefix("half lacks 2 classes: its baseline has 48 real images of them") == true
      })
    #expect(report["data"]["synthetic"]["half"]["missingClasses"].list.compactMap(\.text) == ["diagonal", "upright"])
    let shown = try Program.run("train", "--resume", "\(folder.path)/run-half")
    #expect(shown.output.contains("no images of diagonal, upright, so it scores 0 there"), "\(shown.output)")
    let page = String(decoding: try folder.bytes("run-half/report.html"), as: UTF8.self)
    #expect(page.contains("no images of diagonal, upright"))
    let sentence = "half: no training images of diagonal, upright, so it scores 0 there"
    for command in [["check", "--min-top1", "0"], ["report", "--format", "markdown"], ["compare", "--baselines"]] {
      let said = try Program.run([command[0], "\(folder.path)/run-half"] + command.dropFirst())
      #expect(said.code == 0 && said.output.contains(sentence), "\(command): \(said.output)")
    }
    let classes = String(decoding: try folder.bytes("run-half/per_class.csv"), as: UTF8.self).split(separator: "\n")
    #expect(classes.filter { $0.hasPrefix("half,") && $0.contains(",0,half/") }.count == 2)
    // Added to the real images they lack nothing.
    let added = try Program.run(
      [
        "nas", "--synthetic", "half=\(folder.path)/half", "--real", "\(folder.path)/real", "--add", "0.5", "--output",
        "\(folder.path)/added", "--model", "resnet8", "--quiet",
      ] + arguments)
    #expect(added.code == 0, "\(added.errors)")
    let gate = try Program.run("check", "\(folder.path)/added", "--min-top1", "0")
    #expect(gate.code == 0 && !gate.output.contains("no training images"), "\(gate.output)")
  }
}
