import ArgumentParser
import Reports

/// The output options of commands that write a report.
struct ReportOutput: ParsableArguments {
  @Flag(name: .shortAndLong, help: "No progress, no table; warnings are still printed.")
  var quiet = false

  @Flag(help: "Write only report.json to stdout.")
  var json = false

  @Option(help: "Write only the results to stdout: text, json, csv, markdown or latex.")
  var format: ResultTable.Format?

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    if json, format != nil {
      throw OptionFault.jsonAndFormat.error
    }
  }
}

extension ResultTable.Format: ExpressibleByArgument {}
