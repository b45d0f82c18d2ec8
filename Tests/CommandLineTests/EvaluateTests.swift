import Foundation
import Images
import Support
import Testing

/// `cas evaluate`: what saved weights are tested on, and what is said where they do not fit.
@Suite(.serialized) struct EvaluateTests {
  /// A run in fp32, in which `cas evaluate` computes on every machine.
  private func data(_ more: String...) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 16, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 10, seed: 2)
    try Stripes.write(to: folder, "good", perClass: 12, seed: 3)
    let trained = try Program.run(
      [
        "train", "--synthetic", "\(folder.path)/good", "--real", "\(folder.path)/real", "--model", "resnet8",
        "--epochs",
        "2", "--batch-size", "16", "--precision", "fp32", "--quiet", "--json", "--output", "\(folder.path)/run",
      ] + more)
    #expect(trained.code == 0, "\(trained.errors)")
    return folder
  }

  private func evaluate(
    _ folder: TemporaryFolder, _ set: String, weights: String = "good", _ more: String...
  ) throws -> Program.Result {
    try Program.run(
      [
        "evaluate", "--weights", "\(folder.path)/run/model-\(weights)-seed0.safetensors", "--real",
        "\(folder.path)/\(set)", "--json",
      ] + more)
  }

  /// The GAN-test is the baseline's classifier on the samples.
  @Test func theTestOfSamplesIsTheBaselines() throws {
    let folder = try data()
    let run = try Document(String(decoding: try folder.bytes("run/report.json"), as: UTF8.self))
    let own = run["results"].entry("kind", "gan-test")
    let other = try Document(try evaluate(folder, "good", weights: "baseline").output)["results"][0]
    #expect(own["top1"]["value"].number == other["top1"]["value"].number)
    let (first, second) = (try #require(own["brier"].number), try #require(other["brier"].number))
    #expect(abs(first - second) < 1e-6)
    // A gate may look at it by its key.
    #expect(try Program.run("check", "\(folder.path)/run", "--min-top1", "0", "--result", "good+gan-test").code == 0)
  }

  /// Mirrored images are tested beside the others where that is asked for, in a run as by hand.
  @Test func flipsAreTested() throws {
    let folder = try data("--set", "testFlips=true")
    let run = try Document(String(decoding: try folder.bytes("run/report.json"), as: UTF8.self))
    let own = try #require(run["results"].entry("kind", "cas")["brier"].number)
    let values = try [evaluate(folder, "real", weights: "good", "--test-flips"), evaluate(folder, "real")].map {
      try #require(try Document($0.output)["results"][0]["brier"].number)
    }
    #expect(abs(values[0] - own) < 1e-6 && abs(values[1] - own) > 1e-6)
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let folder = try data()
    let model = try evaluate(folder, "real", weights: "good", "--model", "resnet20")
    #expect(
      model.code == 65 && model.errors.contains("Leave out --model: the file says that it is resnet8"),
      "\(model.errors)")
    // Larger pictures than the network was trained on.
    for index in 0..<12 {
      let bytes = try folder.bytes("good/\(Stripes.classes[index % 3])/\(index / 3).png")
      let image = try ImageDecoder.decode(bytes, path: "picture").image
      try folder.write(
        try PNG.encode(image.resized(width: 20, height: 20, filter: .box)),
        "large/\(Stripes.classes[index % 3])/\(index).png")
    }
    let size = try evaluate(folder, "large")
    #expect(size.code == 64 && size.errors.contains("--input 12 --resize squash"), "\(size.errors)")
    let fitted = try evaluate(folder, "large", weights: "good", "--input", "12", "--resize", "squash")
    #expect(fitted.code == 0, "\(fitted.errors)")
    let asTheyAre = try evaluate(folder, "large", weights: "good", "--input", "20")
    #expect(asTheyAre.code == 0 && asTheyAre.errors.contains("was trained on images of 12x12, and these are 20x20"))
    try folder.write(folder.bytes("good/across/0.png"), "more/spiral/0.png")
    let unknown = try evaluate(folder, "more")
    #expect(
      unknown.code == 65 && unknown.errors.contains("does not know spiral")
        && !unknown.errors.contains("--allow-missing-classes"), "\(unknown.errors)")
    try folder.write(folder.bytes("good/across/0.png"), "less/across/0.png")
    let absent = try evaluate(folder, "less")
    #expect(absent.code == 0 && absent.errors.contains("has no images of diagonal, upright, which the network knows"))
    let ignored = try evaluate(folder, "real", weights: "good", "--normalize", "imagenet")
    #expect(ignored.code == 0 && ignored.errors.contains("--normalize is not used"))
    #expect(try evaluate(folder, "real", weights: "good", "--normalize", "foo").code == 64)
  }

  /// Weights of another program: ImageNet's normalisation unless another one is given.
  @Test func foreignWeightsAreNormalisedAsAsked() throws {
    let folder = try TemporaryFolder()
    for index in 0..<10 {
      let pixels = (0..<32 * 32 * 3).map { UInt8(($0 * (index + 3) * 7) % 251) }
      try folder.write(
        try PNG.encode(Image(width: 32, height: 32, channels: 3, pixels: pixels)), "images/class\(index)/0.png")
    }
    func golden(_ name: String) -> String {
      URL(filePath: #filePath).appending(path: "../../NetworksTests/Golden/\(name)").standardizedFileURL.path
    }
    let weights = golden("resnet8_a.safetensors")
    func brier(_ more: [String], _ weights: String = weights) throws -> Double? {
      let result = try Program.run(
        ["evaluate", "--weights", weights, "--model", "resnet8", "--real", "\(folder.path)/images", "--json"] + more)
      #expect(result.code == 0, "\(result.errors)")
      return try Document(result.output)["results"][0]["brier"].number
    }
    let values = try [[], ["imagenet"], ["0.5,0.5,0.5/0.25,0.25,0.25"], ["0.5/0.25"], ["0.25/0.5"]].map {
      try brier($0.isEmpty ? [] : ["--normalize"] + $0)
    }
    #expect(values[0] != nil && values[0] == values[1] && values[2] == values[3])
    #expect(Set(values).count == 3)
    // The same weights in a checkpoint of PyTorch's.
    let checkpoint = golden("resnet8_a_wrapped.pth")
    #expect(try brier([], checkpoint) == values[0])
    let nameless = try Program.run("evaluate", "--weights", checkpoint, "--real", "\(folder.path)/images")
    #expect(nameless.code == 64 && nameless.errors.contains("Name it with --model"), "\(nameless.errors)")
    let training = try Program.run(
      "evaluate", "--weights", weights, "--model", "resnet8", "--real", "\(folder.path)/images", "--normalize",
      "training")
    #expect(training.code == 64 && training.errors.contains("there is no training set"), "\(training.errors)")
  }
}
