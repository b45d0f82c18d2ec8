internal import Metrics

extension MetricFamily {
  static let fid = MetricFamily(
    name: "fid", summary: "Fréchet distance of Gaussians fitted to features (FID with Inception's)",
    acceptsStatistics: true, isRepeatedPerClass: true
  ) { set in
    let own = try set.ownFeatures()
    guard own.rows > 1 else { throw MetricError.tooFew(metric: "FID", rows: own.rows, needed: 2) }
    let real = try set.reference.root()
    let value = try FrechetDistance.value(try set.gaussian(own).root, real)
    let interval = Jackknife.interval(value, try set.frechetParts(own))?.clamped(from: 0)
    let isWide = min(own.rows, real.count ?? own.rows) < max(own.columns, 200)
    return Found(entries: [
      MetricEntry(
        "fid", value: value, interval: interval, n: [own.rows, real.count], better: "lower",
        details: ["features": Double(own.columns)],
        note: interval != nil && isWide
          ? "of so few images the interval is wider than it must be, up to 1.8 times" : nil)
    ])
  }

  static let fidInfinity = MetricFamily(
    name: "fid-infinity", summary: "its limit for ever more samples (FID∞)", acceptsStatistics: true, isStandard: false
  ) { set in
    let own = try set.ownFeatures()
    let real = try set.reference.root()
    let limit = try FrechetDistance.extrapolated(own, to: real, stream: set.stream("fid-infinity"), pool: set.pool)
    // The limit varies with the real images as the distance does, and with the samples more than it.
    let scale = limit.inflation.squareRoot()
    var parts = try set.frechetParts(own)
    if let first = parts.first { parts[0] = first.map { $0 * scale } }
    return Found(entries: [
      MetricEntry(
        "fid-infinity", limit, Jackknife.interval(limit.fit.intercept, parts), better: "lower",
        n: [own.rows, real.count])
    ])
  }
}

// What the Fréchet distance and its limit both need of the samples.
extension SetMetrics {
  private func hasFrechetInterval(_ own: any FeatureSource) -> Bool {
    request.intervals && own.columns <= FeatureStatistics.largestColumns
  }

  fileprivate func gaussian(
    _ own: any FeatureSource
  ) throws -> (statistics: FeatureStatistics?, root: GaussianRoot) {
    try shared("gaussian") {
      let isWide = own.rows <= own.columns
      let statistics = isWide && !hasFrechetInterval(own) ? nil : try FeatureStatistics(own, pool: pool)
      guard let statistics, !isWide else { return (statistics, try GaussianRoot(own, pool: pool)) }
      return (statistics, try reference.root(beside: statistics))
    }
  }

  /// The distance without each of twenty parts of the samples, and of the real images where these are known; empty where
  /// no interval was asked for.
  fileprivate func frechetParts(_ own: any FeatureSource) throws -> [[Double]] {
    try shared("parts") {
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
      return parts
    }
  }
}
