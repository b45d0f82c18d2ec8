import Foundation
import Testing

@Suite(.serialized) struct BenchTests {
  private func report(_ arguments: String...) throws -> [String: Any] {
    let result = try Program.run(["bench", "--rounds", "1", "--json"] + arguments)
    #expect(result.code == 0 && result.errors.isEmpty, "\(result.errors)")
    return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  /// The keys that the comparison with PyTorch reads.
  @Test func throughputAsJSON() throws {
    let report = try report("--models", "resnet8", "--input", "16x16x3", "--batch-size", "4")
    #expect(report["schemaVersion"] as? Int == 1 && report["command"] as? String == "bench")
    let network = try #require((report["networks"] as? [[String: Any]])?.first)
    for key in ["trainingImagesPerSecond", "inferenceImagesPerSecond", "trainingPeakMegabytes"] {
      #expect(try #require(network[key] as? Double) > 0, "\(key)")
    }
    #expect((report["pipeline"] as? [String: Any])?["growth"] is Double)
    let machine = try #require(report["machine"] as? [String: Any])
    #expect(machine["cpu"] is String && machine["blasCore"] is String && machine["instructionSet"] is String)
    #expect((report["config"] as? [String: Any])?["models"] as? String == "resnet8" && report["data"] is NSNull)
  }

  @Test func limitsAsJSON() throws {
    let limits = try #require(report("--limits", "--threads", "1")["limits"] as? [String: Any])
    let peaks = try #require(limits["peaks"] as? [[String: Any]])
    #expect(!peaks.isEmpty && peaks.allSatisfy { ($0["gigaflopsPerSecond"] as? Double ?? 0) > 0 })
    #expect((limits["bandwidths"] as? [[String: Any]])?.count == 6)
  }

  @Test func textForPeople() throws {
    let arguments = ["bench", "--models", "resnet8", "--input", "16x16x3", "--batch-size", "4", "--rounds", "1"]
    let profile = try Program.run(arguments + ["--profile"])
    #expect(profile.code == 0 && profile.output.contains("batch norm + ReLU, forward"), "\(profile.errors)")
    #expect(try Program.run(arguments + ["--no-pipeline"]).output.contains("training images/s"))
    let wrong = try Program.run("bench", "--models", "resnet21")
    #expect(wrong.code == 64 && wrong.errors.contains("Did you mean resnet20"), "\(wrong.errors)")
  }
}
