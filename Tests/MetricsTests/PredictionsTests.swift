import Metrics
import Testing

func predictions(_ rows: [[Float]], labels: [Int32], untrained: Set<Int> = []) -> Predictions {
  var builder = PredictionsBuilder(classes: rows[0].count, untrained: untrained)
  builder.append(probabilities: rows.flatMap { $0 }, labels: labels)
  return builder.finish()
}

@Suite struct PredictionsTests {
  @Test(arguments: [1, 7, 1000])
  func metricsEqualNumPy(batch: Int) throws {
    for golden in try Golden.load().classifiers {
      let classes = golden.classes
      var builder = PredictionsBuilder(classes: classes, capacity: golden.labels.count)
      for start in stride(from: 0, to: golden.labels.count, by: batch) {
        let end = min(start + batch, golden.labels.count)
        builder.append(
          probabilities: Array(golden.probabilities[start * classes..<end * classes]),
          labels: Array(golden.labels[start..<end]))
      }
      let result = builder.finish()
      #expect(Bool(result.topClasses == golden.topClasses))
      #expect(result.accuracy(top: 1) == golden.top1)
      #expect(result.accuracy(top: 5) == golden.top5)
      #expect(agree(result.brierScore, golden.brier, within: 1e-7))
      #expect(agree(result.expectedCalibrationError(), golden.expectedCalibrationError, within: 1e-12))
      #expect(Bool(ConfusionMatrix(classNames: names(classes), summing: [result]).counts == golden.confusion))
      #expect(result.classCounts(top: 1).map(\.support).reduce(0, +) == golden.labels.count)
      #expect(
        zip(result.labels, result.trueProbability).enumerated().allSatisfy { image, pair in
          pair.1 == golden.probabilities[image * classes + Int(pair.0)]
        })
    }
  }

  /// A confidence at an edge belongs to the bin below it.
  @Test func binsHoldTheirUpperEdge() {
    let result = predictions(
      [[0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0, 0], [0.75, 0.25, 0, 0], [1, 0, 0, 0]], labels: [0, 1, 0, 0])
    #expect(result.calibrationBins(4).map(\.images) == [1, 1, 1, 1])
    #expect(result.calibrationBins(4).map(\.correct) == [1, 0, 1, 1])
  }

  @Test func tiesGoToTheLowerClass() {
    let result = predictions([[0.2, 0.3, 0.3, 0.2], [0.25, 0.25, 0.25, 0.25]], labels: [1, 3])
    #expect(result.topClasses == [1, 2, 0, 3, 0, 1, 2, 3])
  }

  @Test func whatIsNotANumberIsNeverRanked() {
    let result = predictions(
      [[.nan, 0.4, .infinity], [.nan, .nan, .nan], [0.5, .nan, 0.5]], labels: [0, 0, 2])
    #expect(result.topClasses == [1, -1, -1, -1, -1, -1, 0, 2, -1])
    #expect(result.top1(1) == nil)
    #expect(result.accuracy(top: 1) == 0)
    #expect(agree(result.brierScore, (1.16 + 1 + 0.5) / 3, within: 1e-6))
    #expect(result.expectedCalibrationError().map { $0.isFinite } == true)
    #expect(ConfusionMatrix(classNames: names(3), summing: [result]).counts.reduce(0, +) == 2)
  }

  @Test func classesWithoutTrainingImagesScoreZero() {
    let result = predictions([[0.9, 0.1, 0], [0.1, 0.2, 0.7]], labels: [0, 2], untrained: [0])
    #expect(result.topClasses == [1, 2, -1, 2, 1, -1])
    #expect(result.classCounts(top: 1).map(\.correct) == [0, 0, 1])
  }

  @Test func oneClassAndNoImages() {
    let one = predictions([[1]], labels: [0])
    #expect(one.accuracy(top: 1) == 1 && one.accuracy(top: 5) == nil && one.brierScore == 0)
    let none = PredictionsBuilder(classes: 10).finish()
    #expect(none.accuracy(top: 1) == nil && none.brierScore == nil && none.expectedCalibrationError() == nil)
    #expect(none.classCounts(top: 5).allSatisfy { $0.accuracy == nil })
  }

  @Test func confusionsAreSortedAndLeaveOutTheRightClass() {
    let rows: [[Float]] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 1, 0]]
    let matrix = ConfusionMatrix(classNames: names(4), summing: [predictions(rows, labels: [1, 1, 1, 1, 1])])
    #expect(matrix.confusions(of: 1, limit: 2) == [.init(name: "3", count: 2), .init(name: "0", count: 1)])
    #expect(matrix.confusions(of: 0, limit: 3).isEmpty)
  }

  @Test func theMajorityWins() {
    let label: [Int32] = [0]
    let first = predictions([[0.6, 0.4, 0]], labels: label)
    let second = predictions([[0.1, 0.5, 0.4]], labels: label)
    let third = predictions([[0.4, 0.5, 0.1]], labels: label)
    #expect(majorityVote([first, second, third]) == [1])
    // One vote each: class 1 has 0.9 in sum, class 0 has 0.7.
    #expect(majorityVote([first, second]) == [1])
    // One vote each and the same sums: the lower class.
    #expect(
      majorityVote([predictions([[0, 0.5, 0.25]], labels: label), predictions([[0, 0.25, 0.5]], labels: label)]) == [1])
    #expect(majorityVote([first]) == [0])
    #expect(majorityVote([]) == [])
    let silent = predictions([[.nan, .nan, .nan]], labels: label)
    #expect(majorityVote([silent, silent]) == [-1])
    #expect(majorityVote([silent, first]) == [0])
  }
}

private func names(_ classes: Int) -> [String] { (0..<classes).map(String.init) }

extension ConfusionMatrix {
  /// All counts, row by row.
  fileprivate var counts: [Int] {
    rows.indices.flatMap { label in rows.indices.map { self[true: label, predicted: $0] } }
  }
}
