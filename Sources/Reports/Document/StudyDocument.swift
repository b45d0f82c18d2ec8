package import Metrics

/// What `cas study` found out.
package typealias StudyDocument = AttributedDocument<StudyFindings, MachineDescription, StudySets>

/// The images behind a study.
package struct StudySets: Codable, Sendable, Equatable {
  package var real: ComparedSet
  package var synthetic: [String: ComparedSet]

  package init(real: ComparedSet, synthetic: [String: ComparedSet]) {
    self.real = real
    self.synthetic = synthetic
  }
}

/// Models of known likelihood, and the metrics of their samples.
package struct StudyFindings: Codable, Sendable, Equatable {
  /// What a model at one point of its training is by its likelihood and by the metrics.
  package struct Point: Codable, Sendable, Equatable {
    package var name: String
    package var group: String
    @ExplicitNull package var epoch: Double?
    @ExplicitNull package var seconds: Double?
    /// Of the model from the data, on images of the data set.
    @ExplicitNull package var kl: Divergence?
    /// Of the data from the model, on samples of the model.
    @ExplicitNull package var rkl: Divergence?
    /// −log p_model of the data set's images, bits per dimension.
    @ExplicitNull package var bitsPerDimension: Double?
    /// Those of an extractor have its name and a colon before theirs.
    package var metrics: [MetricEntry]

    package init(name: String, group: String, metrics: [MetricEntry] = []) {
      self.name = name
      self.group = group
      self.metrics = metrics
      epoch = nil
      seconds = nil
      kl = nil
      rkl = nil
      bitsPerDimension = nil
    }

    /// The divergence of this name, or the metric.
    package func value(_ name: String) -> Double? {
      switch name {
      case "kl": kl?.nats
      case "rkl": rkl?.nats
      default: metrics.first { $0.name == name }?.value
      }
    }
  }

  package struct Divergence: Codable, Sendable, Equatable {
    /// An image; null where it is infinite.
    @ExplicitNull package var nats: Double?
    @ExplicitNull package var interval: Interval?
    @ExplicitNull package var bitsPerDimension: Double?
    package var images: Int

    package init(_ estimate: LikelihoodDivergence, dimensions: Int) {
      images = estimate.count
      nats = estimate.value.isFinite ? estimate.value : nil
      interval = estimate.interval
      bitsPerDimension =
        estimate.value.isFinite
        ? LikelihoodDivergence.bitsPerDimension(estimate.value, dimensions: dimensions) : nil
    }
  }

  /// How far a metric's order is from that of KL.
  package struct Volatility: Codable, Sendable, Equatable {
    package var metric: String
    package var ranks: RankVolatility

    package init(metric: String, ranks: RankVolatility) {
      self.metric = metric
      self.ranks = ranks
    }
  }

  /// Two points of nearly equal KL that a metric orders the other way round.
  package struct Flip: Codable, Sendable, Equatable {
    package var metric: String
    /// By KL.
    package var better: String
    package var worse: String
    /// Places between them by the metric, as a share of all.
    package var shift: Double

    package init(metric: String, better: String, worse: String, shift: Double) {
      self.metric = metric
      self.better = better
      self.worse = worse
      self.shift = shift
    }
  }

  package var warnings: [String]
  /// Numbers of an image, to which bits per dimension refer.
  package var dimensions: Int
  package var points: [Point]
  /// Of all pairs of KL, RKL and metrics, each turned so that lower is better.
  package var agreement: [CorrelationEntry]
  /// KLs that differ by no more count as nearly equal; nats an image.
  @ExplicitNull package var margin: Double?
  package var volatility: [Volatility]
  package var flips: [Flip]
  /// Sentences.
  package var verdict: [String]

  package init(points: [Point], dimensions: Int) {
    self.points = points
    self.dimensions = dimensions
    warnings = []
    agreement = []
    volatility = []
    flips = []
    verdict = []
    margin = nil
  }
}

extension StudyFindings {
  /// The names of all metrics that have a direction, in the order of their first appearance.
  package var metricNames: [String] {
    points.flatMap { $0.metrics.filter { $0.better != nil }.map(\.name) }
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The numbers of a column, those that are higher for better models turned: the sign of the Inception Score, of recall and
  /// of the like is then that of KL.
  package func turned(_ name: String) -> [Double?] {
    let isHigher = points.lazy.flatMap(\.metrics).first { $0.name == name }?.better == "higher"
    return points.map { $0.value(name).map { isHigher ? -$0 : $0 } }
  }

  /// The points as a table, a line each.
  package var csv: CSV {
    let names = points.flatMap { $0.metrics.map(\.name) }.reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    var csv = CSV(
      header: [
        "model", "group", "epoch", "seconds", "kl", "kl_low", "kl_high", "kl_bits_per_dimension", "rkl", "rkl_low",
        "rkl_high", "rkl_bits_per_dimension", "bits_per_dimension",
      ] + names)
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    for point in points {
      func divergence(_ found: Divergence?) -> [String] {
        [found?.nats, found?.interval?.low, found?.interval?.high, found?.bitsPerDimension].map(number)
      }
      csv.append(
        [point.name, point.group, number(point.epoch), number(point.seconds)] + divergence(point.kl)
          + divergence(point.rkl) + [number(point.bitsPerDimension)] + names.map { number(point.value($0)) })
    }
    return csv
  }
}
