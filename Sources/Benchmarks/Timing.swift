/// The time of a piece of work in several rounds, in seconds.
package struct Timing: Codable, Equatable, Sendable {
  package let median: Double
  package let least: Double
  package let greatest: Double

  /// The rounds' seconds, at least one.
  package init(_ seconds: [Double]) {
    precondition(!seconds.isEmpty, "a timing needs at least one round")
    let sorted = seconds.sorted()
    median =
      sorted.count % 2 == 1
      ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
    least = sorted[0]
    greatest = sorted[sorted.count - 1]
  }
}

extension Timing {
  /// Runs the work once to warm the caches and touch the memory, then times each round.
  ///
  /// - Parameter seconds: the minimum time of a round; short work is repeated, and its mean counts.
  package static func measure(rounds: Int, lasting seconds: Double = 0, _ work: () -> Void) -> Timing {
    let first = elapsed(work)
    let repeats = first < seconds ? Int((seconds / max(first, 1e-7)).rounded(.up)) : 1
    return Timing(
      (0..<rounds).map { _ in elapsed { for _ in 0..<repeats { work() } } / Double(repeats) })
  }

  /// The seconds that `work` takes.
  package static func elapsed(_ work: () -> Void) -> Double {
    let duration = ContinuousClock().measure(work).components
    return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
  }
}
