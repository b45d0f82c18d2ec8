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
      paper.contains("| BigGAN-deep at 256 pixels, truncation 1.50 (published) | 42.65 | – | 65.92 | 41.6 | 27.9 |"))
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
}
