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
      all runs on one page, with the difference of each pair. --format prints the results to stdout.
      """)

  @Argument(help: ArgumentHelp("Folders of finished runs.", valueName: "run"))
  var runs: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write one page about all runs together to this file.", valueName: "file"))
  var output: String?

  @Option(help: "Print the results: text, json, csv, markdown or latex.")
  var format: ResultTable.Format?

  @Flag(help: "Add the published tables of Ravuri and Vinyals 2019, with the errata of that paper.")
  var withLiterature = false

  func validate() throws {
    if output != nil, format != nil {
      throw OptionFault.outputAndFormat.error
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
