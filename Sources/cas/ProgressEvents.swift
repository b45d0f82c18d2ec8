import ArgumentParser
import Evaluation
import Foundation
import Synchronization

/// How stderr tells what happens: lines for people, or an event a line for programs (docs/progress.md).
enum ProgressFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json

  /// What the arguments say. An error of the parser is an event, too, so it is known before they are parsed.
  static let chosen: ProgressFormat = {
    let arguments = CommandLine.arguments
    let isJSON = zip(arguments, arguments.dropFirst() + [""]).contains {
      $0 == "--progress=json" || ($0 == "--progress" && $1 == "json")
    }
    return isJSON ? .json : .text
  }()
}

/// The option that all commands with progress have.
struct ProgressOptions: ParsableArguments {
  @Option(help: "What stderr tells: text for people, or json, one event a line, for programs.")
  var progress: ProgressFormat = .text
}

/// One line of `--progress json`; docs/schema/progress.schema.json describes the keys.
struct ProgressEvent: Encodable {
  enum Kind: String, Encodable { case note, warning, begin, progress, end, score, error }

  let event: Kind
  var text: String?
  var stage: String?
  var unit: String?
  var done: Int?
  var total: Int?
  /// Since the stage began.
  var seconds: Double?
  var secondsLeft: Double?
  var loss: Double?
  var whole: Bool?
  var name: String?
  var seed: UInt64?
  var top1: Double?
  var top5: Double?
  /// The exit code that follows.
  var code: Int32?

  init(_ event: Kind, text: String? = nil) {
    self.event = event
    self.text = text
  }

  /// Writes the line to stderr.
  func tell() {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A loss that is no number has no place in JSON.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(self), let line = String(data: data, encoding: .utf8) else { return }
    Terminal.tell(line + "\n")
  }
}

/// Tells the events of a command as lines of JSON, its progress four times a second at most.
final class ProgressEvents: Sendable {
  private struct Stage {
    var title: String
    var total: Int
    var unit: String
    var start: Int
    var done: Int
    let began = ContinuousClock().now
    var told = ContinuousClock().now
  }

  private static let interval = Duration.milliseconds(250)
  private let stage = Mutex<Stage?>(nil)

  /// - Parameter isQuiet: leaves notes and progress out; warnings and scores stay.
  func events(isQuiet: Bool) -> RunEvents {
    var events = RunEvents()
    events.warn = { ProgressEvent(.warning, text: $0).tell() }
    events.scored = { score in
      var event = ProgressEvent(.score)
      (event.name, event.seed, event.top1, event.top5) = (score.name, score.seed, score.top1, score.top5)
      event.tell()
    }
    guard !isQuiet else { return events }
    events.note = { ProgressEvent(.note, text: $0).tell() }
    events.began = { [self] title, total, unit, start in
      stage.withLock {
        $0 = Stage(title: title, total: total, unit: unit, start: start, done: start)
        if let stage = $0 { Self.event(.begin, stage).tell() }
      }
    }
    events.advanced = { [self] done, detail in
      stage.withLock {
        $0?.done = done
        let now = ContinuousClock().now
        guard let stage = $0, now - stage.told >= Self.interval else { return }
        $0?.told = now
        var event = Self.event(.progress, stage)
        if case .loss(let loss) = detail { event.loss = loss }
        if case .words(let words) = detail { event.text = words }
        event.tell()
      }
    }
    events.ended = { [self] isWhole in
      stage.withLock {
        guard let stage = $0 else { return }
        var event = Self.event(.end, stage)
        if isWhole { event.done = stage.total }
        (event.whole, event.secondsLeft) = (isWhole, nil)
        event.tell()
        $0 = nil
      }
    }
    return events
  }

  private static func event(_ kind: ProgressEvent.Kind, _ stage: Stage) -> ProgressEvent {
    var event = ProgressEvent(kind)
    (event.stage, event.unit, event.done, event.total) = (stage.title, stage.unit, stage.done, stage.total)
    guard kind != .begin else { return event }
    let seconds = (ContinuousClock().now - stage.began) / .seconds(1)
    event.seconds = seconds
    let done = stage.done - stage.start
    if done > 0 { event.secondsLeft = seconds / Double(done) * Double(max(0, stage.total - stage.done)) }
    return event
  }
}
