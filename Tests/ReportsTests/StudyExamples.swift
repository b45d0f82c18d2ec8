import Metrics
import Reports

// Made-up studies: mixed augmentation, a curve, a sweep with GAN-tests, and a comparison.
extension Example {
  private static func variant(
    _ base: ResultEntry, _ name: String, fraction: Double, _ augmentation: String?, _ value: Double, gain: Double?,
    p: Double = 1
  ) -> ResultEntry {
    var result = base
    result.name = name
    result.kind = gain == nil ? .baseline : .nas
    result.fractionAdded = fraction
    result.augmentation = augmentation
    result.top1 = accuracy([value], value - 0.01, value + 0.01, nil)
    if gain != nil { result.perClass = ofOneSeed }
    result.baseline = gain == nil ? nil : "baseline" + (augmentation.map { "+\($0)" } ?? "")
    result.difference = gain.map {
      AccuracyDifference(value: $0, interval: Interval(low: $0 - 0.008, high: $0 + 0.008), pValue: p, adjustedP: p)
    }
    return result
  }

  static let naive: Report = {
    var report = Example.report([
      variant(cas, "flow", fraction: 0.25, nil, 0.861, gain: 0.006, p: 0.21),
      variant(cas, "flow", fraction: 1, nil, 0.874, gain: 0.019, p: 0.0004),
      variant(baseline, "baseline", fraction: 0, nil, 0.855, gain: nil),
    ])
    report.command = "nas"
    return report
  }()

  static let augmented: Report = {
    let ways = ["none", "classic", "mixup", "cutmix"]
    let gains = [0.031, 0.012, -0.004, 0.001]
    var results: [ResultEntry] = []
    for (way, gain) in zip(ways, gains) {
      results.append(
        variant(cas, "flow", fraction: 0.5, way, 0.86 + gain, gain: gain, p: abs(gain) > 0.01 ? 0.001 : 0.6))
      results.append(variant(baseline, "baseline+\(way)", fraction: 0, way, 0.86, gain: nil))
    }
    var report = Example.report(results)
    report.command = "nas"
    return report
  }()

  /// Two truncations, each added in two shares and trained on in two ways; of one share there is one set alone.
  static let augmentedSweep: Report = {
    func added(_ truncation: Double, _ fraction: Double, _ way: String, _ value: Double) -> ResultEntry {
      var result = variant(cas, "t\(truncation)", fraction: fraction, way, value, gain: value - 0.855)
      result.axis = AxisEntry(name: "truncation", value: truncation, convention: "scaled")
      return result
    }
    var report = Example.report([
      added(2, 0.5, "none", 0.86), added(2, 1, "none", 0.88), added(2, 0.5, "mixup", 0.82),
      added(0.5, 0.5, "none", 0.87), added(0.5, 1, "none", 0.85), added(0.5, 0.5, "mixup", 0.80),
      added(0.5, 1, "mixup", 0.95),
      variant(baseline, "baseline+none", fraction: 0, "none", 0.855, gain: nil),
      variant(baseline, "baseline+mixup", fraction: 0, "mixup", 0.855, gain: nil),
    ])
    report.command = "nas"
    return report
  }()

  static let curve: Report = {
    func points(_ values: [Double], _ worth: [LearningCurve.Worth?]) -> [LearningCurve.Point] {
      zip([500, 1000, 2000, 6000], zip(values, worth)).map {
        .init(
          size: $0, top1: $1.0, interval: Interval(low: $1.0 - 0.01, high: $1.0 + 0.01),
          seedInterval: Interval(low: $1.0 - 0.014, high: $1.0 + 0.014), worth: $1.1)
      }
    }
    var report = Example.report([cas, baseline])
    report.command = "curve"
    report.curves = [
      LearningCurve(
        name: "flow",
        points: points(
          [0.701, 0.744, 0.779, 0.902],
          [
            .init(value: 0, low: 0, high: 0.6), .init(value: 0.62, low: 0.41, high: 0.9),
            .init(value: 0.55, low: 0.3, high: .infinity), .init(value: .infinity, low: 1.2, high: .infinity),
          ]),
        fit: .init(
          PowerLaw(limit: 0.931, scale: 2, exponent: 0.41), limitInterval: Interval(low: 0.91, high: 0.962),
          misfit: 0.004)),
      LearningCurve(
        name: "cvae",
        points: points([0.70, 0.70, 0.70, 0.70], [nil, nil, nil, .init(value: 0.5, low: 0.4, high: 0.7)]),
        fit: nil),
      LearningCurve(name: "baseline", points: points([0.72, 0.77, 0.81, 0.87], [nil, nil, nil, nil]), fit: nil),
    ]
    return report
  }()

