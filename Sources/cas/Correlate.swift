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
      Reads CSV files (the first column names the generators), folders of finished runs, and the output of cas \
      metrics --json. Rows are matched by name:

        cas correlate runs/demo metrics.json --columns top1 fid is
      """)

  @Argument(
    help: ArgumentHelp(
      "CSV files with a header, folders of finished runs, output of cas metrics --json.", valueName: "table or run"))
  var inputs: [String]

  @Option(parsing: .upToNextOption, help: "The columns to correlate (default: all).")
  var columns: [String] = []

  @Option(help: ArgumentHelp("Also write a page with heat maps.", valueName: "file"))
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
      // No kernels are needed, so the machine may have none.
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
