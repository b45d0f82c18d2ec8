package import Kernels
package import Randomness

/// The PRD curve of a set of samples: both sets are clustered together, and what is compared is how they fall into the
/// clusters, averaged over several clusterings.
///
/// Sajjadi et al. 2018, section 4: twenty clusters, ten runs, curves averaged before the scores are taken. What you give
/// up by using it: it is blind within a cluster.
package struct ClusteredPrecisionRecall: Sendable, Equatable {
  package private(set) var curve: PrecisionRecallCurve
  /// The largest F₈ of the averaged curve: high where the samples have what the real images have.
  package let recallScore: Double
  /// The largest F₁⸝₈: high where what the samples show is real.
  package let precisionScore: Double
  /// 95 %, by the jackknife over parts of both sets, the clusterings being given.
  package let recallInterval: Interval?
  package let precisionInterval: Interval?
  /// 1 − α(1), the mean over clusterings of the total variation distance.
  package let totalVariation: Double
  /// Images of each side; both have as many.
  package let count: Int
}

extension ClusteredPrecisionRecall {
  package struct Settings: Sendable {
    package var clusters = 20
    package var angles = 1001
    package var runs = 10
    package var method = Method.minibatch

    package init() {}

    package enum Method: String, Sendable, CaseIterable {
      /// Mini-batch k-means, as in the authors' code.
      case minibatch
      /// Lloyd's algorithm on all images: slower, and nearer to the optimum.
      case full
    }
  }

  /// - Throws: `MetricError`, and what reading the features throws. The larger set is cut to the size of the smaller.
  package init(
    real: any FeatureSource, synthetic: any FeatureSource, settings: Settings = Settings(), stream: RandomStream,
    pool: ThreadPool
  ) throws {
    try FrechetDistance.checkColumns(real.columns, synthetic.columns)
    let count = min(real.rows, synthetic.rows)
    guard count >= settings.clusters else {
      throw MetricError.tooFew(metric: "PRD of \(settings.clusters) clusters", rows: count, needed: settings.clusters)
    }
    func cut(_ source: any FeatureSource, _ part: Int) -> any FeatureSource {
      guard source.rows > count else { return source }
      return SelectedFeatures(
        source, rows: Extrapolation.subset(count, below: source.rows, stream: stream.split(part)))
    }
    let union = JoinedFeatures(cut(real, 0), cut(synthetic, 1))
    var assignments = [[Int]](repeating: [], count: settings.runs)
    try assignments.withUnsafeMutableBufferPointer { assignments in
      nonisolated(unsafe) let assignments = assignments
      try pool.runThrowing(chunks: settings.runs) { run, _ in
        let draws = stream.split(2).split(run)
        let clustering =
          switch settings.method {
          case .minibatch: try MiniBatchKMeans(union, clusters: settings.clusters, stream: draws)
          case .full: try MiniBatchKMeans(full: union, clusters: settings.clusters, stream: draws)
          }
        assignments[run] = try clustering.assignments(union)
      }
    }
    self.init(assignments, count: count, settings: settings, stream: stream.split(3))
  }

  /// - Parameter assignments: for each run the clusters of the real images and then of as many samples.
  init(_ assignments: [[Int]], count: Int, settings: Settings, stream: RandomStream) {
    let groups = min(Jackknife.groups, count)
    // The parts of both sets, of which each is left out once.
    let division =
      Jackknife.division(of: count, groups: groups, stream: stream.split(0))
      + Jackknife.division(of: count, groups: groups, stream: stream.split(1)).map { $0 + groups }
    let tables = assignments.map { run in
      var table = [[Double]](repeating: [Double](repeating: 0, count: settings.clusters), count: 2 * groups)
      for (place, cluster) in run.enumerated() { table[division[place]][cluster] += 1 }
      return table
    }
    func averaged(without part: Int?) -> (curve: PrecisionRecallCurve, overlap: Double) {
      var overlap = 0.0
      let curves = tables.map { table in
        func histogram(_ parts: Range<Int>) -> [Double] {
          var sums = [Double](repeating: 0, count: settings.clusters)
          for other in parts where other != part { for (index, n) in table[other].enumerated() { sums[index] += n } }
          let total = sums.reduce(0, +)
          return sums.map { $0 / total }
        }
        let (reference, evaluated) = (histogram(0..<groups), histogram(groups..<2 * groups))
        overlap += zip(reference, evaluated).reduce(0) { $0 + min($1.0, $1.1) }
        return PrecisionRecallCurve(evaluated: evaluated, reference: reference, angles: settings.angles)
      }
      return (PrecisionRecallCurve.mean(curves), overlap / Double(tables.count))
    }
    let whole = averaged(without: nil)
    let replicates = (groups > 1 ? Array(0..<2 * groups) : []).map { part -> (recall: Double, precision: Double) in
      let curve = averaged(without: part).curve
      return (curve.largestScore(beta: 8), curve.largestScore(beta: 1.0 / 8))
    }
    func interval(_ estimate: Double, _ values: [Double]) -> Interval? {
      guard !values.isEmpty else { return nil }
      return Jackknife.interval(estimate, [Array(values[..<groups]), Array(values[groups...])])?.clamped(from: 0, to: 1)
    }
    curve = whole.curve
    recallScore = whole.curve.largestScore(beta: 8)
    precisionScore = whole.curve.largestScore(beta: 1.0 / 8)
    recallInterval = interval(recallScore, replicates.map(\.recall))
    precisionInterval = interval(precisionScore, replicates.map(\.precision))
    totalVariation = max(0, 1 - whole.overlap)
    self.count = count
    curve.clusters = [[Int]](repeating: [0, 0], count: settings.clusters)
    for (place, cluster) in (assignments.first ?? []).enumerated() {
      curve.clusters[cluster][place < count ? 0 : 1] += 1
    }
  }
}

/// The rows of one source and then those of another.
struct JoinedFeatures: FeatureSource {
  private let first: any FeatureSource
  private let second: any FeatureSource

  var rows: Int { first.rows + second.rows }
  var columns: Int { first.columns }

  init(_ first: any FeatureSource, _ second: any FeatureSource) {
    self.first = first
    self.second = second
  }

  func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Double>) throws {
    let (own, other) = parts(of: rows)
    if !own.isEmpty { try first.copy(own, into: target) }
    if !other.isEmpty { try second.copy(other, into: target + own.count * columns) }
  }

  func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) throws {
    let (own, other) = parts(of: rows)
    if !own.isEmpty { try first.copy(own, into: target) }
    if !other.isEmpty { try second.copy(other, into: target + own.count * columns) }
  }

  /// The rows of each source among `rows`.
  private func parts(of rows: Range<Int>) -> (first: Range<Int>, second: Range<Int>) {
    let other = rows.clamped(to: first.rows..<self.rows)
    return (rows.clamped(to: 0..<first.rows), other.lowerBound - first.rows..<other.upperBound - first.rows)
  }
}
