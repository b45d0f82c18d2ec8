import ArgumentParser
import Evaluation
import Foundation
import Reports

/// `cas compare`: which of several results is better, and whether that is more than chance.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare results of finished runs pair by pair on the same test images.",
    discussion: """
      Takes every result but the baselines of all runs. The images that only one of two classifiers gets right decide: \
      McNemar's exact test on the seeds' majority predictions, Student's t-test over the seeds where there are several, \
      both Holm-adjusted over the pairs, and a bootstrap over test images and seeds for the size of the difference. Runs with other test images are refused.
      """)

  @Argument(
    help: ArgumentHelp("Folders of finished runs; one is enough where it has several results.", valueName: "run"))
  var runs: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only these results, such as cvae or cvae+0.5 or baseline.", valueName: "name"))
  var result: [String] = []

  @Flag(help: "Compare with the baselines too.")
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
