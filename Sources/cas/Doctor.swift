import ArgumentParser
import Evaluation
import Foundation
import Reports

/// `cas doctor`: what this machine and this build can do, and the problems found.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what this machine and this build can do: processor, instruction sets, BLAS, threads, memory.",
    discussion: "Problems come last, each with its remedy. They do not change the exit code, which is 0.")

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    let findings = DoctorFindings()
    guard json else { return try Terminal.show(findings.text) }
    // A machine that cannot run the kernels, or those of CAS_ISA, is one of the findings.
    let machine = try? Machine(environment: ProcessInfo.processInfo.environment)
    try Terminal.write(
      Array(
        try AttributedDocument(
          findings,
          try Provenance(
            "doctor", config: [String: String](), machine: machine)
        ).json()))
  }
}

extension DoctorFindings {
  /// The findings as lines of a label and a value, then the problems.
  var text: String {
    let rows = [
      ("processor", processor),
      ("instruction sets", instructionSets.map { "\($0.name) \($0.present ? "yes" : "no")" }.joined(separator: ", ")),
      ("compiled for", "x86-64-v\(compiledLevel), hot loops for x86-64-v4 too"),
      ("kernels", kernels ?? "none, see below"),
      ("BLAS", "OpenBLAS, core type \(blas.core) (\(blas.configuration))"),
      ("codecs", codecs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")),
      ("threads", threadsText),
      ("memory", "\(Self.gibibytes(memory.available)) of \(Self.gibibytes(memory.total)) free"),
      ("commit", commit),
    ]
    let width = rows.map(\.0.count).max() ?? 0
    var lines = rows.map { label, value in
      label + String(repeating: " ", count: width - label.count + 2) + value
    }
    lines.append("")
    if problems.isEmpty { lines.append("No problems found.") }
    for problem in problems { lines += ["Problem: \(problem.finding)", "  Remedy: \(problem.remedy)"] }
    return lines.joined(separator: "\n")
  }

  private var threadsText: String {
    guard let quota = threads.quota else { return "\(threads.available)" }
    return "\(threads.available), with a quota of \(quota.formatted()) processors"
  }

  private static func gibibytes(_ bytes: Int) -> String {
    String(format: "%.1f GiB", Double(bytes) / 1_073_741_824)
  }
}
