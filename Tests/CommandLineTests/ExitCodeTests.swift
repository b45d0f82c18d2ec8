import Foundation
import Support
import Testing

/// Codes that no other suite meets on its way.
@Suite struct ExitCodeTests {
  private func train(_ folder: TemporaryFolder, _ more: String...) throws -> Program.Result {
    try Stripes.write(to: folder, "real/train", perClass: 8, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 4, seed: 2)
    try Stripes.write(to: folder, "good", perClass: 8, seed: 3)
    let data = ["--real", "\(folder.path)/real", "--synthetic", "\(folder.path)/good"]
    let quick = ["--model", "resnet8", "--epochs", "2", "--batch-size", "8", "--quiet"]
    return try Program.run(["train", "--output", "\(folder.path)/run"] + data + quick + more)
  }

  @Test func divergenceIsNoMistakeOfUse() throws {
    let result = try train(try TemporaryFolder(), "--learning-rate", "1e30")
    #expect(result.code == 70 && result.errors.contains("diverged at step"), "\(result.errors)")
  }

  @Test func whatARunLacksIsMissingAndWhatIsDamagedIsBadData() throws {
    let folder = try TemporaryFolder()
    #expect(try train(folder, "--no-baseline").code == 0)
    try FileManager.default.removeItem(atPath: "\(folder.path)/run/thumbnails/0.png")
    let lacking = try Program.run("report", "\(folder.path)/run")
    #expect(lacking.code == 66 && lacking.errors.contains("0.png does not exist"), "\(lacking.errors)")
    try folder.write(Array("{".utf8), "run/report.json")
    let damaged = try Program.run("report", "\(folder.path)/run")
    #expect(damaged.code == 65 && damaged.errors.contains("is not a report of cas"), "\(damaged.errors)")
  }
}
