package import Metrics

/// What `cas compare` computed: every pair of results on the same test images.
///
/// The machine is the first run's, where a warning says where others differ. The data are the real sets of the first run,
/// whose test images all have, and the synthetic sets of all runs.
package typealias ComparisonDocument = AttributedDocument<ComparisonFindings, MachineDescription, DataSection>

package struct ComparisonFindings: Encodable, Sendable {
  /// Differences between the runs that are not the training images'.
  package var warnings: [String]
  package var results: [PairedComparison]

  package init(warnings: [String], results: [PairedComparison]) {
    self.warnings = warnings
    self.results = results
  }
}

extension ComparisonFindings {
  /// Whether every pair was tested over seeds, too.
  var hasSeedTests: Bool { results.allSatisfy { $0.top1.adjustedSeedP != nil } }
}
