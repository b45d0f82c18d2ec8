/// What a run tells while it works, and how it is asked to stop.
package struct RunEvents: Sendable {
  /// A sentence for the user.
  package var note: @Sendable (String) -> Void = { _ in }
  /// A sentence that the user has to see, however little else is said.
  package var warn: @Sendable (String) -> Void = { _ in }
  /// A stretch of work begins: its title, its length, what is counted, and how much earlier sittings have done.
  package var began: @Sendable (_ title: String, _ total: Int, _ unit: String, _ start: Int) -> Void = {
    _, _, _, _ in
  }
  /// So much of it is done; the detail is a few words such as the loss.
  package var advanced: @Sendable (_ done: Int, _ detail: String) -> Void = { _, _ in }
  /// The stretch of work is over: to its end, or broken off.
  package var ended: @Sendable (_ isWhole: Bool) -> Void = { _ in }
  package var shouldStop: @Sendable () -> Bool = { false }

  package init() {}
}

extension RunEvents {
  /// A stretch of work from its title to its end, which is told however it ends.
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
