import Foundation
import Kernels
import Metrics
import Randomness
import Support
import Testing

/// Threads, order, odd shapes, and features that are no features.
@Suite(.serialized) struct RobustnessTests {
  private static let (real, fake) = (DistributionGolden.real, DistributionGolden.fake)
  private let stream = RandomStream(seed: 3, purpose: "test")

  /// Everything that the metrics say about two sets.
  private struct Everything: Equatable {
    let frechet, limit: Double
    let kernel: KernelDistance
    let subsets: KernelDistanceSubsets
    let manifold: Manifold
    let curve: ClusteredPrecisionRecall
    let memorisation: Memorisation
    let information: InformationScore
    let inception: InceptionScore
    let inspection: FeatureInspection
    let gaussianity: Gaussianity
    let parts: [Double]
  }

  private func everything(_ a: any FeatureSource, _ b: any FeatureSource, threads: Int) throws -> Everything {
    let pool = ThreadPool(threads: threads)
    let statistics = try FeatureStatistics(b, pool: pool)
    let root = try GaussianRoot(a, pool: pool)
    return Everything(
      frechet: try FrechetDistance.value(a, b, pool: pool),
      limit: try FrechetDistance.extrapolated(b, to: root, stream: stream, pool: pool).fit.intercept,
      kernel: try KernelDistance(a, b, pool: pool),
      subsets: try KernelDistanceSubsets(a, b, subsets: 5, size: 50, stream: stream, pool: pool),
      manifold: try Manifold(real: a, synthetic: b, k: 3, pool: pool),
      curve: try ClusteredPrecisionRecall(real: a, synthetic: b, stream: stream, pool: pool),
      memorisation: try Memorisation(synthetic: b, training: a, pool: pool),
      information: try InformationScore(DistributionGolden.logits, pool: pool),
      inception: try InceptionScore(DistributionGolden.logits, splits: 3, shuffle: stream, pool: pool),
      inspection: try FeatureInspection(a, pool: pool),
      gaussianity: try Gaussianity(a, directions: 5, stream: stream, pool: pool),
      parts: try FrechetDistance.withoutParts(of: b, statistics: statistics, to: root, stream: stream, pool: pool))
  }

  /// 1,100 rows of 300 are several blocks in each direction, none of them whole.
  @Test func bitsDoNotDependOnThreads() throws {
    let a = DistributionGolden.array(seed: 31, rows: 1100, columns: 300).rounded
    let b = DistributionGolden.array(seed: 32, rows: 700, columns: 300, scale: 1 / 512, shift: 0.05).rounded
    let alone = try everything(a, b, threads: 1)
    #expect(try everything(a, b, threads: 3) == alone)
  }

