import Metrics
import Randomness
import Testing

@Suite struct SeedTestTests {
  @Test func pValuesEqualSciPy() throws {
    let golden = try StatisticsGolden.load()
    for entry in golden.seedTests {
      let accuracies = SeedAccuracies(first: entry.first, second: entry.second, images: 100)
      if let paired = entry.paired {
        #expect(agree(accuracies.pValue(isPaired: true), paired, within: 1e-9), "\(entry)")
      }
      #expect(agree(accuracies.pValue(isPaired: false), entry.apart, within: 1e-9), "\(entry)")
    }
    let classes = golden.classSeedTests
    let accuracies = classes.images.indices.map {
      SeedAccuracies(first: classes.first[$0], second: classes.second[$0], images: classes.images[$0])
    }
    let values = try #require(SeedAccuracies.pValues(ofClasses: accuracies, isPaired: true))
    for (value, expected) in zip(values, classes.p) { #expect(agree(value, expected, within: 1e-9)) }
  }

  @Test func whatSeedsCannotSay() {
    #expect(SeedAccuracies(first: [0.5], second: [0.7], images: 10).pValue(isPaired: true) == nil)
    #expect(SeedAccuracies(first: [0.5, 0.6, 0.7], second: [0.7], images: 10).pValue(isPaired: false) == nil)
    let one = SeedAccuracies(first: [0.5], second: [0.7], images: 10)
    #expect(SeedAccuracies.pValues(ofClasses: [one], isPaired: true) == nil)
    #expect(SeedAccuracies.pValues(ofClasses: [], isPaired: true) == nil)
    // Equal classifiers, and a difference that all seeds agree on.
    #expect(SeedAccuracies(first: [0.5, 0.6], second: [0.5, 0.6], images: 10).pValue(isPaired: true) == 1)
    #expect(SeedAccuracies(first: [0.5, 0.5], second: [0.75, 0.75], images: 4).pValue(isPaired: true) == 0)
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
      let accuracies = zip(first, second).map { SeedAccuracies(first: $0, second: $1, images: 500) }
      let values = try #require(SeedAccuracies.pValues(ofClasses: accuracies, isPaired: true))
      if holmAdjusted(values).contains(where: { $0 < 0.05 }) { families += 1 }
      func mean(_ side: [[Double]]) -> [Double] {
        (0..<3).map { seed in side.reduce(0) { $0 + $1[seed] } / Double(classes) }
      }
      let whole = SeedAccuracies(first: mean(first), second: mean(second), images: 5000)
      if try #require(whole.pValue(isPaired: true)) < 0.05 { alone += 1 }
    }
    // 5 % of 400 are 20, with a standard deviation of 4.4.
    #expect((7...34).contains(alone) && families <= 34, "\(alone) \(families)")
  }
}
