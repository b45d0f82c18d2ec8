import ArgumentParser
import Evaluation
import Foundation
import Reports

/// `cas report`: rewrites the page of finished runs, puts runs side by side, or prints their results as a table.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Rewrite report.html of finished runs, put runs side by side, or print their results as a table.",
    discussion: """
      Without options, every run's report.html is rewritten from the files of its folder. --output puts the results of \
      all runs on one page, with the difference of each pair. --format prints the results to stdout. --paper writes \
      LaTeX for a paper: tables, figures, a paragraph on methods and the references.
      """)

  @Argument(help: ArgumentHelp("Folders of finished runs.", valueName: "run"))
  var runs: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write one page about all runs together to this file.", valueName: "file"))
  var output: String?

  @Option(help: "Print the results: text, json, csv, markdown or latex.")
  var format: ResultTable.Format?

  @Option(help: ArgumentHelp("Write LaTeX files for a paper to this folder.", valueName: "folder"))
  var paper: String?

  @Option(
    help: """
      With --paper, what stands beside accuracies: deviation (over seeds), seeds or images (95 % intervals over these) or \
      none (default: deviation with several seeds, else images).
      """)
  var uncertainty: PaperFiles.Uncertainty?

  @Flag(help: "Add the published tables of Ravuri and Vinyals 2019, with the errata of that paper.")
  var withLiterature = false

  func validate() throws {
    if output != nil, format != nil {
      throw OptionFault.outputAndFormat.error
    }
    if paper != nil, output != nil || format != nil || withLiterature {
      throw OptionFault.paperAndOthers.error
    }
    if uncertainty != nil, paper == nil {
      throw OptionFault.uncertaintyWithoutPaper.error
    }
    if output != nil, withLiterature {
      throw OptionFault.literatureOfSeveralRuns.error
    }
  }

  func run() throws {
    // Files of a run are not overwritten.
    if let output {
      try OutputPath.check(
        output,
        reads: runs.flatMap { run in
          ((try? FileManager.default.contentsOfDirectory(atPath: run)) ?? []).map { RunFolder(path: run).file($0) }
        })
    }
    if let paper {
      let written = try PaperFolder(path: paper).write(runs, uncertainty: uncertainty)
      try Terminal.write(Array(written.map { "\($0)\n" }.joined().utf8))
      return
    }
    let literature = withLiterature ? try Literature.published() : nil
    if let format {
      let parts = try runs.map { run in
        ResultTable.Part(run: runs.count > 1 ? run : nil, report: try FinishedRun.report(of: RunFolder(path: run)))
      }
      let table = ResultTable(parts, literature: literature)
      try Terminal.write(Array(try table.text(format, style: Terminal.outputStyle).utf8))
    } else if let output {
      try RunComparison.writePage(of: runs, to: output, version: BuildDescription.current.identity)
      try Terminal.write(Array("\(output)\n".utf8))
    } else {
      for run in runs {
        let folder = RunFolder(path: run)
        try RunReport.rewritePage(of: folder, literature: literature)
        try Terminal.write(Array("\(folder.file("report.html"))\n".utf8))
      }
    }
  }
}

extension PaperFiles.Uncertainty: ExpressibleByArgument {}
