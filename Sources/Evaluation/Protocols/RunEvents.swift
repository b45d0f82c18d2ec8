import Foundation
internal import Metrics
internal import Training

/// Closures through which a run reports progress, and is asked to stop.
package struct RunEvents: Sendable {
  /// A sentence for the user.
  package var note: @Sendable (String) -> Void = { _ in }
  /// A sentence that the user must see, even with `--quiet`.
  package var warn: @Sendable (String) -> Void = { _ in }
  /// A task begins: its title, its length, the unit, and how much was done before.
  package var began: @Sendable (_ title: String, _ total: Int, _ unit: String, _ start: Int) -> Void = {
    _, _, _, _ in
  }
  /// The task's progress, with what else is known at this moment.
  package var advanced: @Sendable (_ done: Int, _ detail: Detail) -> Void = { _, _ in }
  /// The task has ended, completed or not.
  package var ended: @Sendable (_ isWhole: Bool) -> Void = { _ in }
  /// A classifier was tested.
  package var scored: @Sendable (Score) -> Void = { _ in }
  package var shouldStop: @Sendable () -> Bool = { false }

  package init() {}

  /// What is told beside the count.
  package enum Detail: Sendable, ExpressibleByStringLiteral {
    case none
    /// The training loss of a step.
    case loss(Double)
    case words(String)

    package init(stringLiteral text: String) { self = text.isEmpty ? .none : .words(text) }

    /// For people: a few words, none for `.none`.
    package var text: String {
      switch self {
      case .none: ""
      case .loss(let loss): "loss " + String(format: "%.3f", loss)
      case .words(let words): words
      }
    }
  }

  /// Accuracies of one classifier on the real test images, from 0 to 1; Top-5 only where there are more classes.
  package struct Score: Sendable {
    package let name: String
    package let seed: UInt64
    package let top1: Double
    package let top5: Double?

    init?(_ job: TrainingJob, _ predictions: Predictions) {
      guard let top1 = predictions.accuracy(top: 1) else { return nil }
      (name, seed, self.top1) = (job.name, job.seed, top1)
      top5 = predictions.classes > 5 ? predictions.accuracy(top: 5) : nil
    }
  }
}

extension RunEvents {
  /// Runs a task; its end is reported in any case.
  package func stage<Result>(
    _ title: String, _ total: Int, _ unit: String, _ body: () throws -> Result
  ) rethrows -> Result {
    began(title, total, unit, 0)
    var isWhole = false
    defer { ended(isWhole) }
    let result = try body()
    isWhole = true
    return result
  }
}

/// The user or the system asked the run to end; its state is saved.
package struct Interrupted: Error, Equatable, CustomStringConvertible {
  package init() {}

  package var description: String { "Interrupted." }
}
