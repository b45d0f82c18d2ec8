import ArgumentParser
import CGuard
import Evaluation
import Foundation

/// The command line: results to stdout, progress and warnings to stderr, and exit codes that scripts can rely on.
@main
struct CAS: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cas",
    abstract: "Classification Accuracy Score: train on a generator's samples, test on real images.",
    discussion: """
      A classifier is trained on synthetic images only and tested on real ones. Its accuracy shows what the generator \
      failed to learn, class by class.

        cas train --preset auto --synthetic samples/ --real real/
      """,
    version: BuildDescription.current.text,
    subcommands: [
      Train.self, NAS.self, Curve.self, Evaluate.self, Compare.self, Check.self, MetricsCommand.self, Features.self,
      Attack.self, Sample.self, Correlate.self, ReportCommand.self, Describe.self, DataCommand.self, Doctor.self,
      Bench.self,
    ])

  static func main() {
    StandardStreams.secure()
    // A write to a closed pipe is an error with a message, not a signal that kills.
    signal(SIGPIPE, SIG_IGN)
    // So is a write beyond the file size limit.
    signal(SIGXFSZ, SIG_IGN)
    Interruption.end()
    cas_keep_freed_memory()
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      try rejectUnknownCommand(arguments)
      try rejectEmptyValues(arguments)
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch {
      Failure(error).exit(with: error)
    }
  }

  /// An unset shell variable gives an empty value, and an empty path would be the current folder.
  private static func rejectEmptyValues(_ arguments: [String]) throws {
    for (place, argument) in arguments.enumerated() {
      if argument.isEmpty {
        let option = arguments[..<place].last { $0.hasPrefix("-") } ?? "an argument"
        throw CommandError.emptyValue(option)
      }
      if argument.hasPrefix("--"), argument.hasSuffix("="), !argument.dropLast().contains("=") {
        throw CommandError.emptyValue(String(argument.dropLast()))
      }
    }
  }

  /// ArgumentParser calls a mistyped subcommand an unexpected argument, and accepts one after `help`. This names the
  /// nearest command instead.
  private static func rejectUnknownCommand(_ arguments: [String]) throws {
    let words = arguments.first == "help" ? Array(arguments.dropFirst()) : arguments
    var (command, path): (any ParsableCommand.Type, String) = (CAS.self, "cas")
    for word in words {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !word.hasPrefix("-") else { return }
      guard let next = subcommands.first(where: { $0._commandName == word }) else {
        throw CommandError.unknownCommand(word, of: path, known: subcommands.map { $0._commandName })
      }
      (command, path) = (next, "\(path) \(word)")
    }
  }
}
