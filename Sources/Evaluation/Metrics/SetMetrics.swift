internal import Foundation
internal import Kernels
internal import Metrics
internal import Randomness

/// Computes the numbers of one set of samples against the reference, family by family.
struct SetMetrics {
  let samples: FeatureSet
  let reference: ReferenceSet
  let request: MetricsRequest
  let pool: ThreadPool
  private let shared = Shared()

  /// What the Fréchet distance and its limit both need of the samples.
  private final class Shared {
    var gaussian: (statistics: FeatureStatistics?, root: GaussianRoot)?
    var parts: [[Double]]?
  }

  private var tie: Manifold.Tie { Manifold.Tie(rawValue: request.tie) ?? .inclusive }

  /// Adds a family's numbers to the result. Where a family is not defined for these sets its numbers are null and the
  /// note says why.
  ///
  /// - Throws: `FeatureSetError` for features that are no numbers, and what reading throws.
  func add(_ family: MetricFamily, to result: inout MetricsResult) throws {
    do {
      switch family {
      case .fid: result.metrics.append(try frechet())
      case .fidInfinity: result.metrics.append(try frechetLimit())
      case .kid: result.metrics.append(try kernel())
      case .kidSubsets: result.metrics.append(try kernelSubsets())
      case .precisionRecall, .densityCoverage: try addManifold(family, to: &result)
      case .prd: try addCurve(to: &result)
      case .memorisation: try addMemorisation(to: &result)
      case .information: result.metrics += try information()
      case .inceptionScore: result.metrics.append(try inceptionScore())
      case .inceptionScoreInfinity: result.metrics.append(try inceptionScoreLimit())
      }
    } catch let error as MetricError {
      guard error.isOfSize else { throw FeatureSetError(path: samples.path, reason: error) }
      result.metrics.append(MetricEntry(family.rawValue, value: nil, n: counts, note: error.description))
    } catch let error as FeatureSetError where error.reason.isOfSize {
      let note = "\(error.path): \(error.reason)"
      result.metrics.append(MetricEntry(family.rawValue, value: nil, n: counts, note: note))
    }
  }

  private var counts: [Int?] { [samples.count, reference.set.count] }

  private func sides() throws -> (samples: any FeatureSource, real: any FeatureSource) {
    guard let own = samples.features, let real = reference.set.features else {
      throw MetricError.tooFew(metric: "this metric", rows: 0, needed: 1)
    }
    return (own, real)
  }

  private func ownFeatures() throws -> any FeatureSource {
    guard let own = samples.features else { throw MetricError.tooFew(metric: "this metric", rows: 0, needed: 1) }
    return own
  }

  private func classifier() throws -> ClassProbabilities {
    guard let own = samples.probabilities else { throw MetricError.tooFew(metric: "this metric", rows: 0, needed: 1) }
    return own
  }

  private func stream(_ purpose: StaticString) -> RandomStream { RandomStream(seed: request.seed, purpose: purpose) }
}

extension SetMetrics {
  private func frechet() throws -> MetricEntry {
    let own = try ownFeatures()
    guard own.rows > 1 else { throw MetricError.tooFew(metric: "FID", rows: own.rows, needed: 2) }
    let real = try reference.root()
    let value = try FrechetDistance.value(try gaussian(own).root, real)
    let interval = Jackknife.interval(value, try frechetParts(own))?.clamped(from: 0)
    let isWide = min(own.rows, real.count ?? own.rows) < max(own.columns, 200)
    return MetricEntry(
      "fid", value: value, interval: interval, n: [own.rows, real.count], better: "lower",
      details: ["features": Double(own.columns)],
      note: interval != nil && isWide ? "of so few images the interval is wider than it must be, up to 1.8 times" : nil)
  }

  private func hasFrechetInterval(_ own: any FeatureSource) -> Bool {
    request.intervals && own.columns <= FeatureStatistics.largestColumns
  }

  private func gaussian(
    _ own: any FeatureSource
  ) throws -> (statistics: FeatureStatistics?, root: GaussianRoot) {
    if let known = shared.gaussian { return known }
    let isWide = own.rows <= own.columns
    let statistics = isWide && !hasFrechetInterval(own) ? nil : try FeatureStatistics(own, pool: pool)
    let root: GaussianRoot
    if let statistics, !isWide {
      root = try reference.root(beside: statistics)
    } else {
      root = try GaussianRoot(own, pool: pool)
    }
    shared.gaussian = (statistics, root)
    return (statistics, root)
  }

