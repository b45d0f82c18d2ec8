internal import Metrics

extension MetricFamily {
  static let kid = MetricFamily(
    name: "kid", summary: "squared maximum mean discrepancy over all pairs, unbiased, with its variance",
    isRepeatedPerClass: true
  ) { set in
    let (own, real) = try set.sides()
    let distance = try KernelDistance(own, real, pool: set.pool)
    var details: [String: Double] = [:]
    details["variance"] = distance.variance
    return Found(entries: [
      MetricEntry(
        "kid", value: distance.value, interval: distance.interval, n: set.counts, better: "lower", details: details)
    ])
  }

  static let kidSubsets = MetricFamily(
    name: "kid-subsets", summary: "the same over 100 random subsets of 1,000, as it is usually printed",
    isStandard: false
  ) { set in
    let (own, real) = try set.sides()
    let subsets = try KernelDistanceSubsets(
      own, real, subsets: set.request.kidSubsets, size: set.request.kidSubsetSize, stream: set.stream("kid-subsets"),
      pool: set.pool)
    return Found(entries: [
      MetricEntry(
        "kid-subsets", value: subsets.mean, n: set.counts, better: "lower",
        details: [
          "deviation": subsets.deviation, "subsets": Double(subsets.subsets), "subsetSize": Double(subsets.size),
        ])
    ])
  }
}
