import Foundation
import Images
import Support
import Testing

@Suite(.serialized) struct TrainTests {
  private static let quick = [
    "--model", "resnet8", "--epochs", "2", "--batch-size", "16", "--checkpoint-seconds", "0", "--quiet",
  ]

  private func data() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 16, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 10, seed: 2)
    try Stripes.write(to: folder, "good", perClass: 16, seed: 3)
    return folder
  }

  private func train(_ folder: TemporaryFolder, _ more: [String], output: String) throws -> Program.Result {
    try Program.run(
      ["train", "--real", "\(folder.path)/real", "--output", "\(folder.path)/\(output)"] + Self.quick + more)
  }

  @Test func aRunWritesEverything() throws {
    let folder = try data()
    let result = try train(folder, ["--synthetic", "\(folder.path)/good", "--seeds", "2", "--json"], output: "run")
    #expect(result.code == 0, "\(result.errors)")
    let report = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    // A warning is said however quiet the run is, and filed under no set.
    #expect(result.errors.contains("note: Only 6 steps are taken"), "\(result.errors)")
    #expect((report["warnings"] as? [String])?.contains { $0.hasPrefix("Only 6 steps are taken") } == true)
    #expect(["fp32", "bf16"].contains((report["machine"] as? [String: Any])?["precision"] as? String))
    #expect(report["schemaVersion"] as? Int == 1 && report["command"] as? String == "train")
    let results = try #require(report["results"] as? [[String: Any]])
    #expect(results.compactMap { $0["name"] as? String } == ["good", "baseline", "good"])
    #expect(results.compactMap { $0["kind"] as? String } == ["cas", "baseline", "gan-test"])
    for result in results {
      #expect(result["brier"] is Double && result["expectedCalibrationError"] is Double)
    }
    #expect(results.allSatisfy { $0["top5"] is NSNull }, "three classes have no Top-5")
    let top1 = try #require(results[0]["top1"] as? [String: Any])
    #expect((top1["perSeed"] as? [Double])?.count == 2)
    #expect(Bool(Array(result.output.utf8) == (try folder.bytes("run/report.json"))))
    for file in [
      "config.yaml", "report.html", "per_class.csv", "confusion.csv", "predictions.npz", "log.jsonl",
      "model-good-seed0.safetensors", "model-good-seed1.safetensors", "model-baseline-seed1.safetensors",
    ] {
      #expect(try !folder.bytes("run/\(file)").isEmpty, "\(file)")
    }
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/run/checkpoint"))
    // Finished work is not done again: the data may even be gone.
    try FileManager.default.removeItem(atPath: "\(folder.path)/good")
    let again = try train(folder, ["--synthetic", "\(folder.path)/good", "--seeds", "2", "--json"], output: "run")
    #expect(again.code == 0 && again.output == result.output)
    let resumed = try Program.run("train", "--resume", "\(folder.path)/run")
    #expect(resumed.code == 0 && resumed.errors.contains("finished"), "\(resumed.errors)")
    let page = try folder.bytes("run/report.html")
    try FileManager.default.removeItem(atPath: "\(folder.path)/run/report.html")
    #expect(try Program.run("report", "\(folder.path)/run").code == 0)
    #expect(try Bool(folder.bytes("run/report.html") == page))
    #expect(try Program.run("report", "\(folder.path)/nowhere").code == 66)
  }

  @Test func threadsAndNamesDoNotChangeAByte() throws {
    let folder = try data()
    for (output, threads) in [("one", "1"), ("two", "2")] {
      let result = try train(
        folder, ["--synthetic", "same=\(folder.path)/real/train", "--threads", threads], output: output)
      #expect(result.code == 0, "\(result.errors)")
    }
    let synthetic = try folder.bytes("one/model-same-seed0.safetensors")
    #expect(synthetic == (try folder.bytes("two/model-same-seed0.safetensors")))
    #expect(synthetic == (try folder.bytes("one/model-baseline-seed0.safetensors")))
  }

  @Test(arguments: [SIGKILL: 137, SIGINT: 130, SIGTERM: 143] as [Int32: Int32])
  func endedRunsGoOnToTheSameBytes(signal: (number: Int32, code: Int32)) throws {
    let (number, code) = signal
    let folder = try data()
    let arguments = ["--synthetic", "\(folder.path)/good", "--epochs", "30"]
    #expect(try train(folder, arguments, output: "whole").code == 0)
    let running = try Program.Running(
      ["train", "--real", "\(folder.path)/real", "--output", "\(folder.path)/cut"] + Self.quick + arguments)
    // Once there is a checkpoint, a training is under way.
    let deadline = Date().addingTimeInterval(60)
    while !FileManager.default.fileExists(atPath: "\(folder.path)/cut/checkpoint"), running.isRunning, Date() < deadline
    {
      usleep(1000)
    }
    running.send(number)
    let cut = running.finish()
    #expect(cut.code == code, "\(cut.errors)")
    let resumed = try Program.run("train", "--resume", "\(folder.path)/cut", "--quiet")
    #expect(resumed.code == 0, "\(resumed.errors)")
    for file in [
      "model-good-seed0.safetensors", "model-baseline-seed0.safetensors", "predictions.npz", "confusion.csv",
    ] {
      #expect(try Bool(folder.bytes("whole/\(file)") == folder.bytes("cut/\(file)")), "\(file)")
    }
  }

  @Test func anotherConfigurationInTheSameFolderIsRefused() throws {
    let folder = try data()
    let arguments = ["--synthetic", "\(folder.path)/good", "--no-baseline", "--steps", "2"]
    #expect(try train(folder, arguments, output: "run").code == 0)
    let before = try folder.bytes("run/report.json")
    let other = try train(folder, arguments + ["--seed", "9"], output: "run")
    #expect(other.code == 64 && other.errors.contains("seed: 9, there 0"), "\(other.errors)")
    // A setting that is only taken away has a name, too.
    let less = try train(folder, arguments + ["--set", "training.augmentation.flip=false"], output: "run")
    #expect(less.code == 64 && less.errors.contains("training.augmentation: ["), "\(less.errors)")
    #expect(try Bool(folder.bytes("run/report.json") == before))
  }

  @Test func badDataIsNamed() throws {
    let folder = try data()
    let missing = try train(folder, ["--synthetic", "\(folder.path)/nowhere"], output: "a")
    #expect(missing.code == 66 && missing.errors.contains("nowhere"), "\(missing.errors)")
    try Stripes.write(to: folder, "other", perClass: 2, seed: 4, classes: ["across", "diagonal", "spiral"])
    let classes = try train(folder, ["--synthetic", "\(folder.path)/other"], output: "b")
    #expect(classes.code == 65 && classes.errors.contains("spiral") && classes.errors.contains("upright"))
    let allowed = try train(
      folder, ["--synthetic", "\(folder.path)/other", "--allow-missing-classes", "--steps", "1"], output: "c")
    #expect(allowed.code == 0, "\(allowed.errors)")
    try folder.write(Array("no image".utf8), "good/across/3.png")
    let broken = try train(folder, ["--synthetic", "\(folder.path)/good"], output: "d")
    #expect(broken.code == 65 && broken.errors.contains("good/across/3.png"), "\(broken.errors)")
    for output in ["a", "b", "d"] { #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/\(output)")) }
  }

  @Test func aFolderThatCannotBeWrittenIsAnInputOutputError() throws {
    let folder = try data()
    let result = try Program.run(
      ["train", "--real", "\(folder.path)/real", "--synthetic", "\(folder.path)/good", "--output", "/proc/cas-run"]
        + Self.quick)
    #expect(result.code == 74 && result.errors.contains("/proc/cas-run"), "\(result.errors)")
  }

  @Test func baselinesAreCached() throws {
    let folder = try data()
    let environment = ["CAS_CACHE": "\(folder.path)/cache"]
    let arguments =
      ["train", "--real", "\(folder.path)/real", "--synthetic", "\(folder.path)/good"] + Self.quick
      + ["--json", "--output"]
    let first = try Program.run(arguments + ["\(folder.path)/first"], environment: environment)
    let second = try Program.run(arguments + ["\(folder.path)/second"], environment: environment)
    #expect(first.code == 0 && second.code == 0, "\(second.errors)")
    #expect(first.output.contains("\"cached\" : false") && second.output.contains("\"cached\" : true"))
    #expect(
      try Bool(
        folder.bytes("first/model-baseline-seed0.safetensors")
          == folder.bytes("second/model-baseline-seed0.safetensors")))
    // Another seed, other settings, other kernels and other images have baselines of their own.
    for (name, options, core) in [
      ("seed", ["--seed", "1"], nil), ("setting", ["--learning-rate", "0.05"], nil),
      ("kernels", ["--precision", "fp32"], "Nehalem"), ("images", [], nil),
    ] as [(String, [String], String?)] {
      if name == "images" {
        let image = try #require(
          FileManager.default.enumerator(atPath: "\(folder.path)/real/train")?.compactMap { $0 as? String }.first {
            $0.hasSuffix(".png")
          })
        try folder.write(try folder.bytes("good/\(image)"), "real/train/\(image)")
      }
      var environment = environment
      environment["OPENBLAS_CORETYPE"] = core
      let other = try Program.run(arguments + ["\(folder.path)/\(name)"] + options, environment: environment)
      #expect(
        other.code == 0 && other.output.contains("\"cached\" : false") && !other.output.contains("\"cached\" : true"),
        "\(name): \(other.errors)")
    }
  }

  /// Twelve of sixteen real images a class, or all of them, in as many steps.
  @Test func theBaselineIsDrawnOrWhole() throws {
    let folder = try data()
    try Stripes.write(to: folder, "few", perClass: 12, seed: 4)
    for (size, images) in [("matched", 36.0), ("full", 48)] {
      let result = try train(
        folder, ["--synthetic", "\(folder.path)/few", "--baseline-size", size, "--json"], output: size)
      let results = try Document(result.output, schema: "report")["results"]
      let (own, baseline) = (results.entry("kind", "cas"), results.entry("kind", "baseline"))
      #expect(baseline["training"]["trainingImages"].number == images && own["training"]["trainingImages"].number == 36)
      #expect(baseline["training"]["steps"].number == own["training"]["steps"].number)
    }
  }

  /// The second of two seeds is the seed after the first.
  @Test func seedsFollowEachOther() throws {
    let folder = try data()
    let set = ["--synthetic", "\(folder.path)/good", "--no-baseline"]
    #expect(try train(folder, set + ["--seeds", "2"], output: "two").code == 0)
    #expect(try train(folder, set + ["--seed", "1"], output: "one").code == 0)
    let name = "model-good-seed1.safetensors"
    #expect(try Bool(folder.bytes("two/\(name)") == folder.bytes("one/\(name)")))
    #expect(try folder.bytes("two/model-good-seed0.safetensors") != folder.bytes("one/\(name)"))
    let last = try train(folder, set + ["--seed", "18446744073709551615", "--seeds", "2"], output: "last")
    #expect(last.code == 64 && last.errors.contains("seed cannot be 18446744073709551615"), "\(last.errors)")
  }

  /// The time is said before the training, and only where that is asked for.
  @Test(arguments: [true, false])
  func theTimeIsEstimatedWhereAskedFor(asked: Bool) throws {
    let folder = try data()
    let result = try Program.run(
      [
        "train", "--synthetic", "\(folder.path)/good", "--real", "\(folder.path)/real", "--output",
        "\(folder.path)/run", "--model", "resnet8", "--steps", "2", "--batch-size", "16",
      ] + (asked ? ["--estimate"] : []))
    #expect(result.code == 0 && result.errors.contains("expected time: about") == asked, "\(result.errors)")
  }

  /// Samples of a quarter of the pixels have less detail, whatever they are made.
  @Test func samplesOfAnotherSizeAreNoted() throws {
    let folder = try data()
    for name in Stripes.classes {
      for index in 0..<8 {
        let image = try ImageDecoder.decode(folder.bytes("good/\(name)/\(index).png"), path: "picture").image
        try folder.write(try PNG.encode(image.resized(width: 6, height: 6, filter: .box)), "half/\(name)/\(index).png")
      }
    }
    let result = try train(
      folder, ["--synthetic", "\(folder.path)/half", "--input", "12", "--resize", "squash", "--json"], output: "run")
    let warnings = try Document(result.output)["warnings"].list.compactMap(\.text)
    #expect(
      warnings.contains { $0.contains("stored 6 pixels wide and those of the real test set 12") }, "\(result.errors)")
  }

  @Test func augmentationAddsToTheRealSet() throws {
    let folder = try data()
    let result = try Program.run(
      ["nas", "--real", "\(folder.path)/real", "--synthetic", "\(folder.path)/good", "--add", "0,0.5", "--json"]
        + Self.quick + ["--output", "\(folder.path)/nas"])
    #expect(result.code == 0, "\(result.errors)")
    let report = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let results = try #require(report["results"] as? [[String: Any]])
    let images = results.compactMap { ($0["training"] as? [String: Any])?["trainingImages"] as? Int }
    #expect(images == [72, 48])
    let steps = results.compactMap { ($0["training"] as? [String: Any])?["steps"] as? Int }
    #expect(steps == [6, 6])
  }

  @Test func savedWeightsAreEvaluated() throws {
    let folder = try data()
    #expect(try train(folder, ["--synthetic", "\(folder.path)/good", "--json"], output: "run").code == 0)
    let evaluated = try Program.run(
      "evaluate", "--weights", "\(folder.path)/run/model-good-seed0.safetensors", "--model", "resnet8", "--real",
      "\(folder.path)/real", "--json")
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    func top1(_ bytes: [UInt8]) throws -> Double {
      let report = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
      let results = try #require(report["results"] as? [[String: Any]])
      return try #require((results[0]["top1"] as? [String: Any])?["value"] as? Double)
    }
    #expect(try Bool(top1(Array(evaluated.output.utf8)) == top1(folder.bytes("run/report.json"))))
  }
}
