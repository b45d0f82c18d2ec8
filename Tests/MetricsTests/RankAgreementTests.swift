import Metrics
import Randomness
import Testing

@Suite struct RankAgreementTests {
  private let stream = RandomStream(seed: 1, purpose: "ranks")

  @Test func coefficientsAreThoseOfThePointsWithBothNumbers() throws {
    let ranks = RankAgreement(groups: [0, 1, 2, 3, 4, 5], resamples: 50, stream: stream)
    let (x, y): ([Double?], [Double?]) = ([1, 2, 3, nil, 5, 6], [2, 1, 3, 9, 6, 5])
    let tau = try #require(ranks.correlation(x, y, by: .kendall))
    #expect(tau.value == Correlation.kendall([1, 2, 3, 5, 6], [2, 1, 3, 6, 5])?.value)
    let rho = try #require(ranks.correlation(x, y, by: .spearman))
    #expect(rho.value == Correlation.spearman([1, 2, 3, 5, 6], [2, 1, 3, 6, 5])?.value)
    let interval = try #require(tau.interval)
    #expect(interval.low < tau.value && interval.high <= 1)
  }

  /// Points of a group are drawn together: six copies of each of five points leave τ as uncertain as the five points do.
  @Test func groupsAreDrawnWhole() throws {
    let (x, y): ([Double], [Double]) = ([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5])
    let single = RankAgreement(groups: [0, 1, 2, 3, 4, 5], stream: stream).correlation(x, y, by: .kendall)
    let copies = { (values: [Double]) in values.flatMap { value in (0..<6).map { _ in Double?.some(value) } } }
    let grouped = RankAgreement(groups: (0..<36).map { $0 / 6 }, stream: stream)
      .correlation(copies(x), copies(y), by: .kendall)
    let alone = RankAgreement(groups: Array(0..<36), stream: stream).correlation(copies(x), copies(y), by: .kendall)
    let widths = [single, grouped, alone].map { found in (found?.interval).map { $0.high - $0.low } ?? .nan }
    #expect(abs(widths[0] - widths[1]) < 1e-9, "\(widths)")
    #expect(widths[2] < 0.7 * widths[1], "\(widths)")
  }

  @Test func nothingIsSaidOfTooLittle() {
    let few = RankAgreement(groups: [0, 0, 1, 2, 3], stream: stream)
    #expect(few.correlation([1, 2, 3, 4, 5], [1, 3, 2, 4, 5], by: .kendall)?.interval == nil)
    #expect(few.correlation([1, nil, 3, nil, nil], [1, 3, 2, 4, 5], by: .kendall) == nil)
    // All in order: no resample differs.
    let ordered = RankAgreement(groups: [0, 1, 2, 3, 4], stream: stream)
    #expect(ordered.correlation([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], by: .spearman)?.interval == nil)
  }

  /// By hand: KL 1, 1.1, 5, 9 with intervals of ±0.2; the metric puts the second before the first and the last second.
  @Test func volatilityCountsNearAndClearPairs() throws {
    let reference = [1, 1.1, 5, 9].map { value -> (value: Double, interval: Interval?) in
      (value, Interval(low: value - 0.2, high: value + 0.2))
    }
    let metric: [Double?] = [30, 10, 40, 20]
    let found = RankVolatility(metric: metric, reference: reference, margin: 0.4)
    // The places are 3, 1, 4 and 2: the near pair lies 2 of 3 apart.
    #expect(found.nearPairs == 1 && found.shift == 2.0 / 3)
    // Of the five others, (1, 9) and (5, 9) are the other way round.
    #expect(found.clearPairs == 5 && found.flips == 2)
    let flips = RankVolatility.flips(metric: metric, reference: reference, margin: 0.4)
    #expect(flips == [RankVolatility.Flip(better: 0, worse: 1, shift: 2.0 / 3)])
    // A model that gives an image no chance has no place by KL.
    let infinite = RankVolatility(
      metric: metric, reference: [(.infinity, nil)] + reference.dropFirst(), margin: 0.4)
    #expect(infinite.nearPairs == 0 && infinite.clearPairs == 3)
  }
}
