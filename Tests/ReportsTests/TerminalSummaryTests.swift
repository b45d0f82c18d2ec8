import Metrics
import Reports
import Testing

@Suite struct TerminalSummaryTests {
  private func text(_ report: Report, columns: Int, terminal: Bool = false, limit: Int = 20) -> String {
    TerminalSummary(
      of: report, style: TerminalStyle(isTerminal: terminal, columns: columns), classLimit: limit
    ).text
  }

  @Test(arguments: [80, 120])
  func snapshots(columns: Int) throws {
    try expectSnapshot(text(Example.single, columns: columns), "single-\(columns).txt")
    try expectSnapshot(text(Example.several, columns: columns), "several-\(columns).txt")
  }

  @Test(arguments: [40, 50, 60, 72, 80, 100, 120, 200])
  func linesFitTheWidth(columns: Int) {
    for line in text(Example.several, columns: columns).split(separator: "\n") {
      // Ideographs take two columns each, and all of the others here take one.
      let wide = line.unicodeScalars.count { (0x3041...0x9FFF).contains($0.value) }
      #expect(line.count + wide <= columns, "\(line)")
    }
  }

  /// A sentence that several sources have stands there once, under the name of no other set.
  @Test func eachWarningIsSaidOnce() {
    var report = Example.single
    report.warnings = [
      "Images of cvae are copies.", "Images of cvae are copies.", "cvae: 12 images are exact copies of others",
    ]
    let shown = text(report, columns: 100)
    #expect(shown.ranges(of: "! Images of cvae are copies.").count == 1)
    #expect(shown.ranges(of: "12 images are exact copies of others").count == 1)
  }

  /// Of ten columns the sixth begins at 0.5.
  @Test func theMarkOfABarLiesWhereItsShareIs() throws {
    var result = Example.cas
    (result.perClass[0].top1, result.perClass[0].baselineTop1) = (0.1, 0.5)
    let line = text(Example.report([result]), columns: 80).split(separator: "\n").first {
      $0.contains("█") && $0.contains("│")
    }
    let bar = try #require(line).drop { $0 != "█" }
    #expect(bar.hasPrefix("█    │    "), "\(bar)")
  }

  /// 5 of 1,000 are neither none nor 1 %.
  @Test func sharesBelowOnePercentAreSaidToBe() {
    var report = Example.single
    report.results[1].perClass[0].support = 1000
    report.results[1].top1 = Example.accuracy([0.7187], 0.7, 0.73, nil)
    report.results[1].perClass[0].confusedWith = [
      .init(name: "p", count: 10), .init(name: "q", count: 9), .init(name: "r", count: 5),
    ]
    #expect(text(report, columns: 160).contains("p 1 %, q < 1 %, r < 1 %"))
  }

  /// Names of one study differ at their ends, lists are cut between entries, and no number is cut.
  @Test func cutsLeaveWhatTellsThingsApart() {
    var report = Example.several
    let names = ["a-diffusion-model-of-a-long-name-step100k", "a-diffusion-model-of-a-long-name-step200k"]
    report.results[1].name = names[0]
    report.results[2].name = names[1]
    for width in [48, 60, 80] {
      let shown = text(report, columns: width)
      #expect(shown.contains("100k ") && shown.contains("200k "), "\(shown)")
    }
    var entry = Example.single
    entry.results[1].perClass[0].support = 100
    entry.results[1].top1 = Example.accuracy([0.7187], 0.7, 0.73, nil)
    entry.results[1].perClass[0].confusedWith = [
      .init(name: "a-very-long-class", count: 14), .init(name: "b", count: 8),
    ]
    let line = text(entry, columns: 80).split(separator: "\n").first { $0.hasPrefix("shirt") } ?? ""
    #expect(line.hasSuffix(" 14 %") || line.hasSuffix(" 14 %, b 8 %"), "\(line)")
    #expect(
      text(entry, columns: 80).contains("│ real")
        && !text(Example.report([Example.baseline]), columns: 80).contains("│ real"))
  }

  @Test(arguments: [(6, nil), (7, "the other result are"), (9, "the other 3 results are")] as [(Int, String?)])
  func whatIsNotShownIsCounted(count: Int, words: String?) {
    let results = (0..<count).map { index in
      var result = Example.cas
      result.name = "set\(index)"
      return result
    }
    let shown = text(Example.report(results), columns: 200)
    #expect(shown.contains("The classes of the other") == (words != nil) && shown.contains(words ?? "set5"))
  }

  /// The test over two seeds has one degree of freedom.
  @Test(arguments: [1, 2, 3])
  func twoSeedsSayLittle(seeds: Int) {
    var report = Example.several
    for index in report.results.indices {
      report.results[index].top1 = Example.accuracy([Double](repeating: 0.5, count: seeds), 0.4, 0.6, nil)
    }
    let warning = "! two seeds say little: intervals over seeds are wide"
    #expect(text(report, columns: 200).contains(warning) == (seeds == 2))
  }

  @Test func withoutATerminalThereAreNoControlCodes() {
    #expect(!text(Example.several, columns: 80).unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    #expect(text(Example.several, columns: 80, terminal: true).contains("\u{1B}[31m"))
  }

  @Test func namesCannotSteerTheTerminal() {
    var result = Example.cas
    result.perClass[0].name = "a\u{1B}[2Jb\u{202E}c\nd"
    result.perClass[0].confusedWith = [.init(name: "\u{7}bell", count: 1)]
    let summary = text(Example.report([result]), columns: 120)
    #expect(summary.contains("a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d"))
    #expect(!summary.unicodeScalars.contains { ($0.value < 32 && $0 != "\n") || $0 == "\u{202E}" })
  }

  @Test func styles() {
    #expect(TerminalStyle(isTerminal: true).color)
    #expect(!TerminalStyle(isTerminal: false).color)
    #expect(!TerminalStyle(isTerminal: true, environment: ["NO_COLOR": "1"]).color)
    #expect(TerminalStyle(isTerminal: true, environment: ["NO_COLOR": ""]).color)
    #expect(!TerminalStyle(isTerminal: true, environment: ["TERM": "dumb"]).color)
    #expect(TerminalStyle(isTerminal: true).width == 80)
    #expect(TerminalStyle(isTerminal: true, columns: 132).width == 132)
    #expect(TerminalStyle(isTerminal: true, columns: 132, environment: ["COLUMNS": "100"]).width == 100)
    #expect(TerminalStyle(isTerminal: true, columns: 0, environment: ["COLUMNS": "wide"]).width == 80)
    #expect(TerminalStyle(isTerminal: true, columns: 3).width == 40)
  }

  @Test func manyClassesAreCutAndSaidSo() {
    let summary = text(Example.single, columns: 80, limit: 2)
    #expect(summary.contains("… and 5 classes more: see per_class.csv"))
    #expect(!summary.contains("sandal"))
  }

  @Test func emptyRuns() {
    #expect(text(Example.report([]), columns: 80).contains("!"))
    let empty = ResultEntry(name: "none", kind: .cas, scores: ScoreCard())
    #expect(text(Example.report([empty]), columns: 80).contains("no test images"))
    var alone = Example.cas
    alone.baseline = nil
    alone.relativeDrop = nil
    alone.perClass = [ClassScore(name: "only", support: 4, top1: 1, interval: Interval(low: 0.5, high: 1))]
    let summary = text(Example.report([alone]), columns: 80)
    #expect(summary.contains("no baseline") && !summary.contains("Change"))
  }
}
