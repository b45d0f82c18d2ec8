/// One number that a metric gives.
package struct MetricEntry: Codable, Sendable, Equatable {
  /// "fid", "kid", "precision" …
  package var name: String
  /// Null where it is not defined for this set; the note then says why, else what else is to be known of it.
  @ExplicitNull package var value: Double?
  /// 95 %.
  @ExplicitNull package var interval: Bounds?
  /// The number of samples, and of real images where they matter; null where a statistics file does not say it.
  package var n: [Int?]
  /// Whether lower is better, or higher; null where neither is.
  @ExplicitNull package var better: String?
  /// What belongs to the number: its deviation, its settings, its other units.
  package var details: [String: Double]
  @ExplicitNull package var note: String?

  package init(
    _ name: String, value: Double?, interval: Bounds? = nil, n: [Int?], better: String? = nil,
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

extension MetricEntry {
  /// Which way is better, to stand behind the name; empty where neither is.
  var arrow: String {
    switch better {
    case "lower": "\u{A0}↓"
    case "higher": "\u{A0}↑"
    default: ""
    }
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

  /// The curve of PRD, averaged over clusterings, and how the images of the first clustering fall.
  package struct Curve: Codable, Sendable, Equatable {
    package var precision: [Double]
    package var recall: [Double]
    /// For each cluster, real images and samples.
    package var clusters: [[Int]]

    package init(precision: [Double], recall: [Double], clusters: [[Int]]) {
      self.precision = precision
      self.recall = recall
      self.clusters = clusters
    }
  }

  /// A sample that is near to a training image.
  package struct Suspect: Codable, Sendable, Equatable {
    /// Their rows.
    package var sample: Int
    package var image: Int
    package var distance: Double

    package init(sample: Int, image: Int, distance: Double) {
      self.sample = sample
      self.image = image
      self.distance = distance
    }
  }

  package var name: String
  package var metrics: [MetricEntry]
  @ExplicitNull package var perClass: [Class]?
  @ExplicitNull package var prd: Curve?
  /// The samples nearest to training images.
  package var suspects: [Suspect]

  package init(name: String) {
    self.name = name
    metrics = []
    suspects = []
    perClass = nil
    prd = nil
  }

  package func metric(_ name: String) -> MetricEntry? { metrics.first { $0.name == name } }
}

/// What `cas metrics` computed, as JSON.
package struct MetricsDocument: Codable, JSONDocument, Sendable, Equatable {
  /// A set of images as metrics see it.
  package struct Set: Codable, Sendable, Equatable {
    package var path: String
    @ExplicitNull package var images: Int?
    /// Numbers in a row of features.
    @ExplicitNull package var features: Int?
    /// Of the classifier's answers.
    @ExplicitNull package var classes: Int?
    @ExplicitNull package var hash: String?
    /// Rows that are equal to an earlier one.
    @ExplicitNull package var repeated: Int?
    /// Columns that are the same in all rows.
    @ExplicitNull package var constantFeatures: Int?

    package init(path: String) {
      self.path = path
      images = nil
      features = nil
      classes = nil
      hash = nil
      repeated = nil
      constantFeatures = nil
    }
  }

  package struct Data: Codable, Sendable, Equatable {
    package var real: Set
    /// The images that the generator learned from, where they are not the real ones.
    @ExplicitNull package var training: Set?
    package var synthetic: [String: Set]

    package init(real: Set, training: Set?, synthetic: [String: Set]) {
      self.real = real
      self.synthetic = synthetic
      self.training = training
    }
  }

  package var schemaVersion = Report.currentSchemaVersion
  package var command = "metrics"
  package var version: String
  package var config: JSONValue
  package var machine: MachineDescription
  package var data: Data
  package var warnings: [String]
  package var results: [MetricsResult]

  package init(
    version: String, config: JSONValue, machine: MachineDescription, data: Data, warnings: [String],
    results: [MetricsResult]
  ) {
    self.version = version
    self.config = config
    self.machine = machine
    self.data = data
    self.warnings = warnings
    self.results = results
  }
}
