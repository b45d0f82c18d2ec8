import ArgumentParser
import Evaluation
import Foundation
import Reports

/// `cas correlate`: do two metrics, or two recipes, rank generators alike?
struct Correlate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Kendall, Spearman and Pearson correlations between columns, over generators.",
    discussion: """
      Takes one CSV file, whose first column names the generators, or finished runs, whose results are matched by name: \
      cas correlate runs/fast runs/slow --columns fast:top1 slow:top1
      """)

  @Argument(help: ArgumentHelp("A CSV file with a header, or folders of finished runs.", valueName: "table or run"))
  var inputs: [String]

  @Option(parsing: .upToNextOption, help: "The columns to correlate; all by default.")
  var columns: [String] = []

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: inputs[0], isDirectory: &isFolder) else {
      throw DataNotFound(path: inputs[0], what: "no table and no run")
    }
    if !isFolder.boolValue && inputs.count > 1 {
      throw UsageError.message("Give one CSV file, or folders of runs, not both.")
    }
    let table = try isFolder.boolValue ? ColumnTable(runs: inputs) : ColumnTable(csv: inputs[0])
    let document = CorrelationDocument(inputs: inputs, results: try table.correlations(columns))
    try Terminal.write(json ? Array(try document.json()) : Array(document.text(Terminal.outputStyle).utf8))
  }
}
