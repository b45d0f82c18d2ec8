import Foundation
import Metrics
import Reports
import Testing

@Suite struct PaperTests {
  private func files(
    _ reports: [Report], uncertainty: PaperFiles.Uncertainty? = nil
  ) -> [String: String] {
    let parts = reports.enumerated().map { place, report in
      ResultTable.Part(run: reports.count > 1 ? "run_\(place)" : nil, report: report)
    }
    return Dictionary(
      PaperFiles(parts, uncertainty: uncertainty).files.map { ($0.name, $0.text) },
      uniquingKeysWith: { first, _ in first })
  }

  /// A run of three sets of a hundred classes with names that LaTeX would take for commands, with metrics.
  static let hundred: Report = {
    var report = Example.several
    for index in report.results.indices {
      let base = report.results[index].perClass
      report.results[index].perClass = (0..<100).map { place in
        var entry = base[place % (base.count - 1)]
        entry.name = "\(entry.name) \(place)"
        return entry
      }
      guard report.results[index].kind == .cas else { continue }
      report.results[index].metrics = [
        MetricEntry("fid", value: 12.5 + Double(index), n: [6000, 5000], better: "lower"),
        MetricEntry("coverage", value: 0.25 * Double(index), n: [6000, 5000], better: "higher"),
      ]
      report.results[index].prd = PrecisionRecallCurve(
        precision: (0...100).map { Double($0) / 100 }, recall: (0...100).map { 1 - Double($0) / 100 })
    }
    return report
  }()

  @Test func theBestIsBoldAndDirectionsCount() throws {
    let table = try #require(files([Self.hundred])["results.tex"])
    let rows = table.split(separator: "\n").filter { $0.contains(" & ") }
    let best = try #require(rows.first { $0.contains("a-generator") })
    let other = try #require(rows.first { $0.contains("cvae") })
    // The higher accuracy and coverage, and the lower FID.
    #expect(best.contains("\\textbf{80.12}") && best.contains("\\textbf{0.5000}"))
    #expect(other.contains("\\textbf{13.50}") && !other.contains("\\textbf{71"))
    #expect(rows[0].contains("FID $\\downarrow$") && rows[0].contains("Coverage $\\uparrow$"))
    let reference = try #require(rows.first { $0.contains("real images") })
    #expect(!reference.contains("textbf"))
  }

  /// The reader chooses; by default the deviation, which one seed has not.
  @Test func uncertainties() throws {
    func row(_ report: Report, _ uncertainty: PaperFiles.Uncertainty?) throws -> Substring {
      let table = try #require(files([report], uncertainty: uncertainty)["results.tex"])
      return try #require(table.split(separator: "\n").first { $0.contains("cvae &") })
    }
    #expect(try row(Example.single, nil).contains("71.87 $\\pm$ 0.59"))
    #expect(try row(Example.single, .seeds).contains("71.87 {\\scriptsize [70.38, 73.36]}"))
    #expect(try row(Example.single, .images).contains("71.87 {\\scriptsize [70.61, 73.10]}"))
    #expect(try !row(Example.single, Optional(PaperFiles.Uncertainty.none)).contains("["))
    let one = try #require(files([Example.several])["results.tex"])
    #expect(one.contains("95\\,\\% Wilson intervals over test images"))
  }

  @Test func significanceIsMarkedAndExplained() throws {
    var report = Example.single
    let place = try #require(report.results.firstIndex { $0.kind == .cas })
    report.results[place].difference = AccuracyDifference(
      value: -0.1363, interval: Interval(low: -0.15, high: -0.12), pValue: 1e-9, adjustedP: 1e-9)
    let table = try #require(files([report])["results.tex"])
    #expect(table.contains("0.59$^{*}$ &") && table.contains("$^{*}$ significantly worse than with real images"))
    #expect(try !#require(files([Example.single])["results.tex"]).contains("$^{*}$"))
    let classes = try #require(files([report])["classes.tex"])
    #expect(classes.contains("shirt & 833 & 23.1$^{*}$ & 61.0 \\\\"))
  }

  /// Many classes take several pages, few take none of their own.
  @Test func longTablesBreak() throws {
    #expect(try #require(files([Self.hundred])["classes.tex"]).contains("\\begin{longtable}"))
    #expect(try #require(files([Example.single])["classes.tex"]).contains("\\begin{tabular}"))
    // The names of two results do not fit side by side.
    #expect(try #require(files([Example.several])["classes.tex"]).contains("\\label{tab:cas-classes-2}"))
  }

  @Test func methodsStateTheRunAndCiteWhatTheyUse() throws {
    let all = files([Self.hundred])
    let methods = try #require(all["methods.tex"])
    for fact in [
      "version 0.1.0 (abc1234)", "5,000 real images", "cvae (6,000 images", "\\texttt{resnet8}", "1,410 steps",
      "FID~\\cite{heusel2017}",
    ] {
      #expect(methods.contains(fact), "\(fact)")
    }
    let references = try #require(all["references.bib"])
    let cited = methods.matches(of: /\\cite\{([^}]*)\}/).map { String($0.output.1) }
    #expect(cited.count > 5)
    for key in cited { #expect(references.contains("{\(key),"), "\(key)") }
  }

  /// Every letter is ASCII for pdfLaTeX, and a name that it cannot set stays one of its own.
  @Test(arguments: [
    ("a<b>|c_d", "a\\textless{}b\\textgreater{}\\textbar{}c\\_d"), ("Häschen in 50 %", "H\\\"{a}schen in 50 \\%"),
    ("長", "\\casname{長}{[9577]}"),
  ])
  func names(name: String, expected: String) throws {
    var report = Example.single
    for index in report.results.indices { report.results[index].perClass[1].name = name }
    #expect(try #require(files([report])["classes.tex"]).contains("\n    \(expected) & 833 &"))
  }

  @Test func figuresFollowTheCommand() {
    let scores = files([Example.several])
    #expect(scores["figure-scores.tex"] != nil && scores["figure-classes.tex"] != nil)
    #expect(scores["figure-curve.tex"] == nil && scores["figure-prd.tex"] == nil && scores["figure-added.tex"] == nil)
    #expect(files([Example.naive])["figure-scores.tex"]?.contains("{real images}") == true)
    let added = files([Example.naive])["figure-added.tex"]
    #expect(added?.contains("(25.000,86.100) += (0,1.000) -= (0,1.000)") == true)
    #expect(files([Self.hundred])["figure-prd.tex"] != nil)
  }

  private static let latex = ["/usr/bin/pdflatex", "/usr/local/bin/pdflatex"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// With a plain article; only where a TeX with pgfplots is installed.
  @Test(.enabled(if: latex != nil, "no pdflatex is installed"), arguments: 0..<3)
  func itCompiles(example: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cas-paper-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files([[Self.hundred], [Example.naive], [Example.several, Example.single]][example]) {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.latex))
    process.arguments = ["-halt-on-error", "-interaction=nonstopmode", "paper.tex"]
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let log = (try? String(contentsOf: folder.appending(path: "paper.log"), encoding: .isoLatin1)) ?? ""
    // A TeX without the package says nothing about these files.
    guard !log.contains("File `pgfplots.sty' not found") else { return }
    #expect(process.terminationStatus == 0, "\(log.suffix(1500))")
  }
}
