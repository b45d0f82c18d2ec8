import Foundation
import Support
import Testing

/// `cas features` as a user's shell runs it.
@Suite(.serialized) struct FeaturesTests {
  @Test func aModelOfARunDescribesImages() throws {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 16, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 10, seed: 2)
    let trained = try Program.run(
      "train", "--synthetic", "\(folder.path)/real", "--real", "\(folder.path)/real", "--model", "resnet8", "--epochs",
      "1", "--batch-size", "16", "--no-baseline", "--quiet", "--output", "\(folder.path)/run")
    #expect(trained.code == 0, "\(trained.errors)")
    let options = [
      "features", "--images", "\(folder.path)/real", "--split", "test", "--weights",
      "\(folder.path)/run/model-real-seed0.safetensors",
    ]
    let cache = ["CAS_CACHE": "\(folder.path)/cache"]
    let first = try Program.run(options + ["--output", "\(folder.path)/a.npz"], environment: cache)
    #expect(first.code == 0 && first.output.contains("30 images, 64 features, 3 logits"), "\(first.errors)")
    let second = try Program.run(
      options + ["--output", "\(folder.path)/b.npz", "--threads", "1", "--quiet"], environment: cache)
    #expect(second.code == 0 && second.output.isEmpty && second.errors.isEmpty)
    let third = try Program.run(options + ["--output", "\(folder.path)/c.npz", "--threads", "3"])
    #expect(third.code == 0)
    let bytes = try folder.bytes("a.npz")
    #expect(try Bool(folder.bytes("b.npz") == bytes && folder.bytes("c.npz") == bytes))
  }

  /// Images go through an extractor into the metrics, and the same classifier is attacked.
  @Test func metricsOfImagesAndTheAttack() throws {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 16, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 10, seed: 2)
    try Stripes.write(to: folder, "good", perClass: 12, seed: 3)
    let trained = try Program.run(
      "train", "--synthetic", "\(folder.path)/good", "--real", "\(folder.path)/real", "--model", "resnet8",
      "--epochs", "2", "--batch-size", "16", "--no-baseline", "--quiet", "--output", "\(folder.path)/run")
    #expect(trained.code == 0, "\(trained.errors)")
    let weights = "\(folder.path)/run/model-good-seed0.safetensors"
    let metrics = [
      "metrics", "--synthetic", "a=\(folder.path)/good", "--real", "\(folder.path)/real", "--weights", weights,
      "--metrics", "kid,s,memorisation", "--json",
    ]
    let first = try Program.run(metrics)
    #expect(first.code == 0, "\(first.errors)")
    let document = try #require(JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
    let images = try #require((document["config"] as? [String: Any])?["images"] as? [String: Any])
    #expect((images["weightsHash"] as? String)?.count == 64 && images["features"] as? String == "own")
    let results = try #require(document["results"] as? [[String: Any]])
    #expect(results.count == 1 && results[0]["name"] as? String == "a")
    #expect(try Program.run(metrics + ["--threads", "1"]).output.contains("\"kid\""))

    let options = [
      "attack", "--real", "\(folder.path)/real", "--weights", weights, "--images", "20", "--iterations", "5", "--step",
      "0.05", "--json",
    ]
    let attack = try Program.run(options + ["--output", "\(folder.path)/attack.png"])
    #expect(attack.code == 0, "\(attack.errors)")
    let rows = try Document(attack.output, schema: "attack")["results"].list
    #expect(rows.map(\.["name"].text) == ["noise", "attacked", "real test images"])
    let scores = rows.compactMap(\.["information"].number)
    #expect(scores.count == 3 && scores[0] < scores[1])
    #expect(try folder.bytes("attack.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    // All but the number of threads, which the machine is described with.
    func findings(_ output: String) -> Substring? { output.range(of: "\"results\"").map { output[$0.lowerBound...] } }
    #expect(findings(attack.output) != nil)
    #expect(findings(try Program.run(options + ["--threads", "3"]).output) == findings(attack.output))

    for (arguments, words) in [
      (["--synthetic", "\(folder.path)/good"], "--real"),
      (["--synthetic", "x", "--real", "y", "--features-real", "z"], "not both"),
      (["--synthetic", "x", "--real", "y", "--features", "clip"], "clip-vit-b32"),
      (["--synthetic", "x", "--real", "y", "--features", "resnet50"], "--weights"),
    ] {
      let result = try Program.run(["metrics"] + arguments)
      #expect(result.code == 64 && result.errors.contains(words), "\(result.errors)")
    }
  }

  @Test func badWeightsAreNamed() throws {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "images", perClass: 2, seed: 1)
    // PyTorch's older form: version, machine, then a pickle that asks for a shell.
    let magic: [UInt8] = [
      0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    let evil = try folder.write(
      magic + [0x80, 2, 0x4D, 0xE9, 3, 0x2E, 0x80, 2, 0x7D, 0x2E, 0x80, 2] + Array("cposix\nsystem\n.".utf8),
      "evil.pth")
    for (weights, code, words) in [
      (evil, 65, "posix.system"), (try folder.write([1, 2, 3], "short.pth"), 65, "short.pth is not a whole"),
      ("\(folder.path)/none.pth", 66, "none.pth"),
    ] {
      let result = try Program.run(
        "features", "--images", "\(folder.path)/images", "--features", "resnet50", "--weights", weights, "--output",
        "\(folder.path)/f.npz")
      #expect(result.code == Int32(code) && result.errors.contains(words), "\(result.errors)")
      #expect(result.output.isEmpty && !FileManager.default.fileExists(atPath: "\(folder.path)/f.npz"))
    }
    for (arguments, words) in [
      (["--features", "resnet50"], "--weights"), (["--features", "resnet5O"], "Did you mean resnet50?"), ([], "--real"),
    ] {
      let result = try Program.run(
        ["features", "--images", "\(folder.path)/images", "--output", "\(folder.path)/f.npz"] + arguments)
      #expect(result.code == 64 && result.errors.contains(words), "\(result.errors)")
    }
  }
}
