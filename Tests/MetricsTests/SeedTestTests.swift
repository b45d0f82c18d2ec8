import Metrics
import Randomness
import Testing

@Suite struct SeedTestTests {
  @Test func pValuesEqualSciPy() throws {
    let golden = try StatisticsGolden.load()
    for entry in golden.seedTests {
      if let paired = entry.paired {
        #expect(agree(value(entry.first, entry.second, isPaired: true), paired, within: 1e-9), "\(entry)")
      }
      #expect(agree(value(entry.first, entry.second, isPaired: false), entry.apart, within: 1e-9), "\(entry)")
    }
    let classes = golden.classSeedTests
    let accuracies = classes.images.indices.map {
      SeedAccuracies(
        first: classes.first[$0], second: classes.second[$0], isPaired: true, images: classes.images[$0])
    }
    let values = SeedAccuracies.pValues(accuracies)
    for (value, expected) in zip(values, classes.p) { #expect(agree(value, expected, within: 1e-9)) }
  }

  @Test func whatSeedsCannotSay() {
    #expect(value([0.5], [0.7], isPaired: true) == nil && value([0.5, 0.6, 0.7], [0.7], isPaired: false) == nil)
    #expect(SeedAccuracies.pValues([]).isEmpty)
    // Equal classifiers, and a difference that all seeds agree on.
    #expect(value([0.5, 0.6], [0.5, 0.6], isPaired: true) == 1)
    // Seeds that agree have still been rounded to a hundredth: t = 0.25 / √(1 / (6 · 100² · 2)) = 86.6.
    #expect(agree(value([0.5, 0.5], [0.75, 0.75], isPaired: true), 0.00735, within: 1e-3))
    // One that knows nothing of seeds takes no part; the others' degrees of freedom have a limit.
    let (one, two) = (pair([0.5], [0.7]), pair([0.5, 0.6], [0.7, 0.9]))
    let values = SeedAccuracies.pValues([one, two, two])
    #expect(values[0] == nil && values[1] == values[2] && SeedAccuracies.pValues([two, two]) == Array(values[1...]))
    #expect(
      SeedAccuracies.pValues([two, two], independent: 1) == SeedAccuracies.pValues([two])
        + SeedAccuracies.pValues([two]))
    #expect((values[1] ?? 1) < (SeedAccuracies.pValues([two])[0] ?? 0))
  }

  /// Five sets that teach the same as the baseline that all are compared with, two seeds each.
  @Test func resultsThatShareABaselineAreNoFinding() {
    let trials = 1000
    let source = RandomStream(seed: 7, purpose: "seed tests")
    var found = 0
    for trial in 0..<trials {
      var stream = source.split(trial)
      func set() -> [Double] { (0..<2).map { _ in 0.8 + 0.004 * Double(stream.nextNormal()) } }
      let baseline = set()
      let values = SeedAccuracies.pValues(
        (0..<5).map { _ in SeedAccuracies(first: set(), second: baseline, isPaired: true, images: 10_000) })
      if holmAdjusted(values.compactMap { $0 }).contains(where: { $0 < 0.05 }) { found += 1 }
    }
    // 4.6 % by a longer simulation; the standard deviation is 0.7.
    #expect((23...70).contains(found), "\(found) of \(trials)")
  }

  /// Two pairs of equal sets, one of ten seeds a side and one of two: each difference has the variance that its own number
  /// of seeds gives it.
  @Test func sidesOfFewSeedsAreNotJudgedByThoseOfMany() {
    let trials = 1000
    let source = RandomStream(seed: 9, purpose: "seed tests")
    var found = 0
    for trial in 0..<trials {
      var stream = source.split(trial)
      func set(_ seeds: Int) -> [Double] { (0..<seeds).map { _ in 0.8 + 0.004 * Double(stream.nextNormal()) } }
      let values = SeedAccuracies.pValues(
        [10, 2].map { SeedAccuracies(first: set($0), second: set($0), isPaired: false, images: 10_000) })
      if holmAdjusted(values.compactMap { $0 }).contains(where: { $0 < 0.05 }) { found += 1 }
    }
    // Where both count as equals it is one in ten.
    #expect((8...60).contains(found), "\(found) of \(trials)")
  }

  private func pair(_ first: [Double], _ second: [Double], isPaired: Bool = true) -> SeedAccuracies {
    SeedAccuracies(first: first, second: second, isPaired: isPaired, images: 100)
  }

  private func value(_ first: [Double], _ second: [Double], isPaired: Bool) -> Double? {
    SeedAccuracies.pValues([pair(first, second, isPaired: isPaired)])[0]
  }

  /// Two sets that teach the same, and trainings that differ: what McNemar's test alone calls significant too often.
  @Test func trainingsThatDifferAreNoFinding() throws {
    let trials = 400
    let classes = 10
    let source = RandomStream(seed: 5, purpose: "seed tests")
    var (alone, families) = (0, 0)
    for trial in 0..<trials {
      var stream = source.split(trial)
      // Each class has its accuracy, and each training its own share of luck in it.
      let means = (0..<classes).map { _ in 0.5 + 0.49 * Double(stream.nextUniform()) }
      func side() -> [[Double]] {
        means.map { mean in
          (0..<3).map { _ in
            min(1, max(0, mean + 0.06 * (mean * (1 - mean)).squareRoot() * Double(stream.nextNormal())))
          }
        }
      }
      let (first, second) = (side(), side())
      let accuracies = zip(first, second).map { SeedAccuracies(first: $0, second: $1, isPaired: true, images: 500) }
      if holmAdjusted(SeedAccuracies.pValues(accuracies).compactMap { $0 }).contains(where: { $0 < 0.05 }) {
        families += 1
      }
      func mean(_ side: [[Double]]) -> [Double] {
        (0..<3).map { seed in side.reduce(0) { $0 + $1[seed] } / Double(classes) }
      }
      if try #require(value(mean(first), mean(second), isPaired: true)) < 0.05 { alone += 1 }
    }
    // 5 % of 400 are 20, with a standard deviation of 4.4.
    #expect((7...34).contains(alone) && families <= 34, "\(alone) \(families)")
  }
}
