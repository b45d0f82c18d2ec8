internal import Metrics

extension MetricFamily {
  static let prd = MetricFamily(
    name: "prd", summary: "precision and recall of clusters: F₈ (recall), F₁⸝₈ (precision), total variation"
  ) { set in
    let (own, real) = try set.sides()
    var settings = ClusteredPrecisionRecall.Settings()
    (settings.clusters, settings.runs) = (set.request.prdClusters, set.request.prdRuns)
    settings.method = ClusteredPrecisionRecall.Settings.Method(rawValue: set.request.clusters) ?? .minibatch
    let prd = try ClusteredPrecisionRecall(
      real: real, synthetic: own, settings: settings, stream: set.stream("prd"), pool: set.pool)
    let n: [Int?] = [prd.count, prd.count]
    return Found(
      entries: [
        MetricEntry(
          "prd-recall", value: prd.recallScore, interval: prd.recallInterval, n: n, better: "higher",
          details: ["beta": 8]),
        MetricEntry(
          "prd-precision", value: prd.precisionScore, interval: prd.precisionInterval, n: n, better: "higher",
          details: ["beta": 0.125]),
        MetricEntry("prd-variation", value: prd.totalVariation, n: n, better: "lower"),
      ], prd: prd.curve)
  }
}
