import Foundation
import Reports
import Testing

@Suite struct ResultTableTests {
  private func table(_ format: ResultTable.Format, literature: Literature? = nil) throws -> String {
    try ResultTable(
      [.init(run: "runs/a", report: Example.several), .init(run: "runs/b_1", report: Example.single)],
      literature: literature
    ).text(format, style: TerminalStyle(isTerminal: false, columns: 100, environment: [:]))
  }

  private func table(_ format: ResultTable.Format, of report: Report, columns: Int = 100) throws -> String {
    try ResultTable([.init(run: nil, report: report)]).text(
      format, style: TerminalStyle(isTerminal: false, columns: columns, environment: [:]))
  }

  @Test(arguments: [ResultTable.Format.text, .csv, .markdown, .latex])
  func snapshots(format: ResultTable.Format) throws {
    let name = "results." + (["text": "txt", "markdown": "md", "latex": "tex"][format.rawValue] ?? format.rawValue)
    try expectSnapshot(try table(format, literature: try Example.literature()), name)
  }

  @Test func jsonIsTheReportOfOneRunAndAListOfSeveral() throws {
    let one = try ResultTable([.init(run: nil, report: Example.single)]).text(
      .json, style: TerminalStyle(isTerminal: false, columns: 80, environment: [:]))
    #expect(try Report(json: Data(one.utf8), path: "p") == Example.single)
    let both = try JSONDecoder().decode([Report].self, from: Data(try table(.json).utf8))
    #expect(both == [Example.several, Example.single])
  }

  @Test(arguments: [ResultTable.Format.text, .markdown, .latex])
  func ganTestsHaveNamesOfTheirOwn(format: ResultTable.Format) throws {
    var report = Example.single
    var ganTest = report.results[0]
    (ganTest.name, ganTest.kind) = ("cvae", .ganTest)
    report.results.append(ganTest)
    let text = try ResultTable([.init(run: nil, report: report)]).text(
      format, style: TerminalStyle(isTerminal: false, columns: 80, environment: [:]))
    #expect(text.contains("cvae (GAN-test)"), "\(text)")
  }

  /// Characters that LaTeX would take for commands.
  @Test func latexIsEscaped() throws {
    var report = Example.single
    report.results[0].name = "a_b & 50% #1 {x} $y$ \\z ~ ^"
    let text = try ResultTable([.init(run: nil, report: report)]).text(
      .latex, style: TerminalStyle(isTerminal: false, columns: 80, environment: [:]))
    #expect(
      text.contains(
        "a\\_b \\& 50\\% \\#1 \\{x\\} \\$y\\$ \\textbackslash{}z \\textasciitilde{} \\textasciicircum{}"))
  }

  /// The drops that the paper's abstract has the wrong way round (protocols of Ravuri and Vinyals 2019, table 1).
  @Test func publishedDropsAreComputedFromTheirTable() throws {
    let text = try table(.csv, literature: try Example.literature())
    let line = try #require(text.split(separator: "\n").first { $0.contains("BigGAN-deep at 256") })
    #expect(line.contains("0.4265") && line.contains("0.416472") && line.contains("0.279326"))
    let paper = try table(.markdown, literature: try Example.literature())
    #expect(
      paper.contains("| BigGAN-deep at 256 pixels, truncation 1.50 (published) | 42.65 | – | – | 65.92 | 41.6 | 27.9 |")
    )
  }

  /// A drop is of one accuracy, and each table says of which.
  @Test(arguments: [
    (ResultTable.Format.text, ["Top-1 drop %"]), (.markdown, ["Top-1 drop (%)", "Top-5 drop (%)"]),
    (.latex, ["Top-1 drop (\\%)", "Top-5 drop (\\%)"]),
  ])
  func dropsAreNamed(format: ResultTable.Format, names: [String]) throws {
    let head = try table(format).prefix { $0 != "!" }
    for name in names { #expect(head.contains(name), "\(head)") }
  }

  /// With several seeds a table has both intervals, each under what it is over; with one seed there is one.
  @Test(arguments: [ResultTable.Format.text, .markdown, .latex])
  func bothIntervalsAreShown(format: ResultTable.Format) throws {
    let percent = format == .latex ? "95 \\%" : "95 %"
    let seeds = try table(format, of: Example.single, columns: 160)
    #expect(seeds.contains("\(percent) over images") && seeds.contains("\(percent) over seeds"))
    #expect(seeds.contains(format == .latex ? "70.38--73.36" : "70.38–73.36") && !seeds.contains("interval"))
    let one = try table(format, of: Example.naive, columns: 160)
    #expect(one.contains("\(percent) interval") && !one.contains("over seeds") && !one.contains("over images"))
  }

  /// A narrow terminal has no room for the second interval; the first says all the same what it is over.
  @Test func theIntervalOverSeedsMayBeLeftOut() throws {
    let head = try table(.text, of: Example.single, columns: 80).prefix { $0 != "\n" }
    #expect(head.contains("95 % over images") && !head.contains("over seeds") && head.contains("Top-1 drop %"))
  }

  @Test func sweepsHaveAColumnForTheirAxis() throws {
    let paper = try table(.markdown, of: Example.sweep)
    #expect(paper.hasPrefix("| Result | truncation (scaled) | Top-1 (%) |"))
    #expect(paper.contains("| t0.5 (Classification Accuracy Score) | 0.5 | 71.87 |"))
    #expect(paper.contains("| t2 (GAN-test) | 2 | 71.87 |"))
    #expect(paper.contains("| baseline (Baseline on real images) | – | 85.50 |"))
    #expect(try table(.latex, of: Example.sweep).contains("Result & truncation (scaled) & Top-1 (\\%) &"))
    #expect(try !table(.markdown, of: Example.single).contains("truncation"))
    let lines = try table(.csv, of: Example.sweep).split(separator: "\n")
    #expect(lines[0].hasSuffix(",axis,axis_value,axis_convention"))
    #expect(lines[1].hasSuffix(",truncation,0.5,scaled") && lines[2].hasSuffix(",truncation,2.0,scaled"))
    #expect(lines[3].hasSuffix(",0,,,"))
  }

  /// Two readings of one threshold are two axes.
  @Test func conventionsStandApart() throws {
    var report = Example.sweep
    report.results[1].axis?.convention = "resampled"
    let paper = try table(.markdown, of: report)
    #expect(paper.hasPrefix("| Result | truncation (scaled) | truncation (resampled) | Top-1 (%) |"))
    #expect(paper.contains("| t2 (Classification Accuracy Score) | – | 2 | 71.87 |"))
  }
}
