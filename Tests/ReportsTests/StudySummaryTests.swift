import Foundation
import Images
import Metrics
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
      CheckFindings(
        run: "runs/demo",
        checks: [
          .init(
            result: "flow", what: "top1", threshold: 0.8, value: 0.8612, isAtLeast: true, holds: true, note: nil),
          .init(
            result: "flow", what: "class top1", threshold: 0.5, value: 0.231, isAtLeast: true, holds: false,
            note: "shirt"),
          .init(
            result: "flow", what: "drop", threshold: 0.05, value: 0.050004, isAtLeast: false, holds: false, note: nil),
        ], warnings: ["cvae: no training images of boot, so it scores 0 there"]
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
  }

  /// Of samples that are added to real images a sweep compares those of one share and one way of changing images.
  @Test func sweepsCompareLikeWithLike() throws {
    let page = HTMLPage(report: Example.augmentedSweep, encode: StoredPNG.picture).text.replacing("\u{A0}", with: " ")
    #expect(page.contains("<title>Naive Augmentation Score: t2.0, t0.5</title>") && !page.contains("Sweep of"))
    let start = try #require(page.firstRange(of: "<section aria-labelledby=\"sweep\">"))
    let end = try #require(page[start.upperBound...].firstRange(of: "</section>"))
    let section = page[start.upperBound..<end.lowerBound]
    #expect(
      section.contains("<strong>none</strong> Top-1 is best at 0.5 with + 50 % and at 2 with + 100 %.</figcaption>"))
    #expect(section.contains("<strong>mixup</strong> Top-1 is best at 2 with + 50 %.</figcaption>"))
    #expect(section.contains("Shares with one value alone are in the table below."))
    let names = section.matches(of: /y="[\d.]+">([^<]+)<\/text><\/g>/).map { String($0.output.1) }
    #expect(names == ["+ 50 %", "+ 100 %", "real images alone", "+ 50 %", "real images alone"])
    // Each line has a point for each truncation.
    #expect(section.ranges(of: "<circle").count == 10)
  }

  @Test func aSweepOfOneWayIsOnePicture() {
    var report = Example.augmentedSweep
    report.results = report.results.filter { $0.augmentation == "none" }
    for index in report.results.indices { report.results[index].augmentation = nil }
    let page = HTMLPage(report: report, encode: StoredPNG.picture).text.replacing("\u{A0}", with: " ")
    let note = "where there is one seed. Top-1 is best at 0.5 with + 50 % and at 2 with + 100 %.</p>"
    #expect(page.contains(note) && !page.contains("Shares with one value"))
    // Without two values of a share there is nothing to compare.
    report.results.removeAll { $0.name == "t2.0" }
    #expect(!HTMLPage(report: report, encode: StoredPNG.picture).text.contains("id=\"sweep\""))
  }

  /// The sizes of a set lie at one value of the axis: they are a curve's matter.
  @Test func aCurveIsNoSweep() {
    var report = Example.curve
    var (small, large) = (Example.cas, Example.cas)
    (small.size, large.size) = (500, 1000)
    small.axis = AxisEntry(name: "truncation", value: 0.5, convention: nil)
    large.axis = small.axis
    report.results = [small, large, Example.baseline]
    let page = HTMLPage(report: report, encode: StoredPNG.picture).text
    #expect(page.contains("<title>Accuracy against the number of images: cvae</title>"))
    #expect(page.contains("id=\"curves\"") && !page.contains("id=\"sweep\""))
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
    let earlier = try JSONDecoder().decode(LearningCurve.Point.self, from: Data("{\"size\": 5, \"top1\": 0.5}".utf8))
    #expect(earlier == LearningCurve.Point(size: 5, top1: 0.5, interval: nil, worth: nil))
  }

  @Test func keysAreThoseOfTheFiles() {
    #expect(Example.augmented.results.map(\.key).prefix(2) == ["flow+0.5+none", "baseline+none"])
    #expect(Example.naive.results.map(\.key) == ["flow+0.25", "flow+1.0", "baseline"])
    var sized = Example.cas
    sized.size = 500
    #expect(sized.key == "cvae@500")
  }
}
