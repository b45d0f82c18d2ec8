import Foundation
import Support
import Testing

@Suite(.serialized) struct CompareTests {
  private static let quick = ["--model", "resnet8", "--epochs", "3", "--batch-size", "16", "--quiet"]

  private func data() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 16, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 20, seed: 2)
    try Stripes.write(to: folder, "other/test", perClass: 20, seed: 9)
    try Stripes.write(to: folder, "good", perClass: 16, seed: 3)
    // The same pictures under the wrong names.
    try Stripes.write(to: folder, "bad", perClass: 16, seed: 3, classes: ["diagonal", "upright", "across"])
    return folder
  }

  private func train(_ folder: TemporaryFolder, _ set: String, output: String, _ more: [String] = []) throws {
    let result = try Program.run(
      [
        "train", "--synthetic", "\(folder.path)/\(set)", "--real", "\(folder.path)/real", "--output",
        "\(folder.path)/\(output)",
      ] + Self.quick + more)
    #expect(result.code == 0, "\(result.errors)")
  }

  @Test func runsAreComparedImageByImage() throws {
    let folder = try data()
    try train(folder, "good", output: "a", ["--seeds", "2"])
    try train(folder, "bad", output: "b", ["--seeds", "2"])
    let result = try Program.run("compare", "\(folder.path)/a", "\(folder.path)/b", "--json")
    #expect(result.code == 0, "\(result.errors)")
    let document = try Document(result.output, schema: "comparison")
    #expect(document["schemaVersion"].number == 1 && document["command"].text == "compare")
    let pair = document["results"][0]
    #expect(document["results"].list.count == 1 && pair["first"].text == "good" && pair["second"].text == "bad")
    let difference = try #require(pair["top1"]["value"].number)
    let interval = pair["top1"]["interval"].list.compactMap(\.number)
    #expect(interval.count == 2 && interval[0] <= difference && difference <= interval[1])
    #expect(pair["perSeed"].list.count == 2 && pair["perClass"].list.count == 3)
    #expect(pair["top5"].isNull && document["warnings"].list.isEmpty)

    let all = try Program.run("compare", "\(folder.path)/a", "\(folder.path)/b", "--baselines", "--json")
    let pairs = try Document(all.output)["results"].list
    #expect(pairs.count == 6)
    #expect(pairs.contains { $0["first"].text == "a:baseline" && $0["second"].text == "b:baseline" })
    // Equal trainings do not differ in one image.
    let same = try #require(pairs.first { $0["first"].text == "a:baseline" && $0["second"].text == "b:baseline" })
    #expect(same["top1"]["value"].number == 0 && same["top1"]["adjustedP"].number == 1)
    for entry in pair["perClass"].list {
      let (holm, rate) = (entry["top1"]["adjustedP"].number ?? 0, entry["falseDiscoveryRate"].number ?? 2)
      #expect(rate <= holm)
    }
    let correlated = try Program.run(
      "correlate", "\(folder.path)/a", "\(folder.path)/b", "--columns", "a:brier", "b:brier", "--json")
    #expect(correlated.code == 0, "\(correlated.errors)")
    // The runs have no set in common, so that there is no row with both.
    let correlation = try Document(correlated.output, schema: "correlation")["results"][0]
    #expect(correlation["rows"].number == 0 && correlation["kendall"].isNull)
    let text = try Program.run("compare", "\(folder.path)/a", "\(folder.path)/b")
    #expect(text.output.contains("good") && text.output.contains("McNemar"), "\(text.output)")
  }

  @Test func differencesBetweenRunsAreTold() throws {
    let folder = try data()
    try train(folder, "good", output: "a")
    try train(
      folder, "good", output: "b",
      ["--kernels", "blas", "--learning-rate", "0.05", "--seed", "4", "--per-class", "9", "--set", "testFlips=true"])
    let result = try Program.run("compare", "\(folder.path)/a", "\(folder.path)/b", "--json")
    let warnings = try Document(result.output)["warnings"].list.compactMap(\.text)
    for word in ["kernels", "learningRate", "seeds", "testFlips", "perClass", "not equally large"] {
      #expect(warnings.contains { $0.contains(word) }, "\(warnings)")
    }
    // Both asked for "auto"; what counts is what that came to.
    let report = String(decoding: try folder.bytes("b/report.json"), as: UTF8.self)
    let other = report.replacing(/"precision" : "(fp32|bf16)"/, with: "\"precision\" : \"fp8\"")
    try folder.write(Array(other.utf8), "b/report.json")
    let again = try Program.run("compare", "\(folder.path)/a", "\(folder.path)/b", "--json")
    let precision = try Document(again.output)["warnings"].list.compactMap(\.text).first { $0.contains("precision") }
    #expect(precision?.contains("b fp8") == true && precision?.contains("auto") == false, "\(precision ?? "none")")
  }

  /// How samples are added, and which real images they are added to, is no setting.
  @Test func inputsThatChangeAClassifierAreTold() throws {
    let folder = try data()
    try Stripes.write(to: folder, "more", perClass: 16, seed: 7)
    let (same, other) = (
      ["--real", "\(folder.path)/real"],
      ["--real", "\(folder.path)/real/test", "--real-train", "\(folder.path)/more"]
    )
    for (output, command, options) in [
      ("a", ["nas", "--add", "1"], same), ("b", ["nas", "--add", "1", "--mix", "batch"], same),
      ("c", ["nas", "--add", "1"], other), ("d", ["train"], same), ("e", ["train"], other),
    ] {
      let result = try Program.run(
        command + ["--synthetic", "\(folder.path)/good", "--output", "\(folder.path)/\(output)"] + Self.quick + options)
      #expect(result.code == 0, "\(output): \(result.errors)")
    }
    func warnings(_ first: String, _ second: String, _ more: String...) throws -> [String] {
      let result = try Program.run(["compare", "\(folder.path)/\(first)", "\(folder.path)/\(second)", "--json"] + more)
      return try Document(result.output)["warnings"].list.compactMap(\.text)
    }
    let mixing =
      "The runs differ in how samples are added (--mix): \(folder.path)/a concatenate, \(folder.path)/b batch."
    #expect(try warnings("a", "b") == [mixing])
    let images = "The runs differ in the real training images: \(folder.path)/"
    func tellsImages(_ warnings: [String]) -> Bool {
      warnings.count == 1 && warnings[0].hasPrefix(images) && warnings[0].contains("\(folder.path)/more (")
    }
    #expect(try tellsImages(warnings("a", "c")) && tellsImages(warnings("d", "e", "--baselines")))
    // Samples alone learn nothing of them.
    #expect(try warnings("d", "e").isEmpty)
  }

  @Test func whatCannotBeComparedIsRefused() throws {
    let folder = try data()
    try train(folder, "good", output: "a", ["--no-baseline"])
    let alone = try Program.run("compare", "\(folder.path)/a")
    #expect(alone.code == 64 && alone.errors.contains("two results"), "\(alone.errors)")
    let unknown = try Program.run("compare", "\(folder.path)/a", "--result", "god")
    #expect(unknown.code == 64 && unknown.errors.contains("Did you mean good?"))
    #expect(try Program.run("compare", "\(folder.path)/a", "\(folder.path)/nowhere").code == 66)
    #expect(try Program.run("compare", "\(folder.path)/a", "\(folder.path)/a").code == 64)
    let other = try Program.run(
      [
        "train", "--synthetic", "\(folder.path)/good", "--real", "\(folder.path)/other/test", "--real-train",
        "\(folder.path)/good", "--output", "\(folder.path)/c",
      ] + Self.quick)
    #expect(other.code == 0, "\(other.errors)")
    let images = try Program.run("compare", "\(folder.path)/a", "\(folder.path)/c")
    #expect(images.code == 64 && images.errors.contains("different images"), "\(images.errors)")
    // The same files, read in another way.
    try train(folder, "good", output: "d", ["--no-baseline", "--input", "16", "--resize", "squash"])
    let read = try Program.run("compare", "\(folder.path)/a", "\(folder.path)/d")
    #expect(
      read.code == 64
        && read.errors.contains("(size: 12x12 and 16x16; input: not set and 16; resize: not set and squash)")
        && read.errors.contains("with the other's --input, --resize and --decode."), "\(read.errors)")
    try folder.write(Array("no archive".utf8), "a/predictions.npz")
    #expect(try Program.run("compare", "\(folder.path)/a").code == 65)
  }

  @Test func onlyAMissedThresholdExitsWithOne() throws {
    let folder = try data()
    try train(folder, "bad", output: "run")
    let run = "\(folder.path)/run"
    #expect(try Program.run("check", run, "--min-top1", "0", "--max-drop", "100%").code == 0)
    let missed = try Program.run("check", run, "--min-top1", "99.9%", "--min-class-top1", "0")
    #expect(missed.code == 1 && missed.output.contains("FAILED") && missed.output.contains("ok"), "\(missed.output)")
    let document = try Document(
      try Program.run("check", run, "--min-class-top1", "1", "--json").output, schema: "check")
    #expect(document["results"][0]["note"].text != nil && document["results"][0]["threshold"].number == 1)
    let difference = try #require(
      Document(String(decoding: try folder.bytes("run/report.json"), as: UTF8.self))["results"][0]["difference"][
        "value"
      ]
      .number)
    #expect(try Program.run("check", run, "--min-difference", "\(max(-1, difference - 0.01))").code == 0)
    #expect(try Program.run("check", run, "--min-difference", "\(difference + 0.01)").code == 1)
    for arguments in [[], ["--min-top5", "0.1"], ["--min-top1", "7"], ["--min-top1", "0.5", "--result", "good"]] {
      let wrong = try Program.run(["check", run] + arguments)
      #expect(wrong.code == 64, "\(arguments): \(wrong.errors)")
    }
    #expect(try Program.run("check", "\(folder.path)/nowhere", "--min-top1", "0.1").code == 66)
    try train(folder, "good", output: "alone", ["--no-baseline"])
    #expect(try Program.run("check", "\(folder.path)/alone", "--max-drop", "0.5").code == 64)
  }
}
