import ArgumentParser
import Evaluation
import Foundation
import Reports

/// `cas check`: a gate for pipelines.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the results of a finished run against thresholds; exit 1 if one is missed.",
    discussion: """
      Thresholds are fractions from 0 to 1, or percentages with their sign: 0.7 or 70%. Exit code 1 means a missed \
      threshold and nothing else. A threshold on something that the run lacks is an error (64).
      """)

  @Argument(help: ArgumentHelp("Folder of a finished run.", valueName: "run"))
  var folder: String

  @Option(help: "The results that must pass; may be repeated (default: all except baselines).")
  var result: [String] = []

  @Option(parsing: .unconditional, help: "The lowest allowed Top-1 accuracy.")
  var minTop1: String?

  @Option(parsing: .unconditional, help: "The lowest allowed Top-5 accuracy.")
  var minTop5: String?

  @Option(parsing: .unconditional, help: "The largest allowed relative drop of Top-1 from the baseline.")
  var maxDrop: String?

  @Option(parsing: .unconditional, help: "The lowest allowed Top-1 accuracy of any class.")
  var minClassTop1: String?

  @Option(parsing: .unconditional, help: "The lowest allowed Top-1 minus the baseline's; may be negative (cas nas).")
  var minDifference: String?

  @Flag(name: .shortAndLong, help: "No output, only the exit code.")
  var quiet = false

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    var gate = Gate()
    gate.minTop1 = try fraction("--min-top1", minTop1, 0...1)
    gate.minTop5 = try fraction("--min-top5", minTop5, 0...1)
    gate.maxDrop = try fraction("--max-drop", maxDrop, -100...1)
    gate.minClassTop1 = try fraction("--min-class-top1", minClassTop1, 0...1)
    gate.minDifference = try fraction("--min-difference", minDifference, -1...1)
    let report = try FinishedRun.report(of: RunFolder(path: folder))
    let document = try gate.check(report, path: folder, names: result, version: BuildDescription.current.identity)
    if !quiet || json { try Terminal.write(json ? Array(try document.json()) : Array(document.text.utf8)) }
    if !document.holds { throw ExitCode(Failure.thresholdMissed.rawValue) }
  }

  /// A fraction, or a percentage with its sign.
  private func fraction(_ option: String, _ text: String?, _ range: ClosedRange<Double>) throws -> Double? {
    guard let text else { return nil }
    guard let number = Double(fraction: text), range.contains(number) else {
      throw UsageError.wrongValue(
        key: option, value: text,
        expected: "a fraction such as 0.7 or a percentage such as 70%, from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
