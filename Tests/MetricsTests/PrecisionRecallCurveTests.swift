import Metrics
import Testing

/// The discrete stage of PRD: the authors' own tests and values computed from the definition.
@Suite struct PrecisionRecallCurveTests {
  private func curve(_ evaluated: [Double], _ reference: [Double], _ angles: Int = 1001) -> PrecisionRecallCurve {
    PrecisionRecallCurve(evaluated: evaluated, reference: reference, angles: angles)
  }

  private func near(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool { abs(a - b) < tolerance }

  @Test func authorsCases() {
    let disjoint = curve([0, 1], [1, 0], 11)
    #expect(disjoint.precision.allSatisfy { $0 == 0 } && disjoint.recall.allSatisfy { $0 == 0 })
    let equal = curve([1, 0], [1, 0], 11)
    #expect(near(equal.precision[5], 1) && near(equal.recall[5], 1))
    let wide = curve([0.5, 0.5], [1, 0], 11)
    #expect(near(wide.precision[5], 0.5) && near(wide.recall[5], 0.5))
    #expect(near(wide.precision[10], 0.5) && near(wide.recall[1], 1))
    let narrow = curve([1, 0], [0.5, 0.5], 11)
    #expect(near(narrow.precision[5], 0.5) && near(narrow.recall[1], 0.5) && near(narrow.precision[10], 1))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let evaluated, reference: [Double]
    let recallScore, precisionScore, overlap: Double
    var testDescription: String { "\(evaluated)" }
  }

  @Test(arguments: [
    Case(
      evaluated: [0.1, 0.2, 0.3, 0.4, 0], reference: [0.25, 0.25, 0.25, 0, 0.25], recallScore: 0.733052815718426,
      precisionScore: 0.5981495134289141, overlap: 0.55),
    Case(
      evaluated: [0.2, 0.3, 0.5], reference: [0.7, 0.2, 0.1], recallScore: 0.96291, precisionScore: 0.94166,
      overlap: 0.5),
    Case(
      evaluated: [0.4, 0.3, 0.2, 0.1], reference: [0.25, 0.25, 0.25, 0.25], recallScore: 0.97740,
      precisionScore: 0.99080,
      overlap: 0.8),
    Case(evaluated: [1, 0], reference: [0.5, 0.5], recallScore: 0.50386, precisionScore: 0.98483, overlap: 0.5),
  ])
  func scores(of golden: Case) {
    let curve = curve(golden.evaluated, golden.reference)
    // The printed values have five decimals.
    let tolerance = golden.evaluated.count == 5 ? 1e-12 : 6e-6
    #expect(near(curve.largestScore(beta: 8), golden.recallScore, tolerance))
    #expect(near(curve.largestScore(beta: 1.0 / 8), golden.precisionScore, tolerance))
    #expect(near(curve.precision[500], golden.overlap) && near(curve.recall[500], golden.overlap))
  }

  @Test func ends() {
    let curve = curve([0.1, 0.2, 0.3, 0.4, 0], [0.25, 0.25, 0.25, 0, 0.25])
    #expect(near(curve.precision.max() ?? 0, 0.6) && near(curve.recall.max() ?? 0, 0.75))
  }

  @Test func exchangingTheSetsExchangesPrecisionAndRecall() {
    let (a, b) = ([0.1, 0.2, 0.7], [0.5, 0.25, 0.25])
    let (forth, back) = (curve(a, b), curve(b, a))
    for index in 0..<1001 { #expect(near(forth.precision[index], back.recall[1000 - index], 1e-7)) }
  }

  @Test func scoresOfOnePoint() {
    let point = PrecisionRecallCurve(precision: [0.5], recall: [1])
    #expect(near(point.largestScore(beta: 2), 5.0 / 6))
    #expect(near(PrecisionRecallCurve(precision: [1], recall: [0.5]).largestScore(beta: 2), 5.0 / 9))
  }
}
