package import Metrics

/// What `cas metrics` computed.
package typealias MetricsDocument = AttributedDocument<MetricsFindings, MachineDescription, ComparedSets>

package struct MetricsFindings: Codable, Sendable, Equatable {
  package var warnings: [String]
  package var results: [MetricsResult]

  package init(warnings: [String], results: [MetricsResult]) {
    self.warnings = warnings
    self.results = results
  }
}

/// A set of images as metrics see it.
package struct ComparedSet: Codable, Sendable, Equatable {
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

package struct ComparedSets: Codable, Sendable, Equatable {
  package var real: ComparedSet
  /// The images that the generator learned from, where they are not the real ones.
  @ExplicitNull package var training: ComparedSet?
  package var synthetic: [String: ComparedSet]

  package init(real: ComparedSet, training: ComparedSet?, synthetic: [String: ComparedSet]) {
    self.real = real
    self.synthetic = synthetic
    self.training = training
  }
}
