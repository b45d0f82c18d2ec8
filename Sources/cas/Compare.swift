import ArgumentParser
import Evaluation
import Foundation
import Reports

/// `cas compare`: which of several results is better, and whether that is more than chance.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare results of finished runs in pairs on the same test images.",
    discussion: """
      Compares all results except baselines. P-values come from McNemar's exact test on the majority predictions of \
      the seeds and, with several seeds, from Student's t-test over them; both are Holm-adjusted over the pairs. The \
      interval of a difference is a bootstrap over test images and seeds. Runs with other test images are refused.
      """)

  @Argument(
    help: ArgumentHelp("Folders of finished runs; one is enough if it has several results.", valueName: "run"))
  var runs: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only these results, such as cvae or cvae+0.5 or baseline.", valueName: "name"))
  var result: [String] = []

  @Flag(help: "Also compare with the baselines.")
  var baselines = false

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    let comparison = try RunComparison(
      RunComparison.Request(runs: runs, results: result, baselines: baselines),
      version: BuildDescription.current.identity)
    let text =
      json
      ? Array(try comparison.document.json())
      : Array(ComparisonSummary(of: comparison.document, style: Terminal.outputStyle).text.utf8)
    try Terminal.write(text)
  }
}