  /// The distance without each of twenty parts of the samples, and of the real images where these are known; empty where
  /// no interval was asked for.
  private func frechetParts(_ own: any FeatureSource) throws -> [[Double]] {
    if let known = shared.parts { return known }
    let (statistics, root) = try gaussian(own)
    guard hasFrechetInterval(own), let statistics else { return [] }
    let real = try reference.root()
    var parts = [
      try FrechetDistance.withoutParts(
        of: own, statistics: statistics, to: real, stream: stream("fid parts of samples"), pool: pool)
    ]
    if let features = reference.set.features {
      parts.append(
        try FrechetDistance.withoutParts(
          of: features, statistics: try reference.statistics(), to: root, stream: stream("fid parts of real images"),
          pool: pool))
    }
    shared.parts = parts
    return parts
  }

  private func frechetLimit() throws -> MetricEntry {
    let own = try ownFeatures()
    let real = try reference.root()
    let limit = try FrechetDistance.extrapolated(own, to: real, stream: stream("fid-infinity"), pool: pool)
    // The limit varies with the real images as the distance does, and with the samples more than it.
    let scale = limit.inflation.squareRoot()
    var parts = try frechetParts(own)
    if let first = parts.first { parts[0] = first.map { $0 * scale } }
    return entry(
      "fid-infinity", limit, Jackknife.interval(limit.fit.intercept, parts), better: "lower", n: [own.rows, real.count])
  }

  private func entry(
    _ name: String, _ limit: Extrapolation, _ interval: Interval?, better: String, n: [Int?], notes: [String] = []
  ) -> MetricEntry {
    var notes = notes
    // Chong and Forsyth fit from 5,000 images on; a line through less of the curve leaves that more open.
    if let first = limit.sizes.first, first < Extrapolation.leastSize {
      notes.append(
        "fitted from \(first.grouped) images on, where \(Extrapolation.leastSize.grouped) are usual: rough below "
          + "\((2 * Extrapolation.leastSize).grouped) images")
    }
    var details = ["slope": limit.fit.slope, "smallestSize": Double(limit.sizes.first ?? 0)]
    details["determination"] = limit.fit.determination
    details["standardError"] = limit.fit.interceptError
    return MetricEntry(
      name, value: limit.fit.intercept, interval: interval, n: n, better: better, details: details,
      note: notes.isEmpty ? nil : notes.joined(separator: "; "))
  }

  private func kernel() throws -> MetricEntry {
    let (own, real) = try sides()
    let distance = try KernelDistance(own, real, pool: pool)
    var details: [String: Double] = [:]
    details["variance"] = distance.variance
    return MetricEntry(
      "kid", value: distance.value, interval: distance.interval, n: counts, better: "lower", details: details)
  }

  private func kernelSubsets() throws -> MetricEntry {
    let (own, real) = try sides()
    let subsets = try KernelDistanceSubsets(
      own, real, subsets: request.kidSubsets, size: request.kidSubsetSize, stream: stream("kid-subsets"), pool: pool)
    return MetricEntry(
      "kid-subsets", value: subsets.mean, n: counts, better: "lower",
      details: [
        "deviation": subsets.deviation, "subsets": Double(subsets.subsets), "subsetSize": Double(subsets.size),
      ])
  }

  /// Both families come from the same balls, which are measured once.
  private func addManifold(_ family: MetricFamily, to result: inout MetricsResult) throws {
    if result.metric(family == .precisionRecall ? "precision" : "density") != nil { return }
    let (own, real) = try sides()
    let radii = try FeatureSetError.naming(reference.set) { try reference.radii(real) }
    let manifold = try Manifold(
      real: real, radii: radii, synthetic: own, k: request.neighbours, tie: tie, pool: pool)
    // The intervals take the real images as given.
    let details = ["k": Double(request.neighbours), "givenRealImages": 1]
    func share(_ name: String, _ value: Double, of count: Int) -> MetricEntry {
      MetricEntry(
        name, value: value, interval: Interval.wilson(proportion: value, trials: count), n: counts,
        better: "higher", details: details)
    }
    result.metrics += [
      share("precision", manifold.precision, of: own.rows), share("recall", manifold.recall, of: real.rows),
      MetricEntry(
        "density", value: manifold.density, interval: manifold.densityInterval, n: counts, better: "higher",
        details: details),
      share("coverage", manifold.coverage, of: real.rows),
    ]
  }

