import Foundation
import Metrics
import Randomness
import Testing

/// A classifier of two classes that is right about the images for which `isRight` says so.
private func classifier(_ images: Int, classes: Int = 2, isRight: (Int) -> Bool) -> Predictions {
  var builder = PredictionsBuilder(classes: classes)
  for image in 0..<images {
    let label = image % classes
    var row = [Float](repeating: 0, count: classes)
    row[isRight(image) ? label : (label + 1) % classes] = 1
    builder.append(probabilities: row, labels: [Int32(label)])
  }
  return builder.finish()
}

/// Classifiers of the seeds 0, 1, … against others of these, or of the seeds from 10 on.
private func compare(
  _ first: [Predictions], _ second: [Predictions], isPaired: Bool = true, classNames: [String]? = nil
) -> PairedComparison? {
  func side(_ name: String, _ predictions: [Predictions], from start: Int) -> ComparedClassifiers {
    let seeds = predictions.indices.map { UInt64(start + $0) }
    return ComparedClassifiers(name: name, seeds: seeds, predictions: predictions)
  }
  return PairedComparison(
    side("first", first, from: 0), side("second", second, from: isPaired ? 0 : 10), classNames: classNames)
}

@Suite struct PairedComparisonTests {
  @Test func oneSeedEach() throws {
    let first = classifier(100) { $0 < 70 }
    let second = classifier(100) { $0 >= 20 && $0 < 80 }
    let comparison = try #require(compare([first], [second], classNames: ["a", "b"]))
    #expect(comparison.top1First == 0.7 && comparison.top1Second == 0.6)
    #expect(abs(comparison.top1.value - 0.1) < 1e-12 && comparison.top5 == nil && comparison.top1.seedInterval == nil)
    #expect(comparison.top1.pValue == exactMcNemar(20, 10))
    let seed = try #require(comparison.perSeed.first)
    #expect(seed.onlyFirst == 20 && seed.onlySecond == 10 && seed.pValue == comparison.top1.pValue)
    let interval = try #require(comparison.top1.interval)
    // The difference of 30 discordant images of 100 has the standard error √(0.30 − 0.01) / 10 = 0.0539.
    #expect(abs(interval.low - (0.1 - 1.96 * 0.0539)) < 0.015 && abs(interval.high - (0.1 + 1.96 * 0.0539)) < 0.015)
    #expect(comparison.perClass.map(\.name) == ["a", "b"] && comparison.perClass.allSatisfy { $0.support == 50 })
    #expect(comparison.perClass[0].top1?.pValue == exactMcNemar(10, 5))
  }

  @Test func equalClassifiersDoNotDiffer() throws {
    let same = [classifier(60) { $0 % 3 != 0 }, classifier(60) { $0 % 5 != 0 }]
    let comparison = try #require(compare(same, same))
    // Less than 6 % of all images can be told otherwise where 60 say the same: 1 − 0.025^(1/60).
    let interval = try #require(comparison.top1.interval)
    #expect(comparison.top1.value == 0 && abs(interval.low + 0.0596) < 1e-4 && abs(interval.high - 0.0596) < 1e-4)
    #expect(
      comparison.perClass.isEmpty && comparison.top1.pValue == 1
        && AccuracyDifference.tested([comparison]).map { $0?.seedPValue } == [1])
    #expect(comparison.top1.seedInterval == Interval(low: 0, high: 0))
  }

  @Test func otherNumbersOfSeeds() throws {
    let first = (0..<3).map { seed in classifier(90) { ($0 + seed) % 4 != 0 } }
    let second = [classifier(90) { $0 % 2 == 0 }]
    let comparison = try #require(compare(first, second, isPaired: false, classNames: ["a", "b"]))
    #expect(comparison.perSeed.isEmpty && comparison.top1.seedInterval == nil)
    let mean = first.compactMap { $0.accuracy(top: 1) }.reduce(0, +) / 3
    #expect(abs(comparison.top1.value - (mean - 0.5)) < 1e-12)
    let interval = try #require(comparison.top1.interval)
    #expect(interval.low < comparison.top1.value && comparison.top1.value < interval.high)
  }

  @Test func sixClassesHaveATop5AndNoImagesHaveNothing() throws {
    let first = [classifier(60, classes: 6) { $0 < 40 }]
    let second = [classifier(60, classes: 6) { $0 < 30 }]
    let comparison = try #require(compare(first, second))
    // Where a classifier is wrong, the last class is the one that is not among its five best.
    #expect(abs((comparison.top5?.value ?? 0) - 2.0 / 60) < 1e-12)
    let none = PredictionsBuilder(classes: 2).finish()
    #expect(compare([none], [none], classNames: ["a", "b"]) == nil)
  }

  /// Classifiers whose accuracies vary with the seed and with the images: about 95 % of the intervals shall hold the
  /// difference that all images and all seeds would give; crossed resampling errs on the wide side.
  @Test func intervalsCoverImagesAndSeeds() throws {
    let trials = 120
    let images = 300
    let seeds = 5
    let source = RandomStream(seed: 3, purpose: "classifiers")
    var covered = 0
    for trial in 0..<trials {
      var stream = source.split(trial)
      // Difficulty of each image, skill of each seed; the first set is better by a tenth on average.
      let difficulty = (0..<images).map { _ in Double(stream.nextUniform()) }
      func set(_ skill: Double) -> [Predictions] {
        (0..<seeds).map { _ in
          let own = skill + 0.03 * Double(stream.nextNormal())
          let luck = (0..<images).map { _ in Double(stream.nextUniform()) * 0.2 }
          return classifier(images) { difficulty[$0] + luck[$0] < own }
        }
      }
      let first = set(0.8)
      let comparison = try #require(compare(first, set(0.7), isPaired: false))
      let interval = try #require(comparison.top1.interval)
      if interval.low <= 0.1 && 0.1 <= interval.high { covered += 1 }
    }
    #expect((107...120).contains(covered), "\(covered)")
  }
}

