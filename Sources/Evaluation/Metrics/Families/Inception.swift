internal import Foundation
internal import Metrics

extension MetricFamily {
  static let information = MetricFamily(
    name: "s", summary: "S(G) = H(y) − H(y|x), the Inception Score without splits and exponential",
    needsProbabilities: true
  ) { set in
    let score = try InformationScore(try set.classifier(), pool: set.pool)
    let n: [Int?] = [score.count]
    func entropy(_ name: String, _ nats: Double) -> MetricEntry {
      MetricEntry(name, value: nats, n: n, details: ["bits": InformationScore.bits(nats)])
    }
    return Found(entries: [
      MetricEntry(
        "s", value: score.value, interval: score.interval, n: n, better: "higher",
        details: ["bits": InformationScore.bits(score.value), "bias": score.bias]),
      entropy("h-y", score.marginalEntropy), entropy("h-y-x", score.conditionalEntropy),
    ])
  }

  static let inceptionScore = MetricFamily(
    name: "is", summary: "Inception Score over splits of the shuffled samples", needsProbabilities: true
  ) { set in
    let score = try InceptionScore(
      try set.classifier(), splits: set.request.splits, shuffle: set.stream("inception score"), pool: set.pool)
    return Found(entries: [
      MetricEntry(
        "is", value: score.value, interval: score.interval, n: [set.samples.count], better: "higher",
        details: [
          "deviation": score.deviation, "splits": Double(set.request.splits),
          "shuffleSeed": Double(set.request.seed),
        ])
    ])
  }

  static let inceptionScoreInfinity = MetricFamily(
    name: "is-infinity", summary: "its limit for ever more samples (IS∞)", needsProbabilities: true,
    isStandard: false
  ) { set in
    let classifier = try set.classifier()
    let limit = try InceptionScore.extrapolated(classifier, stream: set.stream("is-infinity"), pool: set.pool)
    // Of exp(S) by the delta method.
    let whole = try InformationScore(classifier, pool: set.pool)
    let interval =
      whole.interval == nil
      ? nil
      : Interval.normal(
        limit.fit.intercept, standardError: exp(whole.value) * (whole.variance * limit.inflation).squareRoot())
    var notes = [String]()
    if limit.fit.intercept > Double(classifier.classes) {
      notes.append("above \(classifier.classes), the number of classes, which no score is: by that much the fit is off")
    }
    return Found(entries: [
      MetricEntry("is-infinity", limit, interval, better: "higher", n: [set.samples.count], notes: notes)
    ])
  }
}
