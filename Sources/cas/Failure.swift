import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Generators
import Images
import Kernels
import Networks
import Reports
import Training

/// How an error ends the program: its exit code, from sysexits.h if that has one.
enum Failure: Int32 {
  case thresholdMissed = 1
  case usage = 64
  case badData = 65
  case notFound = 66
  case other = 70
  case inputOutput = 74
  case interrupted = 130
  case terminated = 143

  init(_ error: any Error) {
    switch error {
    case is UsageError, is CommandError: self = .usage
    case is DataNotFound: self = .notFound
    case ImageError.notFound: self = .notFound
    case ImageError.notPermitted, ImageError.unreadable: self = .inputOutput
    case is ImageError: self = .badData
    case let error as DataError: self = Failure(rawValue: error.exitCode) ?? .badData
    case is SampleError: self = .usage
    case let error as GeneratorError:
      switch error {
      case .capacity, .kind, .tooLarge: self = .usage
      case .tooFewImages, .unknownFamily, .degenerate: self = .badData
      case .diverged: self = .other
      }
    case is CheckpointError, is FeatureSetError: self = .badData
    case let error as TrainingError:
      switch error {
      case .tooFewImages, .damagedFile: self = .badData
      case .foreignCheckpoint, .otherKernels: self = .usage
      case .diverged: self = .other
      }
    case let error as FileError: self = Failure(rawValue: error.exitCode) ?? .inputOutput
    case is OutputError, is RunFolderInUse: self = .inputOutput
    case is ReportError: self = .badData
    case is InstructionSetError: self = .usage
    case is Interrupted: self = Interruption.received == SIGINT ? .interrupted : .terminated
    default: self = .other
    }
  }

  func exit(with error: any Error) -> Never {
    if CAS.exitCode(for: error) == .success { Self.answer(CAS.fullMessage(for: error)) }
    // The parser's own errors carry their wording and code, 64.
    let isParsers =
      error is ValidationError || error is ExitCode || (self == .other && CAS.exitCode(for: error) != .failure)
    let code = isParsers ? CAS.exitCode(for: error).rawValue : rawValue
    if ProgressFormat.chosen == .json {
      var event = ProgressEvent(.error, text: isParsers ? CAS.message(for: error) : "\(error)")
      event.code = code
      event.tell()
    } else if isParsers {
      CAS.exit(withError: error)
    } else {
      Terminal.tell("cas: \("\(error)".printableLines)\n")
    }
    Foundation.exit(code)
  }

  /// Ends the program with the output of `--help` or `--version`.
  private static func answer(_ text: String) -> Never {
    do { try Terminal.show(text) } catch { Failure(error).exit(with: error) }
    Foundation.exit(EXIT_SUCCESS)
  }
}
