import Foundation
import Kernels
import Metrics
import Randomness
import Support
import Testing

/// Metrics from features and probabilities against torch-fidelity, piq, prdc and SciPy (`Golden/make_distribution.py`).
@Suite(.serialized) struct DistributionTests {
  private let golden: DistributionGolden
  private let pool = ThreadPool(threads: 2)
  private static let (real, fake) = (DistributionGolden.real, DistributionGolden.fake)

  init() throws { golden = try DistributionGolden.load() }

  private func relative(_ value: Double, _ expected: Double) -> Double { abs(value - expected) / abs(expected) }

  @Test func theArraysAreThePeers() {
    let logits = DistributionGolden.array(seed: 3, rows: 500, columns: 10, factor: 2)
    #expect(Self.real.values[..<4] == [0.72770530307755, 0.6075749593532733, 0.08906782808482694, -0.4119827060628456])
    for (array, sum) in [(Self.real, -152.6180401506203), (Self.fake, 1989.990852907833), (logits, -120.7296312378509)]
    {
      #expect(relative(array.values.reduce(0, +), sum) < 1e-12)
    }
  }

  @Test func frechetDistances() throws {
    for golden in golden.frechet {
      let sides = (0..<2).map { side in
        DistributionGolden.array(
          seed: golden.seeds[side], rows: golden.rows[side], columns: golden.columns,
          scale: side == 0 ? 0 : golden.scale,
          shift: (side == 0 ? 0 : golden.shift) + golden.offset)
      }
      let value = try FrechetDistance.value(sides[0], sides[1], pool: pool)
      let isWide = golden.rows.contains { $0 <= golden.columns }
      // Adding 1,000 to the features costs the arrays themselves ten bits.
      #expect(relative(value, golden.exact) < (golden.offset > 0 ? 1e-9 : 1e-12), "\(golden.name)")
      #expect(relative(value, golden.torchFidelity) < (isWide ? 1e-7 : 1e-9), "\(golden.name)")
    }
    let single = try FrechetDistance.value(Self.real.rounded, Self.fake.rounded, pool: pool)
    #expect(relative(single, 1.57761671) < 1e-7)
  }

  @Test func equalSetsAreAtNoDistance() throws {
    for (rows, columns) in [(600, 16), (60, 256), (30, 30)] {
      let set = DistributionGolden.array(seed: 5, rows: rows, columns: columns)
      let value = try FrechetDistance.value(set, set, pool: pool)
      #expect(value >= 0 && value < 1e-11, "\(rows) x \(columns): \(value)")
    }
    // Directions in which nothing varies.
    let flat = DoubleFeatures(
      rows: 100, columns: 4, values: (0..<400).map { $0 % 4 == 3 ? 7 : GoldenValues(seed: 5).irwinHall($0) })
    let value = try FrechetDistance.value(flat, flat, pool: pool)
    #expect(value >= 0 && value < 1e-13)
  }

