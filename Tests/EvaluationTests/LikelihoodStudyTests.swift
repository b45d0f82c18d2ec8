import Datasets
import Evaluation
import Foundation
import Metrics
import Reports
import Support
import Testing

/// `cas study` from files, on stripes, and its table of log-likelihoods.
@Suite struct LikelihoodStudyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func table(
    _ lines: [String], unit: LikelihoodTable.Unit = .nats, dimensions: Int = 4
  ) throws -> LikelihoodTable {
    try folder.write(Array(lines.joined(separator: "\n").utf8), "t.csv")
    return try LikelihoodTable(csv: "\(folder.path)/t.csv", unit: unit, dimensions: dimensions)
  }

  @Test func aTableGivesDivergencesOfEveryModel() throws {
    let found = try table([
      "log_model,model,set,log_data,group,epoch", "-3,a,data,-1,g,1", "-5,a,data,-2,g,1", "-4,a,model,-6,g,1",
      "-1,b,data,-1,g,2", "",
    ])
    #expect(found.points.map(\.name) == ["a", "b"] && found.points.map(\.group) == ["g", "g"])
    #expect(found.points.map(\.epoch) == [1, 2])
    let first = found.points[0]
    // KL is log_data − log_model on images of the data, RKL the other difference on samples.
    #expect(first.forward?.value == 2.5 && first.reverse?.value == 2 && first.negativeLogLikelihood == 4)
    #expect(found.points[1].reverse == nil)
  }

  @Test(arguments: [
    (LikelihoodTable.Unit.nats, 1.0), (.bits, log(2)), (.natsPerDimension, 4), (.bitsPerDimension, 4 * log(2)),
  ])
  func unitsBecomeNats(unit: LikelihoodTable.Unit, scale: Double) throws {
    let found = try table(["model,set,log_data,log_model", "a,data,-1,-3"], unit: unit)
    #expect(abs((found.points[0].forward?.value ?? .nan) - 2 * scale) < 1e-12)
    let negative = try table(["model,set,nll_data,nll_model", "a,data,1,3"], unit: unit)
    #expect(negative == found)
  }

  @Test(arguments: [
    (["model,set,log_data"], "column log_model"), (["model,set,log_data,log_model", "a,data,1"], "line 2: 3 fields"),
    (["model,set,log_data,log_model", "a,data,x,1"], "no number"),
    (["model,set,log_data,log_model", "a,dat,1,1"], "neither data nor model"),
    (["model,set,log_data,log_model", "a,data,-inf,1"], "no chance"),
    (["model,set,log_data,log_model,epoch", "a,data,1,1,1", "a,data,1,1,2"], "line 3: group, epoch"),
    (["model,set,log_data,log_model,nll_data", "a,data,1,1,1"], "choose one"),
    (["model,set,log_data,log_model"], "no line below"), ([""], "it is empty"),
  ])
  func brokenTablesAreNamed(lines: [String], reason: String) throws {
    do {
      _ = try table(lines)
      Issue.record("\(lines) was read")
    } catch let error as DataError { #expect("\(error)".contains(reason), "\(error)") }
  }

  /// Six models whose samples are ever more noisy stripes, and whose likelihoods say so.
  private func request() throws -> LikelihoodStudyRequest {
    try Stripes.write(to: folder, "real/train", perClass: 9, seed: 1, side: 8)
    try Stripes.write(to: folder, "real/test", perClass: 8, seed: 2, side: 8)
    var lines = ["model,set,log_data,log_model,group,seconds"]
    var sets: [NamedPath] = []
    for index in 0..<6 {
      let name = "m\(index)"
      try Stripes.write(to: folder, name, perClass: 7 + (index == 5 ? 1 : 0), seed: UInt64(3 + index), side: 8)
      sets.append(NamedPath(name: name, path: "\(folder.path)/\(name)"))
      for image in 0..<10 {
        let noise = Double(image % 3) - 1
        lines.append("\(name),data,\(-100 + noise),\(-100 - 3 * Double(index) - noise),g\(index),\(index)")
        lines.append("\(name),model,\(-90 - 2 * Double(index) + noise),-90,g\(index),\(index)")
      }
    }
    try folder.write(Array(lines.joined(separator: "\n").utf8), "table.csv")
    var request = LikelihoodStudyRequest(
      real: "\(folder.path)/real", synthetic: sets, likelihoods: "\(folder.path)/table.csv")
    request.extractors = try LikelihoodStudyRequest.extractors(["pixels"])
    request.metrics = ["kid", "fid", "precision"]
    return request
  }

  private func run(
    _ request: LikelihoodStudyRequest, _ name: String = "study", _ events: RunEvents = RunEvents()
  ) throws -> StudyDocument {
    var context = try RunContext.testing()
    context.events = events
    return try LikelihoodStudy(request, folder: RunFolder(path: "\(folder.path)/\(name)"), context).run()
  }

  @Test func everyModelIsMeasuredAndJudged() throws {
    let document = try run(request())
    let findings = document.findings
    #expect(findings.points.map(\.name) == (0..<6).map { "m\($0)" })
    #expect(findings.points.allSatisfy { $0.value("pixels:fid") != nil && $0.value("pixels:precision") != nil })
    #expect(findings.dimensions == 64)
    let pair = try #require(findings.agreement.first { $0.first == "kl" && $0.second == "rkl" })
    #expect(abs((pair.kendall?.value ?? 0) - 1) < 1e-12 && pair.rows == 6)
    // One model has more samples than the others, and is cut.
    #expect(findings.warnings.contains { $0.hasPrefix("m5 was cut from 24 to 21") })
    #expect(findings.points.allSatisfy { $0.metrics.allSatisfy { $0.n.first == 21 } })
    #expect(findings.verdict.contains { $0.hasPrefix("KL and RKL order the 6 points") })
    // The sign of what is higher for better models is turned.
    let precision = findings.points.map { $0.value("pixels:precision").map { -$0 } }
    #expect(findings.turned("pixels:precision") == precision)
    let schema = try JSONSchema(
      contentsOf: URL(fileURLWithPath: #filePath).appending(path: "../../../docs/schema/study.schema.json")
        .standardizedFileURL)
    let written = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/study/study.json"))
    #expect(try schema.violations(in: written).isEmpty)
    let csv = try String(contentsOfFile: "\(folder.path)/study/study.csv", encoding: .utf8).split(separator: "\n")
    #expect(csv.count == 7 && csv[0].hasPrefix("model,group,epoch,seconds,kl,kl_low"))
    let page = try String(contentsOfFile: "\(folder.path)/study/study.html", encoding: .utf8)
    #expect(page.contains("pixels:kid") && page.contains("<svg"))
  }

  /// Stopped after any metric and begun again, a study gives the same document, and computes nothing twice.
  @Test func anInterruptedStudyGoesOn() throws {
    let request = try request()
    let whole = try run(request, "whole")
    var events = RunEvents()
    let finished = folder.path + "/broken/metrics"
    events.shouldStop = {
      ((try? FileManager.default.contentsOfDirectory(atPath: finished))?.count { $0.hasSuffix(".json") } ?? 0) >= 7
    }
    #expect(throws: Interrupted.self) { try run(request, "broken", events) }
    let kept = try FileManager.default.contentsOfDirectory(atPath: finished).count { $0.hasSuffix(".json") }
    #expect(kept == 7)
    #expect(try run(request, "broken").findings == whole.findings)
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: finished).sorted().first)
    let before = try FileManager.default.attributesOfItem(atPath: "\(finished)/\(file)")[.modificationDate] as? Date
    #expect(try run(request, "broken").findings == whole.findings)
    let after = try FileManager.default.attributesOfItem(atPath: "\(finished)/\(file)")[.modificationDate] as? Date
    #expect(before == after)
  }

  @Test func whatCannotBeIsRefused() throws {
    var lone = try request()
    lone.synthetic.append(NamedPath(name: "other", path: "\(folder.path)/m1"))
    let unknown = UsageError.modelWithoutLikelihoods("other", table: lone.likelihoods)
    #expect(throws: unknown) { try run(lone, "lone") }
    var copies = lone
    copies.metrics = ["memorisation"]
    #expect(throws: UsageError.self) { try run(copies, "copies") }
    try folder.write(Array("mine".utf8), "full/notes.txt")
    #expect(throws: UsageError.foreignFolder("\(folder.path)/full")) { try run(lone, "full") }
    #expect(throws: UsageError.repeatedExtractor("pixels")) {
      try LikelihoodStudyRequest.extractors(["pixels", "pixels"])
    }
    #expect(throws: UsageError.self) { try LikelihoodStudyRequest.extractors(["clip-vit-b32"]) }
  }
}
