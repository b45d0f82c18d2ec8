internal import Metrics

// Both families come from the same balls, which are measured once, and each gives all four numbers.
extension MetricFamily {
  static let precisionRecall = MetricFamily(
    name: "precision-recall", summary: "samples in the real manifold, and real images in the samples'",
    aliases: ["precision", "recall"], isRepeatedPerClass: true
  ) { try $0.manifold() }

  static let densityCoverage = MetricFamily(
    name: "density-coverage", summary: "the same by counts: real balls around a sample, real balls with a sample",
    aliases: ["density", "coverage"], isRepeatedPerClass: true
  ) { try $0.manifold() }
}

extension SetMetrics {
  fileprivate func manifold() throws -> MetricFamily.Found {
    let (own, real) = try sides()
    let manifold = try shared("manifold") {
      let radii = try FeatureSetError.naming(reference.set) { try reference.radii(real) }
      let tie = Manifold.Tie(rawValue: request.tie) ?? .inclusive
      return try Manifold(real: real, radii: radii, synthetic: own, k: request.neighbours, tie: tie, pool: pool)
    }
    // The intervals take the real images as given.
    let details = ["k": Double(request.neighbours), "givenRealImages": 1]
    func share(_ name: String, _ value: Double, of count: Int) -> MetricEntry {
      MetricEntry(
        name, value: value, interval: Interval.wilson(proportion: value, trials: count), n: counts,
        better: "higher", details: details)
    }
    return MetricFamily.Found(entries: [
      share("precision", manifold.precision, of: own.rows), share("recall", manifold.recall, of: real.rows),
      MetricEntry(
        "density", value: manifold.density, interval: manifold.densityInterval, n: counts, better: "higher",
        details: details),
      share("coverage", manifold.coverage, of: real.rows),
    ])
  }
}
