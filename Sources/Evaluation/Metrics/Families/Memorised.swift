internal import Metrics

extension MetricFamily {
  static let memorisation = MetricFamily(
    name: "memorisation", summary: "nearest training images: authenticity, copies, ratio of distances",
    aliases: ["memorization", "authenticity"], acceptsTraining: true
  ) { set in
    let own = try set.ownFeatures()
    guard let training = set.reference.training.features else {
      throw MetricError.tooFew(metric: "memorisation", rows: 0, needed: 2)
    }
    let within = try FeatureSetError.naming(set.reference.training) { try set.reference.within(training) }
    let found = try Memorisation(synthetic: own, training: training, within: within, pool: set.pool)
    let n: [Int?] = [own.rows, training.rows]
    return Found(
      entries: [
        MetricEntry(
          "authenticity", value: found.authenticity,
          interval: Interval.wilson(proportion: found.authenticity, trials: own.rows), n: n, better: "higher"),
        MetricEntry("copies", value: Double(found.copies), n: n, better: "lower"),
        MetricEntry("nearest-ratio", value: found.medianRatio, n: n),
      ],
      suspects: found.suspects(20).map { suspect in
        var suspect = suspect
        if let rows = set.samples.rows { suspect.sample = rows[suspect.sample] }
        return suspect
      })
  }
}