  @Test func statisticsWithoutAPart() throws {
    let all = try FeatureStatistics(Self.real, pool: pool)
    let root = try GaussianRoot(FeatureStatistics(Self.fake, pool: pool))
    let parts = try FrechetDistance.withoutParts(
      of: Self.real, statistics: all, to: root, stream: RandomStream(seed: 1, purpose: "test"), pool: pool)
    let whole = try FrechetDistance.value(GaussianRoot(all), root)
    // The same from the images that are left, without a formula for what a part takes away.
    let division = Jackknife.division(
      of: Self.real.rows, groups: 20, stream: RandomStream(seed: 1, purpose: "test"))
    let direct = try (0..<20).map { group in
      let rest = SelectedFeatures(Self.real, rows: division.indices.filter { division[$0] != group })
      return try FrechetDistance.value(GaussianRoot(FeatureStatistics(rest, pool: pool)), root)
    }
    #expect(parts.count == 20 && zip(parts, direct).allSatisfy { abs($0 - $1) < 1e-6 * $1 })
    let mean = direct.reduce(0, +) / 20
    let deviation = (19.0 / 20 * direct.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
    let interval = try #require(Jackknife.interval(whole, [parts]))
    // A side of which nothing is known is no side that does not vary.
    #expect(Jackknife.interval(whole, [parts, []]) == nil && Jackknife.interval(whole, []) == nil)
    // The deviation over 40 other sets of 600 and 500 images is 0.07.
    // Student's quantile of 97.5 % with 19 degrees of freedom is 2.0930.
    #expect(abs((interval.high - interval.low) / 2 - 2.0930240544 * deviation) < 1e-5 * deviation)
    #expect(abs((interval.high + interval.low) / 2 - whole) < 1e-9)
  }

  @Test func kernelDistances() throws {
    let equal = try KernelDistance(Self.real.prefix(500), Self.fake, pool: pool)
    #expect(relative(equal.value, golden.kernel.equal) < 1e-12)
    #expect(relative(try #require(equal.variance), golden.kernel.equalVariance) < 1e-10)
    let unequal = try KernelDistance(
      DistributionGolden.array(seed: 10, rows: 80, columns: 5),
      DistributionGolden.array(seed: 11, rows: 130, columns: 5, factor: 1.5), pool: pool)
    #expect(relative(unequal.value, golden.kernel.unequal) < 1e-12)
    #expect(unequal.variance != nil)
    // Both formulas of the variance say the same.
    let nearly = try KernelDistance(Self.real.prefix(499), Self.fake, pool: pool)
    #expect(relative(try #require(nearly.variance), golden.kernel.equalVariance) < 0.02)
  }

  /// Sets larger than a block of the sums: in which block two rows meet does not matter.
  @Test func theVarianceDoesNotDependOnTheBlocks() throws {
    let sides = [12, 13].map { DistributionGolden.array(seed: $0, rows: 530, columns: 3, shift: Double($0) / 20) }
    var stream = RandomStream(seed: 4, purpose: "test")
    let shuffled = SelectedFeatures(sides[0], rows: stream.permutation(of: 530))
    let distances = try [sides[0] as any FeatureSource, shuffled].map { try KernelDistance($0, sides[1], pool: pool) }
    let variances = try distances.map { try #require($0.variance) }
    #expect(relative(distances[0].value, distances[1].value) < 1e-10)
    #expect(relative(variances[0], variances[1]) < 1e-10)
  }

  @Test func kernelDistancesOfSubsets() throws {
    let stream = RandomStream(seed: 0, purpose: "test")
    let subsets = try KernelDistanceSubsets(
      Self.real, Self.fake, subsets: 100, size: 200, stream: stream, pool: pool)
    // torch-fidelity's subsets give 0.23889 with the deviation 0.02329.
    #expect(abs(subsets.mean - 0.23889) < 0.008 && abs(subsets.deviation - 0.02329) < 0.006)
    // One subset of all images is the estimate over all pairs.
    let whole = try KernelDistanceSubsets(
      Self.real.prefix(500), Self.fake, subsets: 1, size: 5000, stream: stream, pool: pool)
    #expect(relative(whole.mean, golden.kernel.equal) < 1e-12 && whole.size == 500 && whole.deviation == 0)
  }

  @Test func inceptionScores() throws {
    for row in golden.inception {
      let score = try InceptionScore(DistributionGolden.logits, splits: Int(row[0]), shuffle: nil, pool: pool)
      #expect(relative(score.value, row[1]) < 1e-12)
      #expect(abs(score.deviation - row[2]) < 1e-12)
    }
    let information = try InformationScore(DistributionGolden.logits, pool: pool)
    #expect(relative(information.value, 0.46357154724913674) < 1e-12)
    #expect(relative(exp(information.value), 1.58974169530084) < 1e-12)
    #expect(abs(information.marginalEntropy - information.conditionalEntropy - information.value) < 1e-14)
    // From the probabilities that the logits stand for.
    let values = DistributionGolden.array(seed: 3, rows: 500, columns: 10, factor: 2).values
    let probabilities = (0..<500).flatMap { row -> [Double] in
      let powers = (0..<10).map { exp(values[row * 10 + $0]) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    let same = try InformationScore(
      ClassProbabilities(DoubleFeatures(rows: 500, columns: 10, values: probabilities), kind: .probabilities),
      pool: pool)
    #expect(relative(same.value, information.value) < 1e-12)
    #expect(relative(same.variance, information.variance) < 1e-9)
    // The entropy of a mean over few images is too small, so the score is as well.
    #expect(information.bias < 0 && information.bias > -0.02)
  }

  /// Two sets of one distribution: FID is what it is only because there are few images, and its limit is about 0.
  @Test func limitsHaveNoBias() throws {
    let sets = [61, 62].map { DistributionGolden.array(seed: $0, rows: 3000, columns: 16) }
    let root = try GaussianRoot(sets[0], pool: pool)
    let stream = RandomStream(seed: 1, purpose: "test")
    let distance = try FrechetDistance.value(sets[0], sets[1], pool: pool)
    let limit = try FrechetDistance.extrapolated(sets[1], to: root, stream: stream, pool: pool)
    #expect(distance > 0.005 && abs(limit.fit.intercept) < 0.8 * distance && limit.fit.slope > 0)
    #expect(limit.sizes.first == 1500 && limit.sizes.last == 3000)
    let scores = try InceptionScore.extrapolated(DistributionGolden.logits, stream: stream, pool: pool)
    let score = try InceptionScore(DistributionGolden.logits, splits: 1, shuffle: nil, pool: pool)
    #expect(abs(scores.fit.intercept - score.value) < 0.05)
    #expect(throws: MetricError.tooFew(metric: "FID∞", rows: 20, needed: 27)) {
      try FrechetDistance.extrapolated(sets[1].prefix(20), to: root, stream: stream, pool: pool)
    }
  }

  /// Ten classes, every row certain, sorted by class: each of ten splits in order holds one class only.
  @Test func splitsOfSortedImages() throws {
    let rows = (0..<1000).flatMap { row in (0..<10).map { $0 == row / 100 ? Float(1) : 0 } }
    let sorted = ClassProbabilities(FeatureMatrix(rows: 1000, columns: 10, values: rows), kind: .probabilities)
    let stream = RandomStream(seed: 0, purpose: "test")
    let one = try InceptionScore(sorted, splits: 1, shuffle: nil, pool: pool)
    let inOrder = try InceptionScore(sorted, splits: 10, shuffle: nil, pool: pool)
    let shuffled = try InceptionScore(sorted, splits: 10, shuffle: stream, pool: pool)
    #expect(abs(one.value - 10) < 1e-12 && inOrder.value == 1 && shuffled.value > 9 && shuffled.value < 10)
    // Nothing is lost where a softmax underflows.
    let logits = ClassProbabilities(
      FeatureMatrix(rows: 1000, columns: 10, values: rows.map { $0 * 10_000 }), kind: .logits)
    #expect(try InceptionScore(logits, splits: 1, shuffle: nil, pool: pool).value == one.value)
  }

  @Test func manifolds() throws {
    for row in golden.manifold {
      for tie in Manifold.Tie.allCases {
        let manifold = try Manifold(real: Self.real, synthetic: Self.fake, k: row.k, tie: tie, pool: pool)
        #expect(manifold.precision == row.precision && abs(manifold.recall - row.recall) < 1e-15)
        #expect(abs(manifold.density - row.density) < 1e-15 && manifold.coverage == row.coverage)
      }
    }
  }

  /// A hundred samples are ten real images, ten times each, and the real ones are there twice. torch-fidelity's precision
  /// is 0.96 here, because its single precision does not find all copies.
  @Test func repeatedImages() throws {
    let few = SelectedFeatures(Self.real, rows: (0..<100).map { $0 / 10 })
    let double = SelectedFeatures(Self.real, rows: (0..<120).map { $0 / 2 })
    let inclusive = try Manifold(real: double, synthetic: few, k: 1, tie: .inclusive, pool: pool)
    #expect(inclusive.precision == 1 && inclusive.recall == 20.0 / 120 && inclusive.coverage == 20.0 / 120)
    let exclusive = try Manifold(real: double, synthetic: few, k: 1, tie: .exclusive, pool: pool)
    #expect([exclusive.precision, exclusive.recall, exclusive.density, exclusive.coverage] == [0, 0, 0, 0])
  }

  @Test func clusteredPrecisionAndRecall() throws {
    let prd = try ClusteredPrecisionRecall(
      real: Self.real.prefix(500), synthetic: Self.fake, stream: RandomStream(seed: 0, purpose: "test"), pool: pool)
    for (value, index) in [(prd.recallScore, 0), (prd.precisionScore, 1)] {
      let distance = abs(value - golden.clustered.mean[index])
      #expect(distance < 4 * golden.clustered.deviation[index], "\(value) and \(golden.clustered.mean[index])")
    }
    // Of the mean curve, not the mean of the runs' scores.
    #expect(prd.recallScore == prd.curve.largestScore(beta: 8))
    #expect(prd.precisionScore == prd.curve.largestScore(beta: 1.0 / 8))
    #expect(prd.curve.clusters.reduce(0) { $0 + $1[0] } == 500 && prd.curve.clusters.reduce(0) { $0 + $1[1] } == 500)
    let interval = try #require(prd.recallInterval)
    #expect(interval.low < prd.recallScore && interval.high > prd.recallScore)
    #expect(prd.totalVariation > 0.1 && prd.totalVariation < 0.6)
  }

  /// Four groups far from one another, in other shares on each side: any clustering finds them, and the curve is that of
  /// their histograms.
  @Test(arguments: ClusteredPrecisionRecall.Settings.Method.allCases)
  func clusteringsFindSeparateGroups(method: ClusteredPrecisionRecall.Settings.Method) throws {
    var settings = ClusteredPrecisionRecall.Settings()
    (settings.clusters, settings.runs, settings.method) = (4, 2, method)
    func groups(_ counts: [Int], seed: UInt64) -> FeatureMatrix {
      let labels = counts.enumerated().flatMap { [Int](repeating: $0, count: $1) }
      let noise = GoldenValues(seed: seed)
      return FeatureMatrix(
        rows: labels.count, columns: 3,
        values: labels.indices.flatMap { row in
          (0..<3).map { Float(1000 + 50 * (labels[row] == $0 ? 1 : 0)) + Float(noise.irwinHall(3 * row + $0)) }
        })
    }
    let prd = try ClusteredPrecisionRecall(
      real: groups([25, 25, 25, 25], seed: 1), synthetic: groups([40, 30, 20, 10], seed: 2), settings: settings,
      stream: RandomStream(seed: 0, purpose: "test"), pool: pool)
    // The values of these histograms from the definition, computed in Python.
    #expect(abs(prd.recallScore - 0.97740) < 1e-5 && abs(prd.precisionScore - 0.99080) < 1e-5)
    #expect(abs(prd.totalVariation - 0.2) < 1e-12)
  }

  /// Full k-means ends in an optimum, mini-batches near one: on features without groups the two differ, and both are as far
  /// as scikit-learn's spread from its mini-batches.
  @Test func fullClusteringIsAnotherOne() throws {
    var settings = ClusteredPrecisionRecall.Settings()
    settings.runs = 3
    func curve(_ method: ClusteredPrecisionRecall.Settings.Method) throws -> ClusteredPrecisionRecall {
      settings.method = method
      return try ClusteredPrecisionRecall(
        real: Self.real.prefix(500), synthetic: Self.fake, settings: settings,
        stream: RandomStream(seed: 0, purpose: "test"), pool: pool)
    }
    let (full, batches) = (try curve(.full), try curve(.minibatch))
    #expect(full.recallScore != batches.recallScore)
    #expect(abs(full.recallScore - golden.clustered.mean[0]) < 8 * golden.clustered.deviation[0], "\(full.recallScore)")
  }

  @Test func testsOfNormality() {
    for row in golden.normality {
      let values = (0..<row.rows).map { index in
        let value = GoldenValues(seed: row.seed).irwinHall(index)
        return (value < 0 ? -1 : 1) * pow(abs(value), Double(row.power))
      }
      let tested = Gaussianity.tested(values)
      #expect(relative(tested.skewness, row.skewness) < 1e-9 && relative(tested.excessKurtosis, row.kurtosis) < 1e-9)
      #expect(relative(tested.pValue, row.p) < 1e-7, "\(row.rows)")
    }
  }

  @Test(arguments: [
    (2.0, 1.223, 1.967, 1.533, 1.874), (4.0, 1.118, 1.935, 1.295, 1.759),
  ])
  func numbersThatScoreHigherThanRealOnes(
    variance: Double, real: Double, uniform: Double, narrow: Double, wide: Double
  ) {
    let example = OneDimensionalExample(variance: variance)
    for (generator, expected) in [
      (.real, real), (.uniform(-100...100), uniform), (.normal(variance: 20), narrow), (.normal(variance: 400), wide),
      (.infinities, 2),
    ] as [(OneDimensionalExample.Generator, Double)] {
      #expect(abs(example.inceptionScore(generator) - expected) < 6e-4, "\(generator)")
    }
  }

  @Test func linearFits() throws {
    let sizes = [5000, 8214, 11428, 14642, 17857, 21071, 24285, 27500, 30714, 33928, 37142, 40357, 43571, 46785, 50000]
    #expect(sizes == (try Extrapolation.sizes(upTo: 50_000, metric: "FID∞")))
    let values = sizes.enumerated().map { 10 + 20_000 / Double($1) + 0.01 * sin(Double($0)) }
    let limit = Extrapolation(sizes: sizes, values: values)
    #expect(
      relative(limit.fit.intercept, 9.999761692682316) < 1e-12 && relative(limit.fit.slope, 20019.637223002464) < 1e-12)
    #expect(limit.fit.determination ?? 0 > 0.9999)
    // Against NumPy: 1 + Σ w² (N / n − 1). In 300 simulated pairs of 400 rows of 8 features FID∞ varied by 0.098, and
    // intervals of this width held its mean in 97 %.
    let small = try Extrapolation.sizes(upTo: 400, metric: "FID∞")
    let inflation = Extrapolation(sizes: small, values: small.map { 1 / Double($0) }).inflation
    #expect(relative(inflation, 1.6194200006229487) < 1e-12)
  }
}
