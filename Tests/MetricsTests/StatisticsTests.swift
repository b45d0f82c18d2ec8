import Metrics
import Testing

@Suite struct StatisticsTests {
  let golden: Golden

  init() throws { golden = try Golden.load() }

  @Test func incompleteBetaEqualsSciPy() {
    #expect(golden.beta.count > 40)
    for row in golden.beta {
      #expect(agree(regularisedIncompleteBeta(row[0], row[1], row[2]), row[3], within: 2e-9), "\(row)")
    }
    #expect(regularisedIncompleteBeta(0, 2, 3) == 0)
    #expect(regularisedIncompleteBeta(1, 2, 3) == 1)
  }

  @Test func studentQuantilesEqualSciPy() {
    #expect(golden.student.count == 36)
    for row in golden.student {
      #expect(agree(studentQuantile(confidence: row[0], degrees: Int(row[1])), row[2], within: 1e-9), "\(row)")
    }
  }

  @Test func intervalsOverSeedsEqualSciPy() throws {
    for entry in golden.studentIntervals {
      let interval = try #require(Interval.student(entry.values))
      #expect(agree(interval.low, entry.interval[0], within: 1e-11))
      #expect(agree(interval.high, entry.interval[1], within: 1e-11))
    }
    #expect(Interval.student([0.7]) == nil)
    #expect(Interval.student([]) == nil)
    #expect(Interval.student([0.7, .nan]) == nil)
  }

  @Test func wilsonEqualsSciPy() throws {
    for row in golden.wilson {
      let interval = try #require(Interval.wilson(proportion: row[0], trials: Int(row[1])))
      #expect(abs(interval.low - row[2]) < 1e-14 && abs(interval.high - row[3]) < 1e-14, "\(row)")
    }
    let published = try #require(Interval.wilson(proportion: 0.428, trials: 1000))
    #expect(abs(published.low - 0.397666) < 5e-7 && abs(published.high - 0.458885) < 5e-7)
    #expect(Interval.wilson(proportion: 0.5, trials: 0) == nil)
    #expect(Interval.wilson(proportion: .nan, trials: 10) == nil)
  }

  /// Three seeds with 428, 428 and 429 correct of 1000: the interval of 428.33 correct lies between those of whole counts.
  @Test func wilsonTakesAFractionalCount() throws {
    let below = try #require(Interval.wilson(proportion: 0.428, trials: 1000))
    let mean = try #require(Interval.wilson(proportion: (0.428 + 0.428 + 0.429) / 3, trials: 1000))
    let above = try #require(Interval.wilson(proportion: 0.429, trials: 1000))
    #expect(below.low < mean.low && mean.low < above.low)
    #expect(abs((mean.low - below.low) * 3 - (above.low - below.low)) < 1e-7)
  }

  @Test func mcNemarEqualsSciPy() {
    #expect(golden.mcnemar.count == 11)
    for row in golden.mcnemar {
      // SciPy's falls to 0.
      let expected = max(row[2], .leastNormalMagnitude)
      #expect(agree(exactMcNemar(Int(row[0]), Int(row[1])), expected, within: 5e-9), "\(row)")
    }
    #expect(agree(exactMcNemar(30, 12), 0.007915897334896727, within: 1e-12))
    #expect(exactMcNemar(500_000, 500_000) == 1)
    // No p-value is 0.
    #expect(exactMcNemar(0, 1_000_000) == .leastNormalMagnitude)
  }

  @Test func holmEqualsItsDefinition() {
    let adjusted = holmAdjusted(golden.holm.p)
    for (value, expected) in zip(adjusted, golden.holm.adjusted) { #expect(abs(value - expected) < 1e-15) }
    #expect(holmAdjusted([]) == [])
    #expect(holmAdjusted([0.03]) == [0.03])
    #expect(holmAdjusted([.nan, 0.01]) == [1, 0.02])
  }
}
