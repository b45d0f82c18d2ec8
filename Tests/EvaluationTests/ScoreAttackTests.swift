import Datasets
import Evaluation
import Kernels
import Networks
import Support
import Testing

@Suite struct ScoreAttackTests {
  /// Noise becomes what the classifier is surest of, class by class, with the same bytes on any number of threads.
  @Test func noiseBecomesEveryClass() throws {
    let extractor = try FeatureExtractionTests.extractor(FeatureExtractionTests.samples(3))
    var attack = ScoreAttack()
    (attack.images, attack.iterations, attack.step, attack.seed) = (60, 40, 0.02, 5)
    let names = ["a", "b", "c"]
    let machine = try FeatureExtractionTests.machine(2)
    let result = try attack.run(on: extractor, classNames: names, machine: machine, events: StudyRunner.Events())
    #expect(result.noise.count == 60 && result.attacked.labels == (0..<60).map { Int32($0 % 3) })
    func certainty(_ samples: Samples) throws -> Double {
      let logits = try #require(
        FeatureExtraction(extractor, machine: machine, cache: nil).run(samples, title: "it").logits)
      let hits = (0..<60).count { image in
        let row = logits.values[image * 3..<image * 3 + 3]
        return row.indices.max { row[$0] < row[$1] } == row.startIndex + image % 3
      }
      return Double(hits) / 60
    }
    #expect(try certainty(result.attacked) > 0.9)
    #expect(try certainty(result.noise) < 0.6)
    let again = try attack.run(
      on: extractor, classNames: names, machine: try FeatureExtractionTests.machine(1), events: StudyRunner.Events())
    #expect(again.attacked.pixels == result.attacked.pixels)
    var other = attack
    other.seed = 6
    other.iterations = 1
    #expect(
      try other.run(on: extractor, classNames: names, machine: machine, events: StudyRunner.Events()).noise.pixels
        != result.noise.pixels)
  }

  @Test func itEndsWhenAsked() throws {
    let extractor = try FeatureExtractionTests.extractor(FeatureExtractionTests.samples(3))
    var events = StudyRunner.Events()
    events.shouldStop = { true }
    #expect(throws: Interrupted.self) {
      try ScoreAttack().run(
        on: extractor, classNames: ["a", "b", "c"], machine: try FeatureExtractionTests.machine(1), events: events)
    }
    #expect(throws: UsageError.self) {
      try ScoreAttack().run(
        on: extractor, classNames: ["a"], machine: try FeatureExtractionTests.machine(1), events: events)
    }
  }
}
