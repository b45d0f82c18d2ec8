import Foundation
import Metrics
import Randomness
import Testing

@Suite struct ComparisonStatisticsTests {
  let golden: StatisticsGolden

  init() throws { golden = try StatisticsGolden.load() }

  @Test func adjustedPValuesEqualStatsmodelsAndSciPy() {
    for entry in golden.adjusted {
      let holm = holmAdjusted(entry.p)
      let discovery = benjaminiHochbergAdjusted(entry.p)
      for index in entry.p.indices {
        #expect(agree(holm[index], entry.holm[index], within: 1e-14))
        #expect(agree(discovery[index], entry.benjaminiHochberg[index], within: 1e-14))
        #expect(agree(discovery[index], entry.benjaminiHochbergSciPy[index], within: 1e-14))
      }
    }
    #expect(benjaminiHochbergAdjusted([]) == [])
    #expect(benjaminiHochbergAdjusted([.nan, 0.01]) == [1, 0.02])
  }

  @Test func mcNemarAndWilsonEqualStatsmodels() throws {
    for row in golden.mcnemar {
      #expect(agree(exactMcNemar(Int(row[0]), Int(row[1])), row[2], within: 1e-10), "\(row)")
    }
    for row in golden.wilson {
      let interval = try #require(Interval.wilson(proportion: row[0] / row[1], trials: Int(row[1])))
      #expect(abs(interval.low - row[2]) < 1e-14 && abs(interval.high - row[3]) < 1e-14, "\(row)")
    }
  }

  @Test func normalDistributionEqualsSciPy() {
    for row in golden.normalQuantiles {
      let value = NormalDistribution.quantile(row[0])
      #expect(abs(value - row[1]) <= 1e-11 * max(1, abs(row[1])), "\(row) \(value)")
    }
    for row in golden.normalTails {
      #expect(agree(NormalDistribution.twoSided(row[0]), row[1], within: 1e-12), "\(row)")
    }
    #expect(NormalDistribution.quantile(0) == -.infinity && NormalDistribution.quantile(1) == .infinity)
  }

  @Test func correlationsEqualSciPy() throws {
    #expect(golden.correlations.count == 14)
    for entry in golden.correlations {
      for (correlation, expected) in [
        (Correlation.kendall(entry.first, entry.second), entry.kendall),
        (Correlation.spearman(entry.first, entry.second), entry.spearman),
        (Correlation.pearson(entry.first, entry.second), entry.pearson),
      ] {
        let correlation = try #require(correlation)
        #expect(abs(correlation.value - expected[0]) < 1e-13)
        // At |r| = 1 the p-value is a rounding error on both sides.
        #expect(
          agree(correlation.pValue, expected[1], within: 1e-8) || abs(correlation.pValue - expected[1]) < 1e-14,
          "\(correlation) \(expected)")
      }
    }
  }

  /// The paper prints 0.16 for Top-1 against FID and −0.86 against Inception Score; the first has lost its sign.
  @Test func correlationsOfThePapersSecondTable() throws {
    let top1 = [5.11, 13.30, 15.66, 25.51, 32.88, 39.07, 42.65, 40.98]
    let fid = try #require(Correlation.pearson(top1, [20.75, 15.93, 14.37, 12.41, 9.24, 7.42, 11.78, 28.67]))
    let score = try #require(
      Correlation.pearson(top1, [339.06, 324.62, 316.31, 299.51, 258.72, 214.64, 109.39, 49.54]))
    #expect(abs(fid.value + 0.164) < 5e-4 && abs(score.value + 0.859) < 5e-4)
  }

  @Test func correlationsThatDoNotExist() {
    #expect(Correlation.kendall([1], [2]) == nil && Correlation.pearson([1, 2], [3, 4]) == nil)
    #expect(Correlation.kendall([1, 1, 1], [1, 2, 3]) == nil && Correlation.spearman([1, 2, 3], [4, 4, 4]) == nil)
    #expect(
      Correlation.kendall([1, .nan], [1, 2]) == nil && Correlation.pearson([1, 2, .infinity], [1, 2, 3]) == nil)
    #expect(Correlation.ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
  }

  @Test func bootstrapIntervalsEqualSciPy() throws {
    for entry in golden.bootstraps {
      let distribution = BootstrapDistribution(estimate: entry.estimate, replicates: entry.replicates)
      let percentile = try #require(distribution.percentileInterval())
      let accelerated = try #require(distribution.acceleratedInterval(jackknife: entry.jackknife))
      for (value, expected) in zip(
        [percentile.low, percentile.high, accelerated.low, accelerated.high], entry.percentile + entry.accelerated)
      {
        #expect(abs(value - expected) < 1e-9, "\(value) \(expected)")
      }
    }
  }

  @Test func bootstrapOfNothingThatVaries() throws {
    let constant = BootstrapDistribution(estimate: 2, replicates: [Double](repeating: 2, count: 50))
    #expect(constant.percentileInterval() == Interval(low: 2, high: 2))
    #expect(constant.acceleratedInterval(jackknife: [[2, 2, 2]]) == Interval(low: 2, high: 2))
    let aside = BootstrapDistribution(estimate: 9, replicates: [1, 2, 3])
    #expect(aside.acceleratedInterval(jackknife: []) == aside.percentileInterval())
    #expect(BootstrapDistribution(estimate: 1, replicates: []).percentileInterval() == nil)
  }

  @Test func resamplesDependOnTheirNumberAlone() {
    let values = [3.0, 1, 4, 1, 5, 9, 2, 6]
    func replicates(_ count: Int) -> [[Int]] {
      var seen: [[Int]] = []
      _ = BootstrapDistribution(
        count: values.count, resamples: count, stream: RandomStream(seed: 4, purpose: "bootstrap"), estimate: 0
      ) { indices in
        seen.append(indices)
        return 0
      }
      return seen
    }
    #expect(Array(replicates(20).prefix(7)) == replicates(7))
  }

  /// Of 95 % intervals for the mean of 40 numbers from a skewed distribution, about 95 % shall hold the true mean, and
  /// the accelerated ones more of them than the percentile ones miss on the long side.
  @Test func bootstrapIntervalsCoverWhatTheyPromise() throws {
    let trials = 800
    let count = 40
    let source = RandomStream(seed: 7, purpose: "data")
    var covered = (percentile: 0, accelerated: 0)
    for trial in 0..<trials {
      var stream = source.split(trial)
      let values = (0..<count).map { _ in -log(1 - Double(stream.nextUniform())) }
      let sum = values.reduce(0, +)
      let distribution = BootstrapDistribution(
        count: count, resamples: 500, stream: RandomStream(seed: UInt64(trial), purpose: "bootstrap"),
        estimate: sum / Double(count)
      ) { indices in indices.reduce(0) { $0 + values[$1] } / Double(count) }
      let jackknife = values.map { (sum - $0) / Double(count - 1) }
      let percentile = try #require(distribution.percentileInterval())
      let accelerated = try #require(distribution.acceleratedInterval(jackknife: [jackknife]))
      if percentile.low <= 1 && 1 <= percentile.high { covered.percentile += 1 }
      if accelerated.low <= 1 && 1 <= accelerated.high { covered.accelerated += 1 }
    }
    // 95 % of 800 are 760, with a standard deviation of 6; both methods fall short by one to three points at n = 40.
    #expect((720...784).contains(covered.percentile), "\(covered)")
    #expect((728...784).contains(covered.accelerated), "\(covered)")
  }
}
