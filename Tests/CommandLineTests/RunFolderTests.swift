import Foundation
import Support
import Testing

/// Who may write to the folder of a run, and what becomes of files that are not what they were.
@Suite(.serialized) struct RunFolderTests {
  private static let quick = [
    "--model", "resnet8", "--batch-size", "16", "--checkpoint-seconds", "0", "--no-baseline", "--quiet",
  ]

  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/run" }
  private var inputs: [String] { ["--synthetic", "\(folder.path)/good", "--real", "\(folder.path)/real/test"] }

  init() throws {
    folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/test", perClass: 10, seed: 2)
    try Stripes.write(to: folder, "good", perClass: 16, seed: 3)
  }

  /// A training that would take minutes with so many steps, once it has written a checkpoint.
  private func longTraining(steps: Int = 20000) throws -> Program.Running {
    let running = try Program.Running(["train", "--output", path, "--steps", "\(steps)"] + inputs + Self.quick)
    let deadline = Date().addingTimeInterval(60)
    while !FileManager.default.fileExists(atPath: "\(path)/checkpoint"), running.isRunning, Date() < deadline {
      usleep(1000)
    }
    return running
  }

  private func cutTraining(steps: Int = 20000) throws {
    let running = try longTraining(steps: steps)
    running.send(SIGKILL)
    #expect(running.finish().code == 137)
  }

  @Test func aFolderBelongsToOneProcess() throws {
    let running = try longTraining()
    let second = try Program.run("train", "--resume", path)
    #expect(second.code == 74 && second.errors.contains("Another process is writing to \(path)"), "\(second.errors)")
    #expect(running.isRunning)
    running.send(SIGTERM)
    #expect(running.finish().code == 143)
    // The lock ends with its process.
    let third = try Program.Running(["train", "--resume", path])
    let deadline = Date().addingTimeInterval(60)
    while !third.errorText.contains("goes on after step"), third.isRunning, Date() < deadline { usleep(1000) }
    third.send(SIGINT)
    let ended = third.finish()
    #expect(ended.code == 130 && ended.errors.contains("goes on after step"), "\(ended.errors)")
  }