  @Test func orderOfImagesDoesNotMatter() throws {
    let pool = ThreadPool(threads: 2)
    var draw = stream
    let order = draw.permutation(of: Self.real.rows)
    let shuffled = SelectedFeatures(Self.real, rows: order)
    func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-11 * max(abs(a), 1e-3) }
    #expect(
      near(
        try FrechetDistance.value(shuffled, Self.fake, pool: pool),
        try FrechetDistance.value(Self.real, Self.fake, pool: pool)))
    let (a, b) = (
      try KernelDistance(Self.real, Self.fake, pool: pool), try KernelDistance(shuffled, Self.fake, pool: pool)
    )
    #expect(near(a.value, b.value) && near(a.variance ?? 0, b.variance ?? 1))
    let (first, second) = (
      try Manifold(real: Self.real, synthetic: Self.fake, k: 4, pool: pool),
      try Manifold(real: shuffled, synthetic: Self.fake, k: 4, pool: pool)
    )
    #expect(first == second)
    let rows = try NearestNeighbours(within: shuffled, k: 2, pool: pool).squaredRadii
    let straight = try NearestNeighbours(within: Self.real, k: 2, pool: pool).squaredRadii
    #expect(Bool(rows == order.map { straight[$0] }))
  }

  /// The blocked, screened search against all distances in double precision.
  @Test(arguments: [(1, 5, 1), (700, 3, 4), (520, 40, 1), (1030, 8, 10)])
  func neighboursAreExact(rows: Int, columns: Int, k: Int) throws {
    let pool = ThreadPool(threads: 2)
    // A large mean, which would cost single precision its digits; every tenth row is repeated.
    let base = DistributionGolden.array(seed: 40, rows: rows, columns: columns, shift: 300)
    let set = SelectedFeatures(base, rows: (0..<rows).map { $0 % 10 == 9 ? $0 - 1 : $0 })
    let queries = DistributionGolden.array(seed: 41, rows: 30, columns: columns, shift: 300)
    func row(_ source: any FeatureSource, _ index: Int) throws -> [Double] {
      var values = [Double](repeating: 0, count: columns)
      try values.withUnsafeMutableBufferPointer {
        try source.copy(index..<index + 1, into: try #require($0.baseAddress))
      }
      return values
    }
    let points = try (0..<rows).map { try row(set, $0) }
    func expected(_ from: [Double], without: Int?) -> [Double] {
      let all = points.indices.filter { $0 != without }.map { other in
        zip(from, points[other]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      return Array(all.sorted().prefix(k))
    }
    func near(_ found: ArraySlice<Double>, _ expected: [Double]) -> Bool {
      found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-12 * $1 }
    }
    if rows > k {
      let within = try NearestNeighbours(within: set, k: k, pool: pool)
      for index in stride(from: 0, to: rows, by: 7) {
        #expect(near(within.squaredDistances[index * k..<(index + 1) * k], expected(points[index], without: index)))
      }
    }
    let across = try NearestNeighbours(of: queries, in: set, k: k, pool: pool)
    for index in 0..<30 {
      #expect(
        near(across.squaredDistances[index * k..<(index + 1) * k], expected(try row(queries, index), without: nil)))
      #expect(across.indices[index * k..<(index + 1) * k].allSatisfy { (0..<rows).contains($0) })
    }
  }

  @Test func whatIsNoNumberIsNamed() throws {
    let pool = ThreadPool(threads: 2)
    var values = Self.fake.values
    values[300 * 16 + 5] = .nan
    values[400 * 16 + 1] = .infinity
    let broken = DoubleFeatures(rows: 500, columns: 16, values: values)
    let expected = MetricError.notFinite(row: 300, column: 5)
    #expect(throws: expected) { try FeatureInspection(broken, pool: pool) }
    #expect(throws: expected) { try FrechetDistance.value(Self.real, broken, pool: pool) }
    #expect(throws: MetricError.self) { try KernelDistance(Self.real, broken, pool: pool) }
    #expect(throws: expected) { try Manifold(real: Self.real, synthetic: broken, k: 3, pool: pool) }
    let huge = DoubleFeatures(rows: 20, columns: 2, values: (0..<40).map { $0 == 30 ? 1e30 : 1 })
    #expect(throws: MetricError.self) { try NearestNeighbours(within: huge, k: 1, pool: pool) }
    #expect(throws: MetricError.self) {
      try InformationScore(ClassProbabilities(broken, kind: .logits), pool: pool)
    }
    #expect(throws: MetricError.self) {
      try InformationScore(ClassProbabilities(Self.real, kind: .probabilities), pool: pool)
    }
    #expect("\(expected)" == "the feature in row 300, column 5 is not a finite number of single precision")
  }

  @Test func tooFewImagesAreNamed() throws {
    let pool = ThreadPool(threads: 2)
    let one = Self.fake.prefix(1)
    for compute: (DoubleFeatures) throws -> Void in [
      { _ = try FrechetDistance.value($0, Self.real, pool: pool) },
      {
        _ = try FrechetDistance.extrapolated(
          $0, to: GaussianRoot(Self.real, pool: pool), stream: self.stream, pool: pool)
      },
      { _ = try KernelDistance($0, Self.real, pool: pool) },
      { _ = try KernelDistanceSubsets($0, Self.real, stream: self.stream, pool: pool) },
      { _ = try Manifold(real: Self.real, synthetic: $0, k: 5, pool: pool) },
      { _ = try ClusteredPrecisionRecall(real: Self.real, synthetic: $0, stream: self.stream, pool: pool) },
      { _ = try Gaussianity($0, stream: self.stream, pool: pool) },
    ] {
      let error = #expect(throws: MetricError.self) { try compute(one) }
      #expect(error?.description.contains("needs at least") == true, "\(error?.description ?? "")")
    }
    #expect(throws: MetricError.columnsDiffer(16, 10)) {
      try KernelDistance(Self.real, DistributionGolden.array(seed: 3, rows: 50, columns: 10), pool: pool)
    }
    let answers = ClassProbabilities(DistributionGolden.array(seed: 3, rows: 1, columns: 10), kind: .logits)
    let score = try InformationScore(answers, pool: pool)
    #expect(score.value == 0 && score.interval == nil)
  }

  /// A few images of very many features: nothing is computed that would not fit into memory.
  @Test func veryManyFeatures() throws {
    let pool = ThreadPool(threads: 2)
    let wide = DistributionGolden.array(seed: 70, rows: 25, columns: 20_000)
    #expect(throws: MetricError.tooManyFeatures(20_000)) { try FeatureStatistics(wide, pool: pool) }
    #expect(try FrechetDistance.value(wide, wide, pool: pool) < 1e-8)
    #expect(try Manifold(real: wide, synthetic: wide, k: 2, pool: pool).precision == 1)
    let curve = try ClusteredPrecisionRecall(real: wide, synthetic: wide, stream: stream, pool: pool)
    #expect(curve.totalVariation == 0)
  }

  @Test func constantFeatures() throws {
    let pool = ThreadPool(threads: 2)
    let flat = DoubleFeatures(rows: 50, columns: 4, values: [Double](repeating: 3, count: 200))
    let other = DoubleFeatures(rows: 60, columns: 4, values: [Double](repeating: 5, count: 240))
    #expect(try FrechetDistance.value(flat, other, pool: pool) == 16)
    #expect(try FrechetDistance.value(flat, flat, pool: pool) == 0)
    // Between copies of 3 the kernel is (9 + 1)³, of 5 it is 26³, across 16³.
    #expect(try KernelDistance(flat, other, pool: pool).value == 1000 + 17_576 - 2 * 4096)
    let inclusive = try Manifold(real: flat, synthetic: flat, k: 3, pool: pool)
    #expect([inclusive.precision, inclusive.recall, inclusive.coverage] == [1, 1, 1])
    let exclusive = try Manifold(real: flat, synthetic: flat, k: 3, tie: .exclusive, pool: pool)
    #expect([exclusive.precision, exclusive.recall, exclusive.density] == [0, 0, 0])
    let curve = try ClusteredPrecisionRecall(real: flat, synthetic: flat, stream: stream, pool: pool)
    #expect(abs(curve.recallScore - 1) < 1e-9 && curve.totalVariation == 0)
    let inspection = try FeatureInspection(flat, pool: pool)
    #expect(inspection.constantColumns == 4 && inspection.repeated == 49)
    #expect(try Gaussianity(flat, stream: stream, pool: pool).projections.allSatisfy { $0.pValue == 0 })
  }

  @Test func memorisedImagesAreFound() throws {
    let pool = ThreadPool(threads: 2)
    // Every fifth sample is a training image, every fifth almost one, the others are new.
    let values = (0..<100).flatMap { row -> [Double] in
      let near = Self.real.values[row * 3 * 16..<(row * 3 + 1) * 16]
      let new = (0..<16).map { GoldenValues(seed: 50).irwinHall(row * 16 + $0) }
      return row % 5 == 0 ? Array(near) : row % 5 == 1 ? near.map { $0 + 1e-3 } : new
    }
    let found = try Memorisation(
      synthetic: DoubleFeatures(rows: 100, columns: 16, values: values), training: Self.real, pool: pool)
    #expect(found.copies == 20 && found.authenticity < 0.6 && found.authenticity > 0.25)
    #expect(found.suspects(20).allSatisfy { $0.distance == 0 && $0.sample % 5 == 0 && $0.image == $0.sample * 3 })
    #expect(found.suspects(40)[39].distance < 0.0041 && found.suspects(41)[40].distance > 0.1)
    #expect(try #require(found.medianRatio) > 0.5)
  }

  /// A sample as far from its training image as that is from its own neighbour is no new image.
  @Test func equalDistancesAreNotAuthentic() throws {
    let found = try Memorisation(
      synthetic: DoubleFeatures(rows: 4, columns: 1, values: [2, -1, 3, 0.5]),
      training: DoubleFeatures(rows: 2, columns: 1, values: [0, 1]), pool: ThreadPool(threads: 1))
    #expect(found.distances == [1, 1, 2, 0.5] && found.authenticity == 0.25)
  }

  /// Two images, each certain of its own class: without the one nothing is known of the other.
  @Test func theBiasOfTwoImages() throws {
    let certain = ClassProbabilities(
      DoubleFeatures(rows: 2, columns: 2, values: [1, 0, 0, 1]), kind: .probabilities)
    let score = try InformationScore(certain, pool: ThreadPool(threads: 1))
    #expect(abs(score.value - log(2)) < 1e-12 && abs(score.bias + log(2)) < 1e-12 && score.variance == 0)
  }

  @Test func singleAndDoublePrecisionHaveOneHash() throws {
    let pool = ThreadPool(threads: 2)
    let single = Self.real.rounded
    let double = DoubleFeatures(rows: 600, columns: 16, values: single.values.map(Double.init))
    #expect(try FeatureInspection(single, pool: pool) == FeatureInspection(double, pool: pool))
    let other = SelectedFeatures(single, rows: [1, 0] + Array(2..<600))
    #expect(try FeatureInspection(other, pool: pool).rowHashes != FeatureInspection(single, pool: pool).rowHashes)
  }
}
