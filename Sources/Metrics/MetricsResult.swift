/// One number that a metric gives.
package struct MetricEntry: Codable, Sendable, Equatable {
  /// "fid", "kid", "precision" …
  package var name: String
  /// Null where it is not defined for this set; the note then says why, else what else is to be known of it.
  @ExplicitNull package var value: Double?
  /// 95 %.
  @ExplicitNull package var interval: Interval?
  /// The number of samples, and of real images where they matter; null where a statistics file does not say it.
  package var n: [Int?]
  /// Whether lower is better, or higher; null where neither is.
  @ExplicitNull package var better: String?
  /// What belongs to the number: its deviation, its settings, its other units.
  package var details: [String: Double]
  @ExplicitNull package var note: String?

  package init(
    _ name: String, value: Double?, interval: Interval? = nil, n: [Int?], better: String? = nil,
    details: [String: Double] = [:], note: String? = nil
  ) {
    self.name = name
    self.n = n
    self.details = details
    self.value = value
    self.interval = interval
    self.better = better
    self.note = note
  }
}

/// All numbers of one set of samples.
package struct MetricsResult: Codable, Sendable, Equatable {
  package struct Class: Codable, Sendable, Equatable {
    package var name: String
    package var metrics: [MetricEntry]

    package init(name: String, metrics: [MetricEntry]) {
      self.name = name
      self.metrics = metrics
    }
  }

  package var name: String
  package var metrics: [MetricEntry]
  @ExplicitNull package var perClass: [Class]?
  @ExplicitNull package var prd: PrecisionRecallCurve?
  /// Of the other metrics that have one; nil, and no key in JSON, without any.
  package var curves: [MetricCurve]?
  /// The samples nearest to training images.
  package var suspects: [Memorisation.Suspect]

  package init(name: String) {
    self.name = name
    metrics = []
    suspects = []
    perClass = nil
    prd = nil
  }

  package func metric(_ name: String) -> MetricEntry? { metrics.first { $0.name == name } }
}
