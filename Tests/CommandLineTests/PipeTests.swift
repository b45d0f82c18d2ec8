import Foundation
import Support
import Testing

/// Samples that come through a pipe, and progress that goes out as events.
@Suite(.serialized) struct PipeTests {
  private static let options =
    "--model resnet8 --epochs 2 --batch-size 16 --no-baseline --no-gan-test --checkpoint-seconds 0"

  private func data() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real", perClass: 10, seed: 2)
    try Stripes.write(to: folder, "good", perClass: 16, seed: 3)
    return folder
  }

  @Test func aPipeAndAFolderGiveTheSameModel() throws {
    let folder = try data()
    let model = "model-good-seed0.safetensors"
    for (name, line) in [
      ("folder", "\"$CAS\" train --synthetic good=good"),
      ("input", "tar cf - -C good . | \"$CAS\" train --synthetic good=-"),
      ("descriptor", "tar cf - -C good . | \"$CAS\" train --synthetic good=/dev/fd/3 3<&0 </dev/null"),
    ] {
      let line =
        "cd '\(folder.path)' && \(line) --real real \(Self.options) --quiet --output '\("\(folder.path)/run-\(name)")'"
      let result = try Program.shell(line)
      #expect(result.code == 0, "\(name): \(result.errors)")
    }
    let expected = try folder.bytes("run-folder/\(model)")
    #expect(try Bool(folder.bytes("run-input/\(model)") == expected))
    #expect(try Bool(folder.bytes("run-descriptor/\(model)") == expected))
  }

  @Test func nothingPipedInIsSaid() throws {
    let folder = try data()
    for line in ["\"$CAS\" train --synthetic - </dev/null", "\"$CAS\" train --synthetic - <&-"] {
      let result = try Program.shell("cd '\(folder.path)' && \(line) --real real \(Self.options)")
      #expect(result.code == 65 && result.errors.contains("-: nothing is piped in"), "\(result.errors)")
    }
    let twice = try Program.run("train", "--synthetic", "-", "--real", "-")
    #expect(twice.code == 64 && twice.errors.contains("Standard input is one set"), "\(twice.errors)")
  }

  @Test func anInterruptedRunAsksForTheSamplesAgain() throws {
    let folder = try data()
    let line = """
      cd '\(folder.path)'; tar cf good.tar -C good .
      "$CAS" train --synthetic good=- --real real \(Self.options) --epochs 100 --output run <good.tar & child=$!
      i=0; while [ ! -e run/checkpoint ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done
      kill -TERM $child; wait $child
      """
    let stopped = try Program.shell(line)
    #expect(stopped.code == 143, "\(stopped.errors)")
    #expect(stopped.errors.contains("--resume run, with the same samples piped in"), "\(stopped.errors)")
    let resumed = try Program.shell("cd '\(folder.path)' && \"$CAS\" train --resume run --quiet <good.tar")
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(try !folder.bytes("run/report.json").isEmpty)
  }

  @Test func eventsTellProgressScoresAndErrors() throws {
    let folder = try data()
    let arguments =
      [
        "train", "--synthetic", "\(folder.path)/good", "--real", "\(folder.path)/real", "--progress", "json",
        "--output", "\(folder.path)/run",
      ]
      + Self.options.split(separator: " ").map(String.init)
    let result = try Program.run(arguments + ["--epochs", "60"])
    #expect(result.code == 0, "\(result.errors)")
    let events = try result.errors.split(separator: "\n").map { try Document(String($0), schema: "progress") }
    let kinds = Set(events.compactMap { $0["event"].text })
    #expect(kinds.isSuperset(of: ["begin", "progress", "end", "score", "note"]), "\(kinds)")
    let training = events.filter { $0["stage"].text == "Training good, seed 0" }
    #expect(training.first?["event"].text == "begin" && training.first?["done"].number == 0)
    #expect(training.last?["event"].text == "end" && training.last?["done"].number == training.last?["total"].number)
    #expect(training.contains { $0["loss"].number != nil && $0["secondsLeft"].number != nil })
    let score = try #require(events.first { $0["event"].text == "score" })
    #expect(score["name"].text == "good" && score["seed"].number == 0)
    let report = try Document(String(decoding: folder.bytes("run/report.json"), as: UTF8.self))
    #expect(score["top1"].number == report["results"][0]["top1"]["value"].number)
    for (arguments, code) in [
      (["train", "--sinthetic", "x"], 64), (["train", "--synthetic", "x", "--real", "y"], 66),
    ] {
      let failed = try Program.run(arguments + ["--progress=json"])
      let event = try Document(failed.errors, schema: "progress")
      #expect(Int(failed.code) == code && event["code"].number == Double(code) && event["event"].text == "error")
    }
  }
}