  private func addCurve(to result: inout MetricsResult) throws {
    let (own, real) = try sides()
    var settings = ClusteredPrecisionRecall.Settings()
    (settings.clusters, settings.runs) = (request.prdClusters, request.prdRuns)
    settings.method = ClusteredPrecisionRecall.Settings.Method(rawValue: request.clusters) ?? .minibatch
    let prd = try ClusteredPrecisionRecall(
      real: real, synthetic: own, settings: settings, stream: stream("prd"), pool: pool)
    let n: [Int?] = [prd.count, prd.count]
    result.metrics += [
      MetricEntry(
        "prd-recall", value: prd.recallScore, interval: prd.recallInterval, n: n, better: "higher",
        details: ["beta": 8]),
      MetricEntry(
        "prd-precision", value: prd.precisionScore, interval: prd.precisionInterval, n: n, better: "higher",
        details: ["beta": 0.125]),
      MetricEntry("prd-variation", value: prd.totalVariation, n: n, better: "lower"),
    ]
    result.prd = prd.curve
  }

  private func addMemorisation(to result: inout MetricsResult) throws {
    let own = try ownFeatures()
    guard let training = reference.training.features else {
      throw MetricError.tooFew(metric: "memorisation", rows: 0, needed: 2)
    }
    let within = try FeatureSetError.naming(reference.training) { try reference.within(training) }
    let found = try Memorisation(synthetic: own, training: training, within: within, pool: pool)
    let n: [Int?] = [own.rows, training.rows]
    result.metrics += [
      MetricEntry(
        "authenticity", value: found.authenticity,
        interval: Interval.wilson(proportion: found.authenticity, trials: own.rows), n: n, better: "higher"),
      MetricEntry("copies", value: Double(found.copies), n: n, better: "lower"),
      MetricEntry("nearest-ratio", value: found.medianRatio, n: n),
    ]
    result.suspects = found.suspects(20).map { suspect in
      var suspect = suspect
      if let rows = samples.rows { suspect.sample = rows[suspect.sample] }
      return suspect
    }
  }

  private func information() throws -> [MetricEntry] {
    let score = try InformationScore(try classifier(), pool: pool)
    let n: [Int?] = [score.count]
    func entropy(_ name: String, _ nats: Double) -> MetricEntry {
      MetricEntry(name, value: nats, n: n, details: ["bits": InformationScore.bits(nats)])
    }
    return [
      MetricEntry(
        "s", value: score.value, interval: score.interval, n: n, better: "higher",
        details: ["bits": InformationScore.bits(score.value), "bias": score.bias]),
      entropy("h-y", score.marginalEntropy), entropy("h-y-x", score.conditionalEntropy),
    ]
  }

  private func inceptionScore() throws -> MetricEntry {
    let score = try InceptionScore(
      try classifier(), splits: request.splits, shuffle: stream("inception score"), pool: pool)
    return MetricEntry(
      "is", value: score.value, interval: score.interval, n: [samples.count], better: "higher",
      details: [
        "deviation": score.deviation, "splits": Double(request.splits), "shuffleSeed": Double(request.seed),
      ])
  }

  private func inceptionScoreLimit() throws -> MetricEntry {
    let classifier = try classifier()
    let limit = try InceptionScore.extrapolated(classifier, stream: stream("is-infinity"), pool: pool)
    // Of exp(S) by the delta method.
    let whole = try InformationScore(classifier, pool: pool)
    let interval =
      whole.interval == nil
      ? nil
      : Interval.normal(
        limit.fit.intercept, standardError: exp(whole.value) * (whole.variance * limit.inflation).squareRoot())
    var notes = [String]()
    if limit.fit.intercept > Double(classifier.classes) {
      notes.append("above \(classifier.classes), the number of classes, which no score is: by that much the fit is off")
    }
    return entry("is-infinity", limit, interval, better: "higher", n: [samples.count], notes: notes)
  }
}
