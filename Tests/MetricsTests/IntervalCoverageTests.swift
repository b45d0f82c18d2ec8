import Kernels
import Metrics
import Randomness
import Testing

/// How often intervals hold the true value, in simulations small enough for a test.
/// `docs/studies/interval_coverage.py` has the longer one.
@Suite struct IntervalCoverageTests {
  private let pool = ThreadPool(threads: 2)

  private func set(_ rows: Int, _ columns: Int, _ stream: RandomStream) -> FeatureMatrix {
    var stream = stream
    return FeatureMatrix(
      rows: rows, columns: columns, values: (0..<rows * columns).map { _ in stream.nextNormal() })
  }

  /// Of two sets from one distribution, whose KID is 0. The interval of the unbiased variance held it in 86 %.
  @Test func kernelDistanceOfEqualDistributions() throws {
    let stream = RandomStream(seed: 3, purpose: "coverage")
    let simulations = 150
    let found = try (0..<simulations).map { simulation in
      try KernelDistance(
        set(40, 12, stream.split(2 * simulation)), set(40, 12, stream.split(2 * simulation + 1)), pool: pool)
    }
    let covered = found.count { distance in distance.interval.map { $0.low <= 0 && 0 <= $0.high } ?? false }
    #expect(covered >= simulations * 94 / 100, "\(covered) of \(simulations)")
    // It is not so wide that it says nothing: at most 1.8 times what the spread of the estimates asks for.
    let mean = found.reduce(0) { $0 + $1.value } / Double(simulations)
    let deviation = (found.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / Double(simulations - 1))
      .squareRoot()
    let width = found.reduce(0) { $0 + (($1.interval.map { $0.high - $0.low }) ?? 0) } / Double(simulations)
    #expect(width < 1.8 * 2 * 1.96 * deviation, "\(width / (2 * 1.96 * deviation))")
  }
}
