import ArgumentParser
import Evaluation
import Foundation
import Reports

/// `cas report`: write the page of a finished run again.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write report.html of finished runs again, from report.json and thumbnails/.")

  @Argument(help: ArgumentHelp("Folders of finished runs.", valueName: "run"))
  var runs: [String]

  func run() throws {
    for run in runs {
      let folder = RunFolder(path: run)
      try RunReport.rewritePage(of: folder)
      try Terminal.write(Array("\(folder.file("report.html"))\n".utf8))
    }
  }
}
