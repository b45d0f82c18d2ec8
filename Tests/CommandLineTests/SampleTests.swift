import Foundation
import Support
import Testing

/// `cas sample` as a user's shell runs it.
@Suite(.serialized) struct SampleTests {
  private static func real(_ folder: TemporaryFolder) throws -> String {
    try Stripes.write(to: folder, "real/train", perClass: 40, seed: 1, side: 8)
    try Stripes.write(to: folder, "real/test", perClass: 20, seed: 2, side: 8)
    return "\(folder.path)/real"
  }

  /// Fits, infers, draws; the folder is a data set, and a run on it shows the exact inference.
  @Test func aFolderOfSamplesBringsItsExactInferenceIntoARun() throws {
    let folder = try TemporaryFolder()
    let real = try Self.real(folder)
    let output = "\(folder.path)/ppca"
    let options = ["sample", "--fit", "ppca", "--rank", "3", "--real", real, "--per-class", "12", "--json"]
    let made = try Program.run(options + ["--output", output])
    #expect(made.code == 0, "\(made.errors)")
    let document = try Document(made.output, schema: "sample")
    #expect(document["generator"]["family"].text == "ppca" && document["generator"]["capacity"]["rank"].number == 3)
    let exact = try #require(document["exactInference"]["scores"]["top1"]["value"].number)
    #expect(exact > 0.9)
    let bits = document["exactInference"]["likelihood"]["bitsPerDimension"]
    let value = try #require(bits["value"].number)
    #expect(value > 4 && value < 8)
    #expect((bits["interval"][0].number ?? 9) < value && (bits["interval"][1].number ?? 0) > value)
    #expect(try folder.bytes("ppca/likelihood.json") == Array(made.output.utf8))
    let lines = try String(decoding: folder.bytes("ppca/log-likelihoods.csv"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 37 && lines[0] == "image,class,log_likelihood")
    #expect(lines[1].hasPrefix("across/000000.png,across,-"))

    // Threads change nothing; the same order goes on in its folder, and another one is refused.
    let other = try Program.run(options + ["--output", "\(folder.path)/b", "--threads", "1"])
    #expect(other.code == 0)
    for file in ["model.safetensors", "log-likelihoods.csv", "upright/000011.png"] {
      #expect(try Bool(folder.bytes("b/\(file)") == folder.bytes("ppca/\(file)")), "\(file)")
    }
    let again = try Program.run(options + ["--output", output])
    #expect(again.code == 0 && again.errors.contains("is not fitted again") && again.output == made.output)
    let seeded = try Program.run(options + ["--seed", "5", "--output", output])
    #expect(seeded.code == 64 && seeded.errors.contains("is another model"))

    let run = try Program.run(
      "train", "--synthetic", "ppca=\(output)", "--real", real, "--model", "resnet8", "--epochs", "1", "--batch-size",
      "12", "--no-baseline", "--output", "\(folder.path)/run")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("Exact inference") && run.output.contains("ppca, rank 3"))
    let report = try Document(
      String(decoding: folder.bytes("run/report.json"), as: UTF8.self), schema: "report")
    let entry = report["results"][0]["exactInference"]
    #expect(entry["scores"]["top1"]["value"].number == exact)
    #expect(entry["likelihood"]["bitsPerDimension"]["value"].number == value)
    let page = String(decoding: try folder.bytes("run/report.html"), as: UTF8.self)
    #expect(page.contains("Exact inference beside the score"))

    // Of other test images the inference says nothing.
    try Stripes.write(to: folder, "other/test", perClass: 10, seed: 9, side: 8)
    let foreign = try Program.run(
      "train", "--synthetic", "ppca=\(output)", "--real", "\(folder.path)/other/test", "--model", "resnet8", "--epochs",
      "1", "--batch-size", "12", "--no-baseline", "--output", "\(folder.path)/run2")
    #expect(foreign.code == 0 && !foreign.output.contains("Bits/dim"), "\(foreign.errors)")
    #expect(foreign.output.contains("other test images"))
  }

