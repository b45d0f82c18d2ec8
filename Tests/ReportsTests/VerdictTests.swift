import Reports
import Testing

@Suite struct VerdictTests {
  @Test func manyResultsAreCountedInsteadOfListed() {
    let many = (0..<8).map { index in
      var result = Example.cas
      result.name = "set\(index)"
      if index > 2 {
        result.perClass = result.perClass.map { ClassEntry(name: $0.name, support: 9, top1: 1, difference: 0) }
      }
      return result
    }
    let text = Verdict(of: Example.report(many + [Example.baseline])).classes
    #expect(
      text.hasPrefix("3 of 8 results are significantly worse than real images in at least one class, most of all set"))
    let none = Array(many.suffix(5)) + many.suffix(2)
    #expect(
      Verdict(of: Example.report(none)).classes
        == "None of 7 results is significantly worse than real images in any class.")
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
    #expect(verdict.classes.contains("cvae in 1 of 7 classes and a-generator-with-a-really-long-name-v2 in 0 of 7"))
  }

  @Test func gainsAndNoFailures() {
    var result = Example.cas
    result.relativeDrop = RelativeDropEntry(top1: -0.02, top5: nil)
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
