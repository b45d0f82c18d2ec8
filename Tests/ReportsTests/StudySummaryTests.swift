import Foundation
import Images
import Reports
import Testing

@Suite struct StudySummaryTests {
  static let reports = [
    "naive": Example.naive, "augmented": Example.augmented, "curve": Example.curve, "sweep": Example.sweep,
  ]

  private func text(_ report: Report, columns: Int) -> String {
    TerminalSummary(of: report, style: TerminalStyle(isTerminal: false, columns: columns), classLimit: 3).text
  }

  private func comparison(_ columns: Int) -> String {
    ComparisonSummary(of: Example.comparison, style: TerminalStyle(isTerminal: false, columns: columns)).text
  }

  @Test func snapshots() throws {
    for (name, report) in Self.reports { try expectSnapshot(text(report, columns: 100), "\(name).txt") }
    try expectSnapshot(comparison(80), "comparison.txt")
    try expectSnapshot(String(decoding: Example.comparison.json(), as: UTF8.self), "comparison.json")
    try expectSnapshot(
      CheckDocument(
        run: "runs/demo",
        checks: [
          .init(
            result: "flow", what: "top1", threshold: 0.8, value: 0.8612, isAtLeast: true, holds: true, note: nil),
          .init(
            result: "flow", what: "class top1", threshold: 0.5, value: 0.231, isAtLeast: true, holds: false,
            note: "shirt"),
          .init(
            result: "flow", what: "drop", threshold: 0.05, value: 0.050004, isAtLeast: false, holds: false, note: nil),
        ], warnings: ["cvae: no training images of boot, so it scores 0 there"], version: "0.1.0", config: .null,
        machine: Example.machine, data: Example.data
      ).text, "check.txt")
  }

  @Test(arguments: [40, 60, 72, 80, 100, 120, 200])
  func linesFitTheWidth(columns: Int) {
    for text in Self.reports.values.map({ text($0, columns: columns) }) + [comparison(columns)] {
      for line in text.split(separator: "\n") {
        let wide = line.unicodeScalars.count { (0x3041...0x9FFF).contains($0.value) }
        #expect(line.count + wide <= columns, "\(line)")
      }
    }
  }

  @Test(arguments: ["naive", "augmented", "curve", "sweep"])
  func documentsSurviveTheirFile(name: String) throws {
    let report = try #require(Self.reports[name])
    #expect(try Report(json: report.json(), path: "p") == report)
    let page = HTMLPage(report: report, encode: StoredPNG.picture)
    #expect(page.text.contains("</html>") && page.text.contains("<svg"))
    try expectPageSnapshot(page.text, "\(name).html")
  }

  /// With several seeds the spread of the trainings is shown: beside the interval over test images where there is room for
  /// both, and in its place where there is not.
  @Test func curvesHaveIntervals() throws {
    var report = Example.curve
    func page() -> String { HTMLPage(report: report, encode: StoredPNG.picture).text }
    #expect(text(report, columns: 100).contains("70.10  68.70–71.50"))
    #expect(!text(report, columns: 60).contains("95 % over seeds") && text(report, columns: 60).contains("worth"))
    #expect(page().contains("70.10<small>69.10–71.10</small><small>seeds: 68.70–71.50</small>"))
    #expect(page().contains("bands in the picture are those over seeds."))
    for curve in 0..<3 { for size in 0..<4 { report.curves?[curve].points[size].seedInterval = nil } }
    let one = text(report, columns: 100)
    #expect(one.contains("95 % interval") && one.contains("70.10  69.10–71.10") && !one.contains("95 % over seeds"))
    #expect(page().contains("70.10<small>69.10–71.10</small></td>") && !page().contains("<small>seeds:"))
    #expect(page().contains("bands in the picture are those for test images."))
    let earlier = try JSONDecoder().decode(CurveEntry.Point.self, from: Data("{\"size\": 5, \"top1\": 0.5}".utf8))
    #expect(earlier == CurveEntry.Point(size: 5, top1: 0.5, interval: nil, worth: nil))
  }

  @Test func keysAreThoseOfTheFiles() {
    #expect(Example.augmented.results.map(\.key).prefix(2) == ["flow+0.5+none", "baseline+none"])
    #expect(Example.naive.results.map(\.key) == ["flow+0.25", "flow+1.0", "baseline"])
    var sized = Example.cas
    sized.size = 500
    #expect(sized.key == "cvae@500")
  }
}
