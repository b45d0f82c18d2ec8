/// What `cas compare` computed, as JSON: every pair of results on the same test images.
package struct ComparisonDocument: Codable, JSONDocument, Sendable, Equatable {
  package var schemaVersion = Report.currentSchemaVersion
  package var command = "compare"
  package var version: String
  /// The runs and the results that were asked for.
  package var config: JSONValue
  /// Where the first run was computed; a warning says where others differ.
  package var machine: MachineDescription
  /// The real data of the first run, whose test images all have, and the synthetic sets of all runs.
  package var data: DataSection
  /// Differences between the runs that are not the training images'.
  package var warnings: [String]
  package var results: [ComparisonEntry]

  package init(
    version: String, config: JSONValue, machine: MachineDescription, data: DataSection, warnings: [String],
    results: [ComparisonEntry]
  ) {
    self.version = version
    self.config = config
    self.machine = machine
    self.data = data
    self.warnings = warnings
    self.results = results
  }
}

extension ComparisonDocument {
  /// Whether every pair was tested over seeds, too.
  var hasSeedTests: Bool { results.allSatisfy { $0.top1.adjustedSeedP != nil } }
}

/// A pair of results; differences are the first's accuracy minus the second's.
package struct ComparisonEntry: Codable, Sendable, Equatable {
  /// Two classifiers of the same seed on all test images.
  package struct Seed: Codable, Sendable, Equatable {
    package var seed: UInt64
    package var first: Double
    package var second: Double
    /// Test images that only one of them is right about.
    package var onlyFirst: Int
    package var onlySecond: Int
    /// Exact McNemar.
    package var pValue: Double

    package init(seed: UInt64, accuracies: (Double, Double), onlyOneRight: (Int, Int), pValue: Double) {
      self.seed = seed
      (first, second) = accuracies
      (onlyFirst, onlySecond) = onlyOneRight
      self.pValue = pValue
    }
  }

  /// One class; accuracies are null where it has no test images.
  package struct Class: Codable, Sendable, Equatable {
    package var name: String
    package var support: Int
    @ExplicitNull package var first: Double?
    @ExplicitNull package var second: Double?
    /// Its p-values are adjusted over all classes of all pairs.
    @ExplicitNull package var top1: DifferenceEntry?
    /// The p-value adjusted by Benjamini and Hochberg's method over the same tests: among the classes below q, the
    /// expected share of false findings is at most q. With hundreds of classes it finds what Holm's method cannot.
    @ExplicitNull package var falseDiscoveryRate: Double?

    package init(name: String, support: Int, accuracies: (Double?, Double?), top1: DifferenceEntry?) {
      self.name = name
      self.support = support
      (first, second) = accuracies
      self.top1 = top1
    }
  }

  package var first: String
  package var second: String
  package var top1First: Double
  package var top1Second: Double
  /// Its p-values are adjusted over the pairs.
  package var top1: DifferenceEntry
  /// Null with five classes or fewer.
  @ExplicitNull package var top5: DifferenceEntry?
  /// Empty where the seeds differ.
  package var perSeed: [Seed]
  package var perClass: [Class]

  package init(
    names: (String, String), accuracies: (Double, Double), top1: DifferenceEntry, top5: DifferenceEntry?,
    perSeed: [Seed], perClass: [Class]
  ) {
    (first, second) = names
    (top1First, top1Second) = accuracies
    self.top1 = top1
    self.top5 = top5
    self.perSeed = perSeed
    self.perClass = perClass
  }
}