  @Test func resumingTakesNoSettings() throws {
    try cutTraining()
    for option in [["--epochs", "3"], ["--seed", "1"], ["--real", "\(folder.path)/real"], ["--set", "seeds=2"]] {
      let result = try Program.run(["train", "--resume", path] + option)
      #expect(
        result.code == 64 && result.errors.contains("\(option[0]) cannot be given with --resume"), "\(result.errors)")
    }
  }

  @Test func aDamagedCheckpointIsNamedAndKept() throws {
    try cutTraining()
    var bytes = try folder.bytes("run/checkpoint")
    bytes[bytes.count / 2] ^= 4
    try folder.write(bytes, "run/checkpoint")
    let result = try Program.run("train", "--resume", path)
    #expect(result.code == 65 && result.errors.contains("\(path)/checkpoint is damaged"), "\(result.errors)")
    #expect(try Bool(folder.bytes("run/checkpoint") == bytes))
  }

  @Test func aDamagedModelIsNamed() throws {
    let arguments = ["train", "--output", path, "--steps", "2", "--seeds", "2"] + inputs + Self.quick
    #expect(try Program.run(arguments).code == 0)
    try FileManager.default.removeItem(atPath: "\(path)/report.json")
    let predictions = try folder.bytes("run/predictions.npz")
    let model = "run/model-good-seed1.safetensors"
    var bytes = try folder.bytes(model)
    let whole = bytes
    bytes[bytes.count - 100] ^= 1
    try folder.write(bytes, model)
    let result = try Program.run(arguments)
    #expect(result.code == 65 && result.errors.contains("\(model) is damaged"), "\(result.errors)")
    // Without it the training is done again, to the same bytes.
    try FileManager.default.removeItem(atPath: "\(folder.path)/\(model)")
    #expect(try Program.run(arguments).code == 0)
    #expect(try Bool(folder.bytes(model) == whole && folder.bytes("run/predictions.npz") == predictions))
  }

  @Test func aCheckpointOfOtherDataIsRefusedAndKept() throws {
    try cutTraining()
    let checkpoint = try folder.bytes("run/checkpoint")
    try folder.write(folder.bytes("good/across/1.png"), "good/across/0.png")
    let result = try Program.run("train", "--resume", path)
    #expect(result.code == 64 && result.errors.contains("belongs to another training"), "\(result.errors)")
    #expect(try Bool(folder.bytes("run/checkpoint") == checkpoint))
  }

  /// Trainings of one study are compared with each other, and other kernels give other digits.
  @Test func modelsOfOtherKernelsAreRefused() throws {
    let settings = ["--steps", "2", "--seeds", "2", "--precision", "fp32"] + inputs + Self.quick
    let arguments = ["train", "--output", path] + settings
    let (first, second) = (["OPENBLAS_CORETYPE": "Haswell"], ["OPENBLAS_CORETYPE": "Nehalem"])
    #expect(try Program.run(arguments, environment: first).code == 0)
    for file in ["report.json", "model-good-seed1.safetensors"] {
      try FileManager.default.removeItem(atPath: "\(path)/\(file)")
    }
    let refused = try Program.run(arguments, environment: second)
    #expect(
      refused.code == 64 && refused.errors.contains("model-good-seed0.safetensors was computed with fp32"),
      "\(refused.errors)")
    let allowed = try Program.run(arguments + ["--allow-kernel-change", "--json"], environment: second)
    #expect(allowed.code == 0, "\(allowed.errors)")
    let warnings = try Document(allowed.output)["warnings"].list
    #expect(warnings.contains { $0.text?.contains("OpenBLAS-Haswell; ") == true }, "\(warnings)")
    // A comparison with another run says it, too.
    let other = "\(folder.path)/other"
    #expect(try Program.run(["train", "--output", other] + settings, environment: second).code == 0)
    let compared = try Document(try Program.run("compare", path, other, "--json").output)["warnings"].list
    let said = "\(path): Trainings of this run were computed with different kernels ("
    #expect(compared.count { $0.text?.hasPrefix(said) == true } == 1, "\(compared)")
  }

  /// A program with one byte more is another build.
  @Test func anotherBuildGoesOnAndIsNamed() throws {
    try cutTraining(steps: 2000)
    let other = "\(folder.path)/other-cas"
    #expect(try Program.shell("cp \"$CAS\" \(other) && printf x >>\(other)").code == 0)
    let resumed = try Program.Running(["train", "--resume", path, "--json"], executable: other).finish()
    #expect(
      resumed.code == 0 && resumed.errors.contains(", which another build of the program computed."),
      "\(resumed.errors)")
    let warnings = try Document(resumed.output)["warnings"].list.compactMap(\.text)
    #expect(
      warnings.contains { $0.hasPrefix("Other builds of the program") && $0.contains("computed good (seed 0)") },
      "\(warnings)")
  }

  @Test func aCheckpointOfAFinishedRunIsRemoved() throws {
    try cutTraining()
    let checkpoint = try folder.bytes("run/checkpoint")
    #expect(try Program.run("train", "--resume", path, "--json").code == 0)
    try FileManager.default.removeItem(atPath: "\(path)/report.json")
    try folder.write(checkpoint, "run/checkpoint")
    #expect(try Program.run("train", "--resume", path).code == 0)
    #expect(!FileManager.default.fileExists(atPath: "\(path)/checkpoint"))
  }

  @Test func anOutputInsideOfASetIsRefused() throws {
    let inside = "\(folder.path)/good/runs/first"
    let result = try Program.run(["train", "--output", inside, "--steps", "1"] + inputs + Self.quick)
    #expect(result.code == 64 && result.errors.contains("lies in the data set"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/good/runs"))
  }

  @Test func aStreamOfErrorsThatFailsEndsNothing() throws {
    let arguments = (["train", "--output", path, "--steps", "2"] + inputs + Self.quick).joined(separator: " ")
    let result = try Program.shell("\"$CAS\" \(arguments) --json 2>/dev/full")
    #expect(result.code == 0)
    #expect(Bool(Array(result.output.utf8) == (try folder.bytes("run/report.json"))))
    let closed = try Program.shell("\"$CAS\" train --resume \(path) --json 2>&-")
    #expect(closed.code == 0 && closed.output == result.output)
    let full = try Program.shell("\"$CAS\" train --resume \(path) --json >/dev/full")
    #expect(full.code == 74 && !full.errors.isEmpty)
  }
}
