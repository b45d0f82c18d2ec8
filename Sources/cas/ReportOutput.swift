import ArgumentParser
import Reports

/// What a command that writes a report prints of it.
struct ReportOutput: ParsableArguments {
  @Flag(name: .shortAndLong, help: "No progress, no table; warnings stay.")
  var quiet = false

  @Flag(help: "Write report.json to stdout, and nothing else.")
  var json = false

  @Option(help: "Write only the table of results to stdout: text, json, csv, markdown or latex.")
  var format: ResultTable.Format?

  func validate() throws {
    if json, format != nil {
      throw OptionFault.jsonAndFormat.error
    }
  }
}

extension ResultTable.Format: ExpressibleByArgument {}
