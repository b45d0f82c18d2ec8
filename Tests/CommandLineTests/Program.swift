import Foundation

/// The built program, run as a user's shell would.
struct Program {
  struct Result {
    let code: Int32
    let output: String
    let errors: String
  }

  /// The program lies beside the test bundle.
  static let path = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "cas").path

  /// Runs to the end. The cache of baselines is off unless the environment sets one.
  static func run(_ arguments: String..., environment: [String: String] = [:], in folder: String? = nil) throws
    -> Result
  {
    try run(arguments, environment: environment, in: folder)
  }

  static func run(_ arguments: [String], environment: [String: String] = [:], in folder: String? = nil) throws -> Result
  {
    let running = try Running(arguments, environment: environment, in: folder)
    return running.finish()
  }

  /// Runs a line of a shell, in which the program is `"$CAS"`.
  static func shell(_ line: String) throws -> Result {
    try Running(["-c", line], environment: ["CAS": path], executable: "/bin/sh").finish()
  }

  /// A program that runs beside the test, to be interrupted.
  final class Running {
    private let process = Process()
    private let output: URL
    private let errors: URL

    init(
      _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil,
      executable: String = Program.path
    ) throws {
      let stem = FileManager.default.temporaryDirectory.appending(path: "cas-run-\(UUID().uuidString)").path
      output = URL(filePath: stem + ".out")
      errors = URL(filePath: stem + ".err")
      for file in [output, errors] { try Data().write(to: file) }
      process.executableURL = URL(filePath: executable)
      process.arguments = arguments
      if let folder { process.currentDirectoryURL = URL(filePath: folder) }
      var merged = ProcessInfo.processInfo.environment
      merged["CAS_CACHE"] = ""
      merged.merge(environment) { $1 }
      process.environment = merged
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = try FileHandle(forWritingTo: errors)
      try process.run()
    }

    func send(_ number: Int32) { kill(process.processIdentifier, number) }
    var isRunning: Bool { process.isRunning }
    /// What it has written to stderr so far.
    var errorText: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    func finish() -> Result {
      process.waitUntilExit()
      defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
      func text(_ file: URL) -> String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
      let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
      return Result(code: code, output: text(output), errors: text(errors))
    }
  }
}
