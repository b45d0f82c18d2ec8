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
  /// The task's progress; the detail is a few words such as the loss.
  package var advanced: @Sendable (_ done: Int, _ detail: String) -> Void = { _, _ in }
  /// The task has ended, completed or not.
  package var ended: @Sendable (_ isWhole: Bool) -> Void = { _ in }
  package var shouldStop: @Sendable () -> Bool = { false }

  package init() {}
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
