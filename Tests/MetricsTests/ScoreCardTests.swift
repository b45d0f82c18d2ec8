import Metrics
import Testing

/// Two classes and a third without test images; `right` of the first class's 40 images are recognised.
private func classifier(right: Int, classes: Int = 3) -> Predictions {
  var builder = PredictionsBuilder(classes: classes)
  for image in 0..<50 {
    var row = [Float](repeating: 0, count: classes)
    row[image < right || image >= 40 && image < 45 ? (image < 40 ? 0 : 1) : 2] = 1
    builder.append(probabilities: row, labels: [image < 40 ? 0 : 1])
  }
  return builder.finish()
}

private let names = ["a", "b", "c"]

@Suite struct ScoreCardTests {
  @Test func oneSeedAgainstItsBaseline() throws {
    let card = ScoreCard(seeds: [classifier(right: 10)], baseline: [classifier(right: 30)], classNames: names)
    let top1 = try #require(card.top1)
    #expect(agree(top1.value, 15.0 / 50, within: 1e-15))
    #expect(top1.perSeed == [0.3] && top1.seedInterval == nil)
    #expect(top1.interval == Interval.wilson(proportion: 0.3, trials: 50))
    #expect(card.top5 == nil && card.relativeDrop?.top5 == nil)
    #expect(agree(card.relativeDrop?.top1, (35.0 - 15) / 35, within: 1e-14))
    let first = card.perClass[0]
    #expect(first.support == 40 && first.top1 == 0.25 && first.baselineTop1 == 0.75 && first.difference == -0.5)
    // Twenty images are right for the baseline only, and two classes are tested.
    #expect(agree(first.adjustedP, 2 * exactMcNemar(0, 20), within: 1e-12))
    #expect(first.confusedWith == [ClassConfusion(name: "c", count: 30)])
    #expect(card.perClass[1].adjustedP == 1 && card.perClass[1].difference == 0)
    let empty = card.perClass[2]
    #expect(empty.support == 0 && empty.top1 == nil && empty.interval == nil && empty.difference == nil)
    #expect(empty.adjustedP == nil && empty.confusedWith.isEmpty)
  }

  @Test func seedsAreAveragedButTestImagesAreNot() throws {
    let seeds = [classifier(right: 10), classifier(right: 14), classifier(right: 12)]
    let card = ScoreCard(seeds: seeds, baseline: [classifier(right: 12)], classNames: names)
    let top1 = try #require(card.top1)
    #expect(agree(top1.value, 17.0 / 50, within: 1e-14))
    #expect(top1.perSeed == [0.3, 0.38, 0.34])
    #expect(top1.interval == Interval.wilson(proportion: top1.value, trials: 50))
    #expect(top1.seedInterval == Interval.student([0.3, 0.38, 0.34]))
    // The vote is right about 12 images, exactly those of the baseline.
    #expect(card.perClass[0].adjustedP == 1)
    #expect(card.perClass[0].confusedWith == [ClassConfusion(name: "c", count: 30 + 26 + 28)])
  }

  /// Over two seeds Student's interval is thirteen deviations wide.
  @Test func intervalsOfAccuraciesStayWithinFractions() throws {
    let high = try #require(AccuracyScore(perSeed: [0.98, 1], images: 100)?.seedInterval)
    let low = try #require(AccuracyScore(perSeed: [0, 0.02], images: 100)?.seedInterval)
    #expect(high.high == 1 && high.low < 0.98 && low.low == 0 && low.high > 0.02)
  }

  @Test func sixClassesHaveATop5() throws {
    let card = ScoreCard(seeds: [classifier(right: 10, classes: 6)], classNames: ["a", "b", "c", "d", "e", "f"])
    #expect(card.top5 != nil && card.relativeDrop == nil && card.perClass.count == 6)
    #expect(card.perClass[0].top5 == 1)
    #expect(card.perClass[0].baselineTop1 == nil && card.perClass[0].adjustedP == nil)
  }

  @Test func noTestImagesAndAWorthlessBaseline() {
    let none = PredictionsBuilder(classes: 4).finish()
    let card = ScoreCard(seeds: [none], baseline: [none], classNames: names + ["d"])
    #expect(card.top1 == nil && card.brier == nil && card.relativeDrop?.top1 == nil)
    #expect(card.perClass.allSatisfy { $0.top1 == nil && $0.adjustedP == nil })
    let wrong = predictions([[0, 1]], labels: [0])
    let right = predictions([[1, 0]], labels: [0])
    let drop = ScoreCard(seeds: [right], baseline: [wrong], classNames: ["a", "b"]).relativeDrop
    #expect(drop == RelativeDrop(top1: nil, top5: nil))
  }
}