@Suite struct LearningCurveTests {
  let golden: StatisticsGolden

  init() throws { golden = try StatisticsGolden.load() }

  @Test func powerLawsEqualSciPysLeastSquares() throws {
    #expect(golden.powerLaws.count == 4)
    for entry in golden.powerLaws {
      let law = try #require(PowerLaw.fitted(sizes: entry.sizes, accuracies: entry.accuracies))
      #expect(abs(law.limit - entry.law[0]) < 1e-4 && abs(law.exponent - entry.law[2]) < 2e-3, "\(law) \(entry.law)")
      let error = zip(entry.sizes, entry.accuracies).reduce(0) { sum, point in
        let distance = law.value(at: point.0) - point.1
        return sum + distance * distance
      }
      #expect(error <= entry.error * (1 + 1e-6) + 1e-15, "\(error) \(entry.error)")
    }
  }

  @Test func lawsStayWhereTheyMayBe() throws {
    let sizes = [100.0, 200, 400, 800]
    let falling = try #require(PowerLaw.fitted(sizes: sizes, accuracies: [0.8, 0.7, 0.6, 0.5]))
    #expect(falling.scale == 0 && abs(falling.limit - 0.65) < 1e-12)
    let steep = try #require(PowerLaw.fitted(sizes: sizes, accuracies: [0.3, 0.5, 0.7, 0.9]))
    #expect(steep.limit <= 1)
    #expect(PowerLaw.fitted(sizes: [1, 2, 3], accuracies: [0.1, 0.2, 0.3]) == nil)
    #expect(PowerLaw.fitted(sizes: [1, 2, 2, 3], accuracies: [0.1, 0.2, 0.2, 0.3]) == nil)
  }

  private func curve(_ correct: [(size: Int, right: Int)], seeds: Int = 2) -> ClassifiersBySize {
    ClassifiersBySize(
      correct.map { point in
        (point.size, (0..<seeds).map { seed in classifier(400) { ($0 * 37 + seed) % 400 < point.right } })
      })
  }

  @Test func aCurveKeepsItsSeeds() {
    let curve = ClassifiersBySize([
      (100, [classifier(400) { $0 < 200 }, classifier(400) { $0 < 240 }]),
      (200, [classifier(400) { $0 < 280 }, classifier(400) { $0 < 280 }]),
    ])
    #expect(curve.perSeed == [[0.5, 0.6], [0.7, 0.7]])
    #expect(abs(curve.accuracies[0] - 0.55) < 1e-12 && abs(curve.accuracies[1] - 0.7) < 1e-12)
  }

  @Test func imagesHaveTheirWorth() throws {
    let real = curve([(100, 200), (200, 240), (400, 280), (800, 300)])
    let synthetic = curve([(100, 180), (200, 200), (400, 260), (800, 320)])
    let worth = synthetic.worth(in: real)
    #expect(worth[0].outside == "below" && worth[3].outside == "above" && worth[3].realImages == nil)
    #expect(abs((worth[1].realImages ?? 0) - 0.5) < 1e-12)
    let value = try #require(worth[2].realImages)
    // Halfway between 240 and 280 correct lies the geometric mean of 200 and 400 images.
    #expect(abs(value - 282.842712 / 400) < 1e-6)
    #expect(worth[2].low ?? 0 <= value && value <= worth[2].high ?? .infinity)
    // A curve is worth itself, and exactly so: both sides see the same draws.
    for entry in real.worth(in: real) { #expect(abs((entry.realImages ?? 0) - 1) < 1e-12) }
  }

  /// The worth of many images is close to normal in its logarithm: its interval reaches equally far to both sides, where
  /// the extremes of a thousand draws reach half as far again.
  @Test func theIntervalOfAWorthLeavesBothTailsOut() throws {
    let real = curve([(100, 100), (200, 160), (400, 220), (800, 280), (1600, 340)])
    let synthetic = curve([(100, 100), (200, 130), (400, 190), (800, 250), (1600, 310)])
    let worth = synthetic.worth(in: real)[2]
    let (value, low, high) = (try #require(worth.realImages), try #require(worth.low), try #require(worth.high))
    let ratio = log(high / value) / log(value / low)
    #expect(ratio > 0.75 && ratio < 1.3, "\(low) \(value) \(high)")
  }

  @Test func limitsHaveIntervals() throws {
    let sizes = [250.0, 500, 1000, 2000, 4000]
    let law = PowerLaw(limit: 0.9, scale: 2, exponent: 0.4)
    let points = sizes.map { (size: Int($0), right: Int((law.value(at: $0) * 400).rounded())) }
    let fit = try #require(curve(points).fit())
    let interval = try #require(fit.interval)
    #expect(abs(fit.limit - 0.9) < 0.03 && interval.low <= 0.9 && 0.9 <= interval.high)
    #expect(curve([(10, 100), (20, 200), (40, 300)]).fit() == nil)
    // Falling, and rising by the logarithm, which has no limit.
    #expect(curve([(10, 300), (20, 280), (40, 260), (80, 200)]).fit() == nil)
    #expect(curve([(10, 40), (20, 44), (40, 48), (80, 52), (160, 56)]).fit() == nil)
  }
}
