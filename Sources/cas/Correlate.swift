import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Reports

/// `cas correlate`: do two metrics, or two recipes, rank generators alike?
struct Correlate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Kendall, Spearman and Pearson correlations between columns, over generators.",
    discussion: """
      Takes CSV files, whose first column names the generators, folders of finished runs, and what cas metrics --json \
      wrote, and matches their rows by name:

        cas correlate runs/demo metrics.json --columns top1 fid is
      """)

  @Argument(
    help: ArgumentHelp(
      "CSV files with a header, folders of finished runs, documents of cas metrics.", valueName: "table or run"))
  var inputs: [String]

  @Option(parsing: .upToNextOption, help: "The columns to correlate; all by default.")
  var columns: [String] = []

  @Option(help: ArgumentHelp("Write a page with heat maps too.", valueName: "file"))
  var html: String?

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    if let html { try OutputPath.check(NamedPath.absolute(html), reads: inputs.map(NamedPath.absolute)) }
    for input in inputs where !FileManager.default.fileExists(atPath: input) {
      throw DataNotFound(path: input, what: "no table and no run")
    }
    let table = try ColumnTable(inputs: inputs)
    let events = Terminal(isQuiet: false).events()
    for note in table.notes + table.silences(columns) { events.warn("note: \(note)") }
    let document = CorrelationDocument(inputs: inputs, results: try table.correlations(columns))
    func attributed() throws -> CommandDocument<CorrelationDocument> {
      // No kernels are needed, so that there may be none.
      let machine = try? Machine(environment: ProcessInfo.processInfo.environment)
      return AttributedDocument(
        document,
        try Provenance(
          "correlate", config: ["inputs": inputs.map(NamedPath.absolute), "columns": columns],
          machine: machine, data: try JSONValue(encoding: ["rows": table.rows])))
    }
    try Terminal.write(json ? Array(try attributed().json()) : Array(document.text(Terminal.outputStyle).utf8)) {
      if let html { try AtomicFile.write(bytes: Array(document.page.utf8), to: NamedPath.absolute(html)) }
    }
  }
}
