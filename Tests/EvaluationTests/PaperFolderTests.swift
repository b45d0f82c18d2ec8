import Evaluation
import Foundation
import Metrics
import Reports
import Support
import Testing

@Suite struct PaperFolderTests {
  /// The folder of a finished run of one result, whose accuracy has the uncertainty over images alone.
  private func run(in folder: TemporaryFolder) throws -> String {
    let entry = DataEntry(
      path: "real", split: nil, images: 100, classes: 2, hash: "h", size: .init(width: 8, height: 8, channels: 1))
    let report = Report(
      RunFindings(results: [
        ResultEntry(
          name: "gan", kind: .cas,
          scores: ScoreCard(
            top1: AccuracyScore(perSeed: [0.5], images: 100), top5: nil, brier: nil, expectedCalibrationError: nil,
            perClass: []))
      ]),
      Provenance(
        command: "train", version: "test", config: .object([:]), machine: .example,
        data: DataSection(real: .init(test: entry, train: nil), synthetic: [:])))
    try folder.write(Array(try report.json()), "run/report.json")
    return "\(folder.path)/run"
  }

  /// Each file stands in the list of names that are looked at before and cleared after.
  @Test func filesAreWrittenAndRewritten() throws {
    let folder = try TemporaryFolder()
    let run = try run(in: folder)
    let paper = PaperFolder(path: "\(folder.path)/deep/paper")
    let first = try paper.write([run], uncertainty: nil)
    #expect(first.allSatisfy { PaperFiles.names.contains(($0 as NSString).lastPathComponent) })
    #expect(first.contains("\(paper.path)/results.tex"))
    try folder.write(Array("% Written by cas 0.1.0".utf8), "deep/paper/figure-prd.tex")
    #expect(try paper.write([run], uncertainty: .images) == first)
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: paper.path)).count == first.count)
  }

  /// A text that somebody wrote is not lost.
  @Test func filesOfOthersStay() throws {
    let folder = try TemporaryFolder()
    let run = try run(in: folder)
    try folder.write(Array("mine".utf8), "paper/methods.tex")
    let paper = PaperFolder(path: "\(folder.path)/paper")
    #expect(throws: UsageError.foreignFile("\(paper.path)/methods.tex")) { try paper.write([run], uncertainty: nil) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: paper.path) == ["methods.tex"])
  }
}
