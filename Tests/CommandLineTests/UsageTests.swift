import Foundation
import Images
import Support
import Testing

@Suite struct UsageTests {
  @Test func versionAndHelp() throws {
    let version = try Program.run("--version")
    #expect(version.code == 0 && version.output.contains("OpenBLAS") && version.errors.isEmpty)
    let help = try Program.run("train", "--help")
    #expect(help.code == 0 && help.output.contains("--synthetic"))
  }

  @Test(arguments: [
    (["tarin"], "train"), (["train", "--sinthetic", "x", "--real", "y"], "Did you mean '--synthetic'"),
    (["train", "--synthetic", "x", "--real", "y", "--set", "training.epoch=3"], "training.epochs"),
    (["train", "--synthetic", "x", "--real", "y", "--preset", "demmo"], "demo"),
    (["train", "--synthetic", "x", "--real", ""], "The value of --real is empty"),
    (["metrics", "--features-real=", "--features-synthetic", "x"], "The value of --features-real is empty"),
    (
      ["metrics", "--features-real", "x", "--features-synthetic", "x", "--metrics", "fid,,kid"],
      "There is no metric without a name"
    ),
    (["metrics", "--features-real", "x", "--features-synthetic", "x", "--metrics", "all,fdi"], "Did you mean fid"),
    (["data", "check", "x", "--max-leaks", "-1"], "--max-leaks takes 0 or more"),
    (
      ["metrics", "--features-real", "x", "--features-synthetic", "x", "--weights", "y"],
      "--weights would change nothing"
    ),
    (["train", "--synthetic", "x", "--real", "y", "--set", "trainng.epochs=3"], "training"),
    (["describe", "--model", "resnet2O"], "resnet20"), (["train", "--real", "y"], "--synthetic"),
    (["train", "--synthetic", "x", "--real", "y", "--epochs", "lots"], "training.epochs"),
    (["train", "--synthetic", "x", "--real", "y", "--epochs", "-1"], "training.epochs cannot be -1"),
    (["nas", "--synthetic", "x", "--real", "y", "--add", "-1"], "--add cannot be -1"),
    (["train", "--synthetic", "x", "--real", "y", "--threads", "0"], "--threads"),
    (["nas", "--synthetic", "x", "--real", "y", "--add", "0.5,half"], "--add"),
    (["train", "--synthetic", "baseline=x", "--real", "y"], "baseline"),
    (["train", "--synthetic", "x", "--real", "y", "--metrics", "fidd"], "Did you mean fid"),
    (["nas", "--synthetic", "x", "--real", "y", "--no-baseline"], "--no-baseline would change nothing"),
    (["nas", "--synthetic", "x", "--real", "y", "--mix", "batch", "--weighting", "balanced"], "--mix batch"),
    (
      ["curve", "--synthetic", "x", "--real", "y", "--sizes", "5", "--no-gan-test"],
      "--no-gan-test would change nothing"
    ),
    (
      ["train", "--synthetic", "x", "--real", "y", "--set", "resize=crop-inner"],
      "resize needs a size. Pass --input SIZE"
    ),
    (["evaluate", "--weights", "x", "--real", "y", "--resize", "crop"], "--resize needs --input"),
    (["attack", "--real", "x", "--images", "19"], "--images takes 20 to 100,000"),
    (["attack", "--real", "x", "--step", "0"], "--step takes a number above 0 and up to 1"),
    (["report", "x", "--format", "html"], "markdown"),
    (["report", "x", "y", "--output", "p", "--format", "csv"], "--output"),
  ])
  func wrongUseNamesTheRightWord(arguments: [String], hint: String) throws {
    let result = try Program.run(arguments)
    #expect(result.code == 64, "\(result.errors)")
    #expect(result.errors.contains(hint), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  /// An empty value ends in the only equals sign; one that ends in another is a value.
  @Test func valuesMayEndInEqualsSigns() throws {
    let result = try Program.run("data", "inspect", "--resize=a=")
    #expect(result.code == 64 && !result.errors.contains("is empty"), "\(result.errors)")
  }

  @Test func forcedInstructionSets() throws {
    let unknown = try Program.run("train", "--synthetic", "x", "--real", "y", environment: ["CAS_ISA": "neon"])
    #expect(unknown.code == 64 && unknown.errors.contains("neon"))
    let known = try Program.run("doctor", environment: ["CAS_ISA": "avx2"])
    #expect(known.code == 0 && known.output.contains("avx2"))
  }

  /// What the documents of all commands have in common; those with a schema are held against it where they are tested.
  @Test func documentsSayWhereTheyComeFrom() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      try PNG.encode(Image(width: 8, height: 8, channels: 1, pixels: Array(repeating: 7, count: 64))), "set/a/1.png")
    let pack = ["data", "pack", "\(folder.path)/set", "--output", "\(folder.path)/set.cas"]
    for arguments in [["describe", "--model", "resnet20"], ["doctor"], pack] {
      let document = try Document(try Program.run(arguments + ["--json"]).output)
      let command = arguments[0] == "data" ? "data pack" : arguments[0]
      #expect(document["schemaVersion"].number == 1 && document["command"].text == command)
      #expect(document["version"].text?.isEmpty == false && document["config"].value is [String: Any])
      #expect(document["machine"]["threads"].number ?? 0 > 0, "\(arguments)")
      #expect(document["data"].isNull == (arguments[0] != "data"))
    }
    let unable = try Document(try Program.run("doctor", "--json", environment: ["CAS_ISA": "neon"]).output)
    #expect(unable["machine"].isNull && !unable["problems"].list.isEmpty)
  }

  @Test func describeCountsLikeTorchvision() throws {
    let result = try Program.run("describe", "--model", "resnet50", "--input", "224x224x3", "--classes", "1000")
    #expect(result.code == 0 && result.output.contains("25,557,032"))
    let blas = try Program.run("describe", "--model", "resnet20", "--precision", "fp32", "--json")
    let layers = try Document(blas.output)["layers"].list
    #expect(layers.first { $0["name"].text == "conv1" }?["kernels"]["forward"].text == "direct")
    #expect(layers.last?["kernels"].isNull == true)
  }
}
