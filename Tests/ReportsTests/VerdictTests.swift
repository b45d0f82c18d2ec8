import Metrics
import Reports
import Testing

@Suite struct VerdictTests {
  @Test func manyResultsAreCountedInsteadOfListed() {
    let many = (0..<8).map { index in
      var result = Example.cas
      result.name = "set\(index)"
      if index > 2 {
        result.perClass = result.perClass.map { ClassScore(name: $0.name, support: 9, top1: 1, difference: 0) }
      }
      return result
    }
    let text = Verdict(of: Example.report(many + [Example.baseline])).classes
    #expect(
      text.hasPrefix(
        "3 of 8 results are significantly worse than real images in at least one class, 3 of them in 1 of 7, of which set"
      ))
    let none = Array(many.suffix(5)) + many.suffix(2)
    #expect(
      Verdict(of: Example.report(none)).classes
        == "None of 7 results is significantly worse than real images in any class.")
  }

  /// Eight sets of ten classes: four are worse in all of them, one of these far more than the others.
  private static func tied(worse: [Int], losses: [Double]) -> Report {
    let results = zip(worse, losses).enumerated().map { index, entry in
      var result = Example.cas
      result.name = "set\(index)"
      result.top1 = Example.accuracy([0.855 - entry.1], 0.1, 0.9, nil)
      result.difference = AccuracyDifference(value: -entry.1, interval: nil, adjustedP: 0.001)
      result.perClass = (0..<10).map {
        ClassScore(name: "c\($0)", support: 9, top1: 0.5, difference: -0.1, adjustedP: $0 < entry.0 ? 0.001 : 1)
      }
      return result
    }
    return Example.report(results + [Example.baseline])
  }

  @Test func amongSetsThatAreWorseInAsManyClassesTheOneThatLosesMostIsNamed() {
    let report = Self.tied(worse: [10, 10, 10, 10, 5, 0, 0, 0], losses: [0.1, 0.5, 0.4, 0.1, 0.6, 0, 0, 0])
    #expect(
      plain(Verdict(of: report).classes)
        == "5 of 8 results are significantly worse than real images in at least one class, 4 of them in 10 of 10, of "
        + "which set1 loses most (Top-1 35.5 %).")
    let all = Self.tied(worse: [Int](repeating: 10, count: 8), losses: [0.1, 0.2, 0.3, 0.7, 0.3, 0.2, 0.1, 0.1])
    #expect(plain(Verdict(of: all).classes).contains("all of them in 10 of 10, of which set3 loses most"))
    let one = Self.tied(worse: [10, 0, 0, 0, 0, 0, 0], losses: [0.1, 0, 0, 0, 0, 0, 0])
    #expect(
      plain(Verdict(of: one).classes)
        == "1 of 7 results is significantly worse than real images in at least one class, most of all set0 in 10 of 10."
    )
  }

  private func plain(_ text: String) -> String { text.replacing("\u{A0}", with: " ") }

  @Test func oneResultWithItsBaseline() {
    let verdict = Verdict(of: Example.single)
    #expect(
      plain(verdict.score)
        == "A classifier trained only on 6,000 samples of cvae recognises 71.87 % of the 4,998 real test images (Top-1; "
        + "95 % interval 70.61–73.10); trained on as many real images for as many steps it recognises 85.50 %, a relative "
        + "drop of 15.9 %.")
    #expect(
      plain(verdict.classes)
        == "1 of 7 classes is significantly worse than with real images: shirt (23.1 % instead of 61.0 %).")
  }

  @Test func differentCountsAreSaid() {
    var baseline = Example.baseline
    baseline.training?.trainingImages = 60_000
    baseline.training?.steps = 14_100
    let verdict = Verdict(of: Example.report([baseline, Example.cas]))
    #expect(verdict.score.contains("trained on 60,000 real images for 14,100 steps it"))
  }

  @Test func severalResults() {
    let verdict = Verdict(of: Example.several)
    #expect(plain(verdict.score).contains("a-generator-with-a-really-long-name-v2 has the highest Top-1 accuracy"))
    #expect(plain(verdict.score).contains("cvae the lowest, 71.87 %; training on real images gives 85.50 %."))
    #expect(
      verdict.classes
        == "Significantly worse than real images: cvae in 1 of 7 classes; a-generator-with-a-really-long-name-v2 in none."
    )
  }

  /// With several cases each is compared with the real images in its own way, so that no single baseline is named.
  @Test func addedSamplesHelpOrHurt() {
    #expect(
      plain(Verdict(of: Example.augmented).score)
        == "Adding samples helps significantly in 2 of 4 cases and hurts in 0; the largest gain is +3.10 points "
        + "(flow +50 % none).")
    #expect(Verdict(of: Example.augmented).classes.hasPrefix("Significantly worse than real images alone: flow"))
    var report = Example.naive
    report.results[0].difference?.value = -0.02
    report.results[0].difference?.adjustedP = 0.001
    report.results[1].difference?.adjustedP = 0.2
    #expect(
      plain(Verdict(of: report).score)
        == "Adding samples helps significantly in 0 of 2 cases and hurts in 1; the largest gain is +1.90 points "
        + "(flow +100 %), which may be chance.")
    report.results[1].difference?.value = -0.01
    #expect(plain(Verdict(of: report).score).hasSuffix("none gains, at best −1.00 points (flow +100 %)."))
  }

  @Test func curvesAreComparedAtTheLargestCommonSize() {
    var report = Example.curve
    #expect(
      plain(Verdict(of: report).score)
        == "At 6,000 images flow gives 90.20 %, cvae 70.00 % and real images 87.00 %.")
    #expect(
      Verdict(of: report).classes
        == "6,000 images of flow teach more than the largest measured number of real images. Of 6,000 images of cvae "
        + "each is worth 0.50 real ones [0.40–0.70].")
    report.curves?[1].points.removeLast(2)
    #expect(plain(Verdict(of: report).score).hasPrefix("At 1,000 images flow gives 74.40 %, cvae 7"))
    #expect(Verdict(of: report).classes.hasPrefix("Of 1,000 images of flow each is worth 0.62 real ones [0.41–0.90]."))
    report.curves?.removeLast()
    #expect(Verdict(of: report).classes == "There are no real training images to compare with.")
    report.curves?[1].points = [.init(size: 77, top1: 0.5, interval: nil, worth: nil)]
    #expect(plain(Verdict(of: report).score).hasSuffix("gives 90.20 % with 6,000 of flow and 50.00 % with 77 of cvae."))
  }

  /// A difference counts where the test over images finds it, and that over seeds, where there are several.
  @Test(
    arguments: [
      (0.001, 0.2, false), (0.2, 0.001, false), (0.001, 0.001, true), (0.001, nil, true), (nil, nil, false),
    ] as [(Double?, Double?, Bool)])
  func bothTestsHaveToAgree(overImages: Double?, overSeeds: Double?, isSignificant: Bool) {
    let difference = AccuracyDifference(value: 0.1, interval: nil, adjustedP: overImages, adjustedSeedP: overSeeds)
    #expect(difference.isSignificant == isSignificant)
    var entry = ClassScore(
      name: "a", support: 9, top1: 0.5, difference: -0.1, adjustedP: overImages, adjustedSeedP: overSeeds)
    #expect(entry.isSignificantlyWorse == isSignificant && !entry.isSignificantlyBetter)
    entry.difference = 0.1
    #expect(entry.isSignificantlyBetter == isSignificant && !entry.isSignificantlyWorse)
  }

  @Test func gainsAndNoFailures() {
    var result = Example.cas
    result.relativeDrop = RelativeDrop(top1: -0.02, top5: nil)
    for index in result.perClass.indices { result.perClass[index].adjustedP = 1 }
    let verdict = Verdict(of: Example.report([Example.baseline, result]))
    #expect(plain(verdict.score).hasSuffix("a relative gain of 2.0 %."))
    #expect(verdict.classes.hasPrefix("None of 7 classes is significantly worse"))
  }

  @Test(arguments: [ResultKind.cas, .baseline, .nas, .ganTest, .evaluation])
  func everyKindHasASentence(kind: ResultKind) {
    var result = Example.cas
    result.kind = kind
    result.baseline = nil
    result.fractionAdded = kind == .nas ? 0.25 : nil
    let verdict = Verdict(of: Example.report([result]))
    #expect(plain(verdict.score).contains("71.87 %") && verdict.score.hasSuffix("."))
    if kind == .nas { #expect(plain(verdict.score).contains("25 % as many samples of cvae")) }
  }
}
