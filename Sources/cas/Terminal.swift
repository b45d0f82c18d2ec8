import Evaluation
import Foundation
import Reports
import Synchronization

/// Results go to stdout, progress and notes to stderr, as plain text if these are no terminals.
struct Terminal {
  let isQuiet: Bool

  private static let environment = ProcessInfo.processInfo.environment

  /// The columns of a terminal; nil if the descriptor is no terminal or does not report them.
  private static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// The report for people or for programs.
  func print(_ report: Report, _ printed: ReportOutput) throws {
    if printed.json {
      try Self.write(Array(try report.json()))
    } else if let format = printed.format {
      let table = ResultTable([ResultTable.Part(run: nil, report: report)])
      try Self.write(Array(try table.text(format, style: Self.outputStyle).utf8))
    } else if !isQuiet {
      try Self.write(Array(TerminalSummary(of: report, style: Self.outputStyle).text.utf8))
    }
  }

  /// The width of stdout, and whether it has colours.
  static var outputStyle: TerminalStyle {
    TerminalStyle(
      isTerminal: isatty(STDOUT_FILENO) == 1, columns: columns(of: STDOUT_FILENO), environment: environment)
  }

  /// Writes to stdout.
  ///
  /// - Throws: `OutputError` when the other end is gone or the disk is full.
  static func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw OutputError(code: errno) }
      rest = rest.dropFirst(written)
    }
  }

  /// Writes a result to stdout and other output to files. A failure of one does not stop the other.
  static func write(_ bytes: [UInt8], and writeFiles: () throws -> Void) throws {
    let files = Result { try writeFiles() }
    try write(bytes)
    try files.get()
  }

  /// Writes lines for people to stdout. A reader that stops early, such as `head`, is no error.
  ///
  /// - Throws: `OutputError` when the disk is full.
  static func show(_ text: String) throws {
    do { try write(Array("\(text)\n".utf8)) } catch let error as OutputError where error.code == EPIPE { return }
  }

  /// Writes to stderr. A lost line (no reader, disk full) must not end a run.
  static func tell(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  /// Progress and notes on stderr, as bars and lines or, with `--progress json`, as events.
  func events(shouldStop: @escaping @Sendable () -> Bool = { false }) -> RunEvents {
    var events = ProgressFormat.chosen == .json ? ProgressEvents().events(isQuiet: isQuiet) : meteredEvents
    events.shouldStop = shouldStop
    return events
  }

  private var meteredEvents: RunEvents {
    let isTerminal = isatty(STDERR_FILENO) == 1 && Self.environment["TERM"] != "dumb"
    let style: ProgressMeter.Style =
      isQuiet ? .quiet : isTerminal ? .updating(columns: Self.columns(of: STDERR_FILENO) ?? 80) : .lines
    let start = ContinuousClock().now
    let clock: @Sendable () -> Double = {
      let elapsed = (ContinuousClock().now - start).components
      return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }
    let sink: @Sendable (String) -> Void = { Self.tell($0) }
    let box = MeterBox()
    var events = RunEvents()
    let say: @Sendable (String) -> Void = { text in box.meter.withLock { $0?.say(text) ?? sink(text + "\n") } }
    events.note = { [isQuiet] text in if !isQuiet { say(text.printableLines) } }
    events.warn = { say($0.printableLines) }
    events.began = { title, total, unit, start in
      box.meter.withLock {
        $0 = ProgressMeter(
          title.printableLines, total: total, unit: unit, start: start, style: style, clock: clock, sink: sink)
      }
    }
    events.advanced = { done, detail in box.meter.withLock { $0?.update(done, note: detail.text) } }
    events.ended = { isWhole in
      box.meter.withLock {
        if isWhole { $0?.finish() } else { $0?.clear() }
        $0 = nil
      }
    }
    return events
  }
}

/// Shares a progress meter between the event closures.
private final class MeterBox: Sendable {
  let meter = Mutex<ProgressMeter?>(nil)
}

/// Writing to stdout failed.
struct OutputError: Error, CustomStringConvertible {
  let code: Int32

  var description: String { "The result could not be written to stdout: \(String(cString: strerror(code)))." }
}
