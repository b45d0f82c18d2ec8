internal import Datasets
internal import Kernels
internal import Metrics
internal import Reports

/// What was found out about every set before anything was computed, and what a user should know of it.
struct Inspections {
  private var bySet: [String: FeatureInspection] = [:]
  private let real: FeatureInspection?
  private let training: FeatureInspection?
  private let original: MetricsStudy.Sets
  /// The sets whose features are the real ones.
  private var copies: Set<String> = []

  /// - Throws: `FeatureSetError` for features that are no numbers or of another extractor.
  init(_ sets: MetricsStudy.Sets, pool: ThreadPool, events: RunEvents) throws {
    func inspect(_ set: FeatureSet) throws -> FeatureInspection? {
      guard let features = set.features else { return nil }
      return try FeatureSetError.naming(set) { try FeatureInspection(features, pool: pool) }
    }
    original = sets
    let widths = sets.real.features?.columns ?? sets.real.statistics?.columns
    for set in sets.synthetic + [sets.training].compactMap({ $0 }) {
      guard let columns = set.features?.columns, let widths, columns != widths else { continue }
      throw FeatureSetError(path: set.path, reason: .columnsDiffer(columns, widths))
    }
    real = try inspect(sets.real)
    training = try sets.training.flatMap(inspect)
    for set in sets.synthetic { bySet[set.name] = try inspect(set) }
    copies = Set(sets.synthetic.filter { hash(of: $0).map { $0 == hash(of: sets.real) } ?? false }.map(\.name))
  }

  /// Looks again at those sets of which only a part is left.
  mutating func look(at sets: MetricsStudy.Sets, pool: ThreadPool) throws {
    for set in sets.synthetic where set.rows != nil {
      bySet[set.name] = try set.features.map { features in
        try FeatureSetError.naming(set) { try FeatureInspection(features, pool: pool) }
      }
    }
  }

  func hash(of set: FeatureSet) -> String? {
    let inspection = set.name == original.real.name && set.path == original.real.path ? real : bySet[set.name]
    guard let inspection, let columns = set.features?.columns else { return nil }
    return FeatureFile.hash(inspection, columns: columns)
  }

  func data(_ sets: MetricsStudy.Sets) -> ComparedSets {
    func section(_ set: FeatureSet, _ inspection: FeatureInspection?) -> ComparedSet {
      var section = ComparedSet(path: set.path)
      section.images = set.count
      section.features = set.features?.columns ?? set.statistics?.columns
      section.classes = set.probabilities?.classes
      section.repeated = inspection?.repeated
      section.constantFeatures = inspection?.constantColumns
      if let inspection, let columns = section.features {
        section.hash = FeatureFile.hash(inspection, columns: columns)
      }
      if inspection == nil { section.hash = set.statisticsHash }
      return section
    }
    return ComparedSets(
      real: section(sets.real, real), training: sets.training.map { section($0, training) },
      synthetic: Dictionary(
        sets.synthetic.map { ($0.name, section($0, bySet[$0.name])) }, uniquingKeysWith: { first, _ in first }))
  }

  func warnings(_ sets: MetricsStudy.Sets, families: [MetricFamily], seed: UInt64) -> [String] {
    var warnings: [String] = []
    let usesNeighbours = families.contains { [.precisionRecall, .densityCoverage, .memorisation].contains($0) }
    let all = [(sets.real, real)] + sets.synthetic.map { ($0, bySet[$0.name]) }
    var small: [String] = []
    for (set, inspection) in all {
      guard let features = set.features, let inspection else { continue }
      let (rows, columns) = (features.rows, features.columns)
      if rows < 10 * columns { small.append("\(set.name) (\(rows.grouped))") }
      if inspection.constantColumns == columns, rows > 1 {
        warnings.append("\(set.name): all \(rows.grouped) rows of features are the same.")
      } else if usesNeighbours, inspection.repeated > 0 {
        warnings.append(
          "\(set.name): \(inspection.repeated.grouped) of \(rows.grouped) rows repeat an earlier one; balls around them "
            + "shrink, and --tie decides whether a point at the very radius counts.")
      }
    }
    if families.contains(.fid), !small.isEmpty,
      let columns = sets.real.features?.columns ?? all[0].0.statistics?.columns
    {
      warnings.append(
        "Fewer images than ten times the \(columns.grouped) features: \(small.joined(separator: ", ")). FID is then biased "
          + "upwards; compare equal numbers only, or use kid.")
    }
    for set in sets.synthetic {
      if set.isSortedByClass, families.contains(.inceptionScore) {
        warnings.append(
          "\(set.name) is sorted by class; the Inception Score shuffles it (seed \(seed)) before it is split.")
      }
      if copies.contains(set.name) {
        warnings.append("\(set.name) has the very features of the real images.")
      }
    }
    if families.contains(.memorisation), sets.training == nil {
      warnings.append(
        "Memorisation was looked for among the real images of the comparison; give the generators' own training images "
          + "if these are others.")
    }
    return warnings
  }
}
