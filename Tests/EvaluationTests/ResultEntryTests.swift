import Evaluation
import Foundation
import Metrics
import Reports
import Testing

@Suite struct ResultEntryTests {
  /// Six classes; `right` of eight images of class 0 are recognised, the others are taken for class 4.
  private func classifier(right: Int) -> Predictions {
    var builder = PredictionsBuilder(classes: 6)
    for image in 0..<8 {
      var row: [Float] = [0, 0, 0, 0, 0, 0]
      row[image < right ? 0 : 4] = 1
      builder.append(probabilities: row, labels: [0])
    }
    return builder.finish()
  }

  private let names = ["a", "b", "c", "d", "e", "f"]

  @Test func scoresGetNames() throws {
    let card = ScoreCard(
      seeds: [classifier(right: 2), classifier(right: 4)], baseline: [classifier(right: 8)], classNames: names)
    let entry = ResultEntry(name: "cvae", kind: .cas, scores: card, baseline: "baseline")
    let top1 = try #require(entry.top1)
    #expect(top1.value == 0.375 && top1.perSeed == [0.25, 0.5] && top1.seedInterval != nil)
    #expect(top1.interval?.low == Interval.wilson(proportion: 0.375, trials: 8)?.low)
    #expect(entry.top5?.value == 1 && entry.relativeDrop == RelativeDrop(top1: 0.625, top5: 0))
    #expect(entry.perClass.map(\.name) == names && entry.testImages == 8)
    #expect(entry.perClass[0].confusedWith == [.init(name: "e", count: 10)])
    #expect(entry.perClass[0].baselineTop1 == 1 && entry.perClass[0].difference == -0.625)
    #expect(entry.perClass[1].top1 == nil && entry.perClass[1].adjustedP == nil)
    let alone = ResultEntry(
      name: "cvae", kind: .cas, scores: ScoreCard(seeds: [classifier(right: 2)], classNames: names))
    #expect(alone.relativeDrop == nil && alone.top1?.seedInterval == nil && alone.baseline == nil)
  }

  @Test func noTestImages() {
    let none = PredictionsBuilder(classes: 6).finish()
    let entry = ResultEntry(name: "x", kind: .baseline, scores: ScoreCard(seeds: [none], classNames: names))
    #expect(entry.top1 == nil && entry.brier == nil && entry.perClass.allSatisfy { $0.interval == nil })
  }
}
