internal import Generators
internal import Synchronization

/// A generator's progress as a stage of a run. The stage begins with the first report, which says how long it is.
final class StageProgress: Sendable {
  private let events: RunEvents
  private let title: String
  private let unit: String
  private let hasBegun = Mutex(false)

  init(_ events: RunEvents, title: String, unit: String) {
    self.events = events
    self.title = title
    self.unit = unit
  }

  /// What the generator is given; throws `Interrupted` to stop it.
  var advance: GeneratorProgress {
    { [events, title, unit, hasBegun = Begun(self)] done, total, detail in
      hasBegun.once { events.began(title, total, unit, max(0, done - 1)) }
      events.advanced(done, detail.isEmpty ? .none : .words(detail))
      if events.shouldStop() { throw Interrupted() }
    }
  }

  /// Runs the generator; the stage ends with it.
  func whole<Result>(_ body: () throws -> Result) rethrows -> Result {
    var isWhole = false
    defer { if hasBegun.withLock({ $0 }) { events.ended(isWhole) } }
    let result = try body()
    isWhole = true
    return result
  }

  private struct Begun: Sendable {
    let stage: StageProgress

    init(_ stage: StageProgress) { self.stage = stage }

    func once(_ body: () -> Void) {
      stage.hasBegun.withLock {
        guard !$0 else { return }
        $0 = true
        body()
      }
    }
  }
}
