import Foundation
import Metrics
import Reports
import Testing

@Suite struct ReportTests {
  @Test(arguments: [Example.single, Example.several, Example.report([])])
  func roundTrip(report: Report) throws {
    #expect(try Report(json: report.json(), path: "report.json") == report)
  }

  @Test func jsonSnapshot() throws {
    try expectSnapshot(String(decoding: Example.single.json(), as: UTF8.self), "report.json")
  }

  /// A run with one seed, no baseline, three classes and no training: every key is there all the same.
  @Test func keysWithoutValuesAreNull() throws {
    var report = Example.report([
      ResultEntry(
        name: "weights", kind: .evaluation,
        scores: ScoreCard(
          top1: Example.accuracy([0.5], 0.4, 0.6, nil), perClass: [ClassScore(name: "cat", support: 3, top1: 0.5)]))
    ])
    report.data.real.train = nil
    let json = String(decoding: try report.json(), as: UTF8.self)
    for key in [
      "train", "top5", "seedInterval", "relativeDrop", "brier", "expectedCalibrationError", "fractionAdded", "baseline",
      "baselineTop1", "difference", "adjustedP", "interval", "training",
    ] {
      #expect(json.contains("\"\(key)\" : null"), "\(key)")
    }
    #expect(json.contains("\"path\" : \"data/real\""))
    #expect(json.hasSuffix("}\n"))
  }

  @Test func numbersThatAreNotFiniteBecomeNull() throws {
    var result = Example.cas
    result.brier = .nan
    result.top1?.interval = Interval(low: 0, high: .infinity)
    result.perClass[0].adjustedP = .infinity
    result.training?.finalLoss = -.infinity
    result.relativeDrop = RelativeDrop(top1: .nan, top5: 0.1)
    var report = Example.report([result])
    report.config = .object(["a": .number(.nan), "b": .array([.number(.infinity)])])
    let back = try Report(json: report.json(), path: "report.json")
    #expect(back.results[0].top1 != nil && back.results[0].top1?.interval == nil)
    #expect(back.results[0].brier == nil && back.results[0].perClass[0].adjustedP == nil)
    #expect(back.results[0].training?.finalLoss == nil && back.results[0].relativeDrop?.top1 == nil)
    #expect(back.config == .object(["a": .null, "b": .array([.null])]))
  }

  @Test func keysThatAreMissingReadAsNull() throws {
    let json = String(decoding: try Example.single.json(), as: UTF8.self)
    let older = json.split(separator: "\n").filter { !$0.contains("\"expectedCalibrationError\"") }
    let report = try Report(json: Data(older.joined(separator: "\n").utf8), path: "report.json")
    #expect(report.results.allSatisfy { $0.expectedCalibrationError == nil && $0.brier != nil })
  }

  @Test(arguments: [
    ("", ReportError.notAReport(path: "a.json")), ("[1]", .notAReport(path: "a.json")),
    ("{}", .notAReport(path: "a.json")), ("{\"schemaVersion\": null}", .notAReport(path: "a.json")),
    ("{\"schemaVersion\": \"1\"}", .notAReport(path: "a.json")),
    ("{\"schemaVersion\": 2}", .unknownSchemaVersion(path: "a.json", found: 2)),
    ("{\"schemaVersion\": 1}", .malformed(path: "a.json", key: "command")),
  ])
  func whatIsNoReportIsSaid(json: String, expected: ReportError) {
    #expect(throws: expected) { try Report(json: Data(json.utf8), path: "a.json") }
    #expect(expected.description.contains("a.json"))
  }

  @Test func aDamagedKeyIsNamed() throws {
    let json = String(decoding: try Example.single.json(), as: UTF8.self)
    let damaged = json.replacing("\"support\" : 833", with: "\"support\" : \"many\"")
    #expect(throws: ReportError.malformed(path: "r", key: "results.0.perClass.0.support")) {
      try Report(json: Data(damaged.utf8), path: "r")
    }
  }

  @Test func configurationLeaves() {
    let leaves = Example.config.leaves.map { "\($0.path)=\($0.text)" }
    #expect(
      leaves == [
        "epochs=30", "milestones=[15, 22]", "model=resnet8", "optimizer.learningRate=0.1", "optimizer.nesterov=true",
        "optimizer.warmup=null", "seeds=3",
      ])
  }

  @Test func worstFirst() {
    #expect(Example.cas.worstFirst.map(\.support) == [833, 833, 833, 833, 833, 833, 0])
    #expect(Example.cas.worstFirst[1].name == "<script>alert(1)</script>")
    #expect(Example.baseline.worstFirst[0].top1 == 0.61)
    #expect(Example.cas.failedClasses.map(\.name) == ["shirt"])
  }
}