  static let sweep: Report = {
    var (first, second) = (cas, cas)
    (first.name, second.name) = ("t0.5", "t2")
    first.axis = AxisEntry(name: "truncation", value: 0.5, convention: "scaled")
    second.axis = AxisEntry(name: "truncation", value: 2, convention: "scaled")
    first.metrics = [
      MetricEntry("fid", value: 12.3456, interval: Interval(low: 11.9, high: 12.8), n: [6000, 5000], better: "lower"),
      MetricEntry("kid", value: 0.012345, n: [6000, 5000], better: "lower"),
    ]
    second.metrics = [MetricEntry("fid", value: 1234.5, n: [6000, 5000], better: "lower", note: "few samples")]
    let angles = (0...100).map { Double($0) / 100 }
    first.prd = PrecisionRecallCurve(
      precision: angles, recall: angles.map { 0.9 * (1 - $0 * $0) }, clusters: [[100, 90], [80, 95]])
    first.metrics! += [
      MetricEntry("prd-recall", value: 0.88, n: [6000, 5000], better: "higher"),
      MetricEntry("prd-precision", value: 0.97, n: [6000, 5000], better: "higher"),
    ]
    let tests = [first, second].map { result in
      var test = result
      test.kind = .ganTest
      test.baseline = nil
      test.relativeDrop = nil
      return test
    }
    var report = Example.report([first, second, baseline] + tests)
    report.correlations = [
      CorrelationEntry(
        first: "top1", second: "fid", rows: 8,
        kendall: .init(value: -0.43, interval: Interval(low: -1, high: 0.36), pValue: 0.179), spearman: nil,
        pearson: .init(value: -0.16, interval: nil, pValue: 0.7))
    ]
    return report
  }()

  static let comparison = ComparisonDocument(
    ComparisonFindings(
      warnings: ["The runs differ in kernels: a auto, avx512, SkylakeX, b blas, avx2, Haswell."],
      results: [
        PairedComparison(
          names: ("flow", "a-generator-with-a-long-name"), accuracies: (0.8612, 0.8455),
          top1: AccuracyDifference(
            value: 0.0157, interval: Interval(low: 0.0071, high: 0.0243),
            seedInterval: Interval(low: -0.002, high: 0.033),
            pValue: 0.0006, adjustedP: 0.0012),
          top5: AccuracyDifference(value: 0.002, interval: Interval(low: -0.001, high: 0.005)),
          perSeed: [
            .init(seed: 0, accuracies: (0.86, 0.841), onlyOneRight: (212, 117), pValue: 1.6e-7),
            .init(seed: 1, accuracies: (0.862, 0.85), onlyOneRight: (190, 130), pValue: 0.00095),
          ],
          perClass: [
            .init(
              name: "shirt", support: 500, accuracies: (0.61, 0.52),
              top1: AccuracyDifference(
                value: 0.09, interval: Interval(low: 0.05, high: 0.13), pValue: 0.00002, adjustedP: 0.0004)),
            .init(
              name: "coat", support: 500, accuracies: (0.8, 0.81),
              top1: AccuracyDifference(
                value: -0.01, interval: Interval(low: -0.03, high: 0.02), pValue: 0.4, adjustedP: 1)),
            .init(name: "boot", support: 0, accuracies: (nil, nil), top1: nil),
          ]),
        PairedComparison(
          names: ("flow", "cvae"), accuracies: (0.8612, 0.86),
          top1: AccuracyDifference(value: 0.0012, interval: nil, pValue: 0.7, adjustedP: 0.7), top5: nil, perSeed: [],
          perClass: []),
      ]),
    Provenance(
      command: "compare", version: "0.1.0 (abc1234)",
      config: .object(["runs": .array([.string("a"), .string("b")])]), machine: machine, data: data))
}
