internal import Datasets
package import Metrics

/// One set of images as metrics see it: features, a classifier's output and classes, each if known.
///
/// An extractor makes one from images; `FeatureFile` reads one from a NumPy file. Metrics treat both alike.
package struct FeatureSet: Sendable {
  package let name: String
  /// Where it comes from, for reports and errors.
  package let path: String
  /// A row for each image.
  package var features: (any FeatureSource)?
  package var probabilities: ClassProbabilities?
  /// The class of each image.
  package var labels: [Int]?
  /// By label; without them, classes have their numbers as names.
  package var classNames: [String]?
  /// Mean and covariance of reference features, if a file has them.
  package var statistics: FeatureStatistics?
  /// The images' indices in the whole set, of which they are a part; nil for the whole.
  package private(set) var rows: [Int]?
  /// The hash of the features that a statistics file was made of.
  package var statisticsHash: String?

  package init(name: String, path: String, features: (any FeatureSource)? = nil) {
    self.name = name
    self.path = path
    self.features = features
  }

  /// The number of images; nil for statistics that do not state it.
  package var count: Int? { features?.rows ?? probabilities?.count ?? statistics?.count }

  package func className(_ label: Int) -> String {
    classNames.flatMap { $0.indices.contains(label) ? $0[label] : nil } ?? String(label)
  }
}

extension FeatureSet {
  /// The images at these indices.
  package func selecting(_ rows: [Int]) -> FeatureSet {
    var result = self
    result.features = features.map { SelectedFeatures($0, rows: rows) }
    result.probabilities = probabilities?.selecting(rows)
    result.labels = labels.map { labels in rows.map { labels[$0] } }
    result.rows = self.rows.map { own in rows.map { own[$0] } } ?? rows
    // Statistics of the whole do not describe a part.
    result.statistics = nil
    result.statisticsHash = nil
    return result
  }

  /// The indices of the images of each label, ascending.
  package var rowsByLabel: [Int: [Int]] {
    (labels ?? []).enumerated().reduce(into: [:]) { $0[$1.element, default: []].append($1.offset) }
  }

  /// Whether the images are sorted by class, and there is more than one.
  package var isSortedByClass: Bool {
    guard let labels, let first = labels.first, labels.last != first else { return false }
    var seen: Set<Int> = [first]
    for (earlier, later) in zip(labels, labels.dropFirst()) where earlier != later {
      guard seen.insert(later).inserted else { return false }
    }
    return true
  }
}

/// An error of a metric about a set, with the set's path.
package struct FeatureSetError: Error, Equatable, CustomStringConvertible {
  package let path: String
  package let reason: MetricError

  package var description: String { "\(path): \(reason)." }

  /// Runs `body` and adds the set to its errors.
  static func naming<Result>(_ set: FeatureSet, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as MetricError { throw FeatureSetError(path: set.path, reason: error) }
  }
}