  /// A saved model draws and scores; arrays hold the same images as the folder.
  @Test func aSavedModelSamplesAndScores() throws {
    let folder = try TemporaryFolder()
    let real = try Self.real(folder)
    let fit = try Program.run(
      "sample", "--fit", "mixture", "--components", "2", "--rank", "2", "--levels", "16", "--real", real, "--output",
      "\(folder.path)/fit", "--quiet")
    #expect(fit.code == 0 && fit.output.isEmpty && fit.errors.isEmpty, "\(fit.errors)")
    let model = "\(folder.path)/fit/model.safetensors"
    let drawn = try Program.run(
      "sample", "--model", model, "--count", "31", "--format", "npz", "--all-classes", "--output",
      "\(folder.path)/drawn", "--json")
    #expect(drawn.code == 0, "\(drawn.errors)")
    let document = try Document(drawn.output, schema: "sample")
    #expect(document["samples"]["counts"]["across"].number == 11 && document["exactInference"].isNull)
    let scored = try Program.run(
      "sample", "--model", model, "--score", "\(folder.path)/drawn/samples.npz", "--output", "\(folder.path)/scored")
    #expect(scored.code == 0, "\(scored.errors)")
    // A sample has one likelihood, whether it was just drawn or read again.
    func numbers(_ name: String) throws -> [Substring] {
      String(decoding: try folder.bytes(name), as: UTF8.self).split(separator: "\n").dropFirst()
        .compactMap { $0.split(separator: ",").last }
    }
    let own = try numbers("drawn/log-likelihoods.csv")
    #expect(try own.count == 31 && numbers("scored/scores.csv") == own)
    #expect(try folder.bytes("drawn/log-likelihoods.npz").starts(with: Array("PK".utf8)))
  }

  /// The network is trained, saved, and read again.
  @Test func aPixelCNNIsFitted() throws {
    let folder = try TemporaryFolder()
    let real = try Self.real(folder)
    let fit = try Program.run(
      "sample", "--fit", "pixelcnn", "--width", "4", "--depth", "2", "--epochs", "1", "--real", real, "--count", "3",
      "--output", "\(folder.path)/fit", "--json")
    #expect(fit.code == 0, "\(fit.errors)")
    let document = try Document(fit.output, schema: "sample")
    #expect(document["generator"]["family"].text == "pixelcnn")
    #expect(document["generator"]["capacity"]["depth"].number == 2)
    let drawn = try Program.run(
      "sample", "--model", "\(folder.path)/fit/model.safetensors", "--count", "3", "--output", "\(folder.path)/drawn",
      "--json")
    #expect(drawn.code == 0, "\(drawn.errors)")
    #expect(try folder.bytes("drawn/log-likelihoods.csv") == folder.bytes("fit/log-likelihoods.csv"))
  }

  @Test func nothingIsDoneBeforeTheOrderIsClear() throws {
    let folder = try TemporaryFolder()
    let real = try Self.real(folder)
    let output = "\(folder.path)/out"
    let dry = try Program.run(
      "sample", "--fit", "gaussian", "--real", real, "--per-class", "5", "--output", output, "--dry-run")
    #expect(dry.code == 0 && dry.output.isEmpty)
    #expect(dry.errors.contains("Fitting gaussian to 120 images of 8x8x1, 256 levels, in 3 classes"))
    #expect(dry.errors.contains("60 test images") && dry.errors.contains("15 samples"))
    #expect(!FileManager.default.fileExists(atPath: output))
    for (arguments, code, words) in [
      (["--fit", "ppca", "--real", real, "--rank", "64"], 64, "--rank 64 does not fit"),
      (["--fit", "gaussian", "--real", real, "--rank", "3"], 64, "--rank would change nothing"),
      (["--fit", "gaussian", "--real", real, "--depth", "3"], 64, "--depth would change nothing"),
      (["--fit", "pixelcnn", "--real", real, "--width", "4000"], 64, "--width 4000 does not fit"),
      (["--fit", "pixelcnn", "--real", real, "--kind", "dequantized"], 64, "no likelihood of the kind dequantized"),
      (["--fit", "gaussian"], 64, "--real PATH"),
      (["--real", real], 64, "--fit with a family"),
      (["--fit", "gaussian", "--real", "\(real)/test"], 64, "no training images"),
      (["--fit", "gaussian", "--real", real, "--per-class", "3", "--count", "3"], 64, "exclude each other"),
      (["--model", "\(real)/none.safetensors"], 66, "none.safetensors"),
    ] {
      let result = try Program.run(["sample"] + arguments + ["--output", output])
      #expect(result.code == code && result.errors.contains(words), "\(arguments): \(result.code) \(result.errors)")
    }
    let inside = try Program.run("sample", "--fit", "gaussian", "--real", real, "--output", "\(real)/samples")
    #expect(inside.code == 64 && inside.errors.contains("lies in the data set"))
  }
}
