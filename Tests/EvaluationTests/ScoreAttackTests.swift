import Datasets
import Evaluation
import Foundation
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
    let result = try attack.run(on: extractor, classNames: names, machine: machine, events: RunEvents())
    #expect(result.noise.count == 60 && result.attacked.labels == (0..<60).map { Int32($0 % 3) })
    /// The probability of each image's target.
    func certainties(_ samples: Samples) throws -> [Float] {
      let logits = try #require(
        FeatureExtraction(extractor, machine: machine, cache: nil).run(samples, title: "it").logits)
      return (0..<60).map { image in
        let powers: [Float] = logits.values[image * 3..<image * 3 + 3].map { exp($0) }
        let sum: Float = powers.reduce(0, +)
        return powers[image % 3] / sum
      }
    }
    let (before, after) = (try certainties(result.noise), try certainties(result.attacked))
    // The weights are random, so that no class is ever certain; but every image comes nearer to its own.
    #expect(zip(before, after).allSatisfy { $0 < $1 })
    let gain: Float = after.reduce(0, +) - before.reduce(0, +)
    #expect(gain > 6, "\(gain)")
    let again = try attack.run(
      on: extractor, classNames: names, machine: try FeatureExtractionTests.machine(1), events: RunEvents())
    #expect(try Bool(again.attacked.pixels == result.attacked.pixels))
    var other = attack
    other.seed = 6
    other.iterations = 1
    #expect(
      try other.run(on: extractor, classNames: names, machine: machine, events: RunEvents()).noise.pixels
        != result.noise.pixels)
  }

  @Test func itEndsWhenAsked() throws {
    let extractor = try FeatureExtractionTests.extractor(FeatureExtractionTests.samples(3))
    var events = RunEvents()
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
