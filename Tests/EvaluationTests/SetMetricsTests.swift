import Evaluation
import Foundation
import Kernels
import Metrics
import Reports
import Support
import Testing

/// The numbers of `cas metrics` beside those of the metrics themselves: each under its own name, of the right sets.
@Suite struct SetMetricsTests {
  private let context: RunContext
  private var pool: ThreadPool { context.machine.processor.pool }

  init() throws { context = try RunContext.testing() }

  private func features(_ seed: UInt64, _ rows: Int, _ columns: Int = 4, value: (Int, Double) -> Double) -> FeatureSet {
    let source = GoldenValues(seed: seed)
    return FeatureSet(
      name: "set\(seed)", path: "set\(seed).npz",
      features: DoubleFeatures(
        rows: rows, columns: columns, values: (0..<rows * columns).map { value($0, source.irwinHall($0)) }))
  }

  /// 120 real images, half of them far from the others.
  private var real: FeatureSet { features(1, 120) { $0 < 240 ? $1 : $1 + 30 } }
  /// 80 samples that have only the first half, and less spread.
  private var narrow: FeatureSet { features(2, 80) { 0.5 * $1 } }

  private func run(
    _ metrics: [String], _ samples: FeatureSet, training: FeatureSet? = nil,
    _ change: (inout MetricsRequest) -> Void = { _ in }
  ) throws -> MetricsResult {
    var request = MetricsRequest()
    request.metrics = metrics
    request.splits = 1
    change(&request)
    let study = MetricsStudy(request, context)
    let sets = MetricsStudy.Sets(real: real, training: training, synthetic: [samples])
    return try #require(study.run(sets).document.results.first)
  }

  private func value(_ name: String, _ result: MetricsResult) throws -> Double {
    try #require(result.metric(name)?.value, "\(name)")
  }

  @Test func manifoldsHaveTheirOwnNames() throws {
    let result = try run(["precision", "density"], narrow) { $0.neighbours = 3 }
    let manifold = try Manifold(
      real: try #require(real.features), synthetic: try #require(narrow.features), k: 3, pool: pool)
    #expect(result.metrics.map(\.name) == ["precision", "recall", "density", "coverage"])
    #expect(
      result.metrics.map(\.value)
        == [manifold.precision, manifold.recall, manifold.density, manifold.coverage])
    #expect(manifold.precision > 0.9 && manifold.recall < 0.5 && manifold.coverage < 0.6 && manifold.density > 0.9)
    #expect(result.metrics.allSatisfy { $0.n == [80, 120] && $0.better == "higher" && $0.details["k"] == 3 })
    // The interval of a share counts the images that it is a share of.
    let wilson = (
      Interval.wilson(proportion: manifold.precision, trials: 80),
      Interval.wilson(proportion: manifold.recall, trials: 120)
    )
    #expect(result.metrics[0].interval?.low == wilson.0?.low && result.metrics[1].interval?.low == wilson.1?.low)
  }

  @Test func distancesAreThoseOfTheFeatures() throws {
    let result = try run(["fid", "kid", "kid-subsets"], narrow) { ($0.kidSubsets, $0.kidSubsetSize) = (1, 1000) }
    let (own, other) = (try #require(narrow.features), try #require(real.features))
    let kernel = try KernelDistance(own, other, pool: pool)
    #expect(try abs(value("fid", result) - FrechetDistance.value(own, other, pool: pool)) < 1e-9)
    #expect(try value("kid", result) == kernel.value && result.metric("kid")?.details["variance"] == kernel.variance)
    #expect(result.metrics.allSatisfy { $0.better == "lower" && $0.n == [80, 120] })
    let interval = try #require(result.metric("fid")?.interval)
    #expect(try interval.low < value("fid", result) && value("fid", result) < interval.high)
    #expect(try run(["fid"], narrow) { $0.intervals = false }.metric("fid")?.interval == nil)
    // One subset is all images of the smaller side.
    #expect(result.metric("kid-subsets")?.details["subsetSize"] == 80)
  }

  /// The samples lie where real images do, and lack half of what these have.
  @Test func clustersHaveRecallAndPrecision() throws {
    let result = try run(["prd"], features(2, 80) { $1 })
    let (recall, precision) = (try value("prd-recall", result), try value("prd-precision", result))
    #expect(recall < 0.75 && precision > recall + 0.1)
    let found = try #require(result.prd)
    let curve = PrecisionRecallCurve(precision: found.precision, recall: found.recall)
    #expect(recall == curve.largestScore(beta: 8) && precision == curve.largestScore(beta: 1.0 / 8))
    #expect(found.clusters.reduce(0) { $0 + $1[0] } == 80 && found.clusters.reduce(0) { $0 + $1[1] } == 80)
    #expect(try abs(value("prd-variation", result) - 0.5) < 0.3)
  }

  /// Every tenth sample is a training image; the real images that they are compared with are others.
  @Test func copiesAreOfTrainingImages() throws {
    let training = features(7, 60) { $1 }
    let own = try #require(training.features as? DoubleFeatures)
    let samples = features(8, 50) { $0 / 4 % 10 == 0 ? own.values[$0] : $1 }
    let result = try run(["memorisation"], samples, training: training)
    #expect(result.metrics.map(\.name) == ["authenticity", "copies", "nearest-ratio"])
    #expect(try value("copies", result) == 5 && result.metric("copies")?.n == [50, 60])
    #expect(result.suspects.prefix(5).map { [$0.sample, $0.image] } == (0..<5).map { [10 * $0, 10 * $0] })
    #expect(result.suspects.count == 20 && result.suspects[5].distance > 0)
    #expect(try value("copies", run(["memorisation"], samples)) == 0)
  }

  /// Four classes, each certain and equally frequent: the entropies are known.
  @Test func entropiesOfACertainClassifier() throws {
    var samples = narrow
    samples.probabilities = ClassProbabilities(
      DoubleFeatures(rows: 80, columns: 4, values: (0..<320).map { $0 % 4 == $0 / 4 % 4 ? 1 : 0 }), kind: .probabilities
    )
    let result = try run(["s", "is"], samples)
    #expect(result.metrics.map(\.name) == ["s", "h-y", "h-y-x", "is"])
    let most: Double = log(4)
    let expected: [Double] = [most, most, 0, 4]
    for (entry, expected) in zip(result.metrics, expected) {
      #expect(abs((entry.value ?? 9) - expected) < 1e-9 && entry.n == [80])
    }
    #expect(abs((result.metric("h-y")?.details["bits"] ?? 0) - 2) < 1e-9)
  }

  @Test func whatIsNotDefinedIsANote() throws {
    let result = try run(["fid", "prd"], features(3, 1) { $1 })
    #expect(result.metrics.map(\.value) == [nil, nil])
    #expect(result.metrics.allSatisfy { $0.note?.contains("needs at least") == true && $0.n == [1, 120] })
    let broken = features(4, 30) { $0 == 9 ? .nan : $1 }
    #expect { try run(["kid"], broken) } throws: { error in
      "\(error)".hasPrefix("set4.npz: ") && "\(error)".contains("row 2, column 1")
    }
  }
}
