internal import Datasets
internal import Foundation
internal import Kernels
internal import Metrics
internal import Randomness
package import Reports

/// Compares sets of samples with real images by metrics (`cas metrics`), wherever their features come from.
package struct MetricsStudy {
  /// The sets of a study: made by an extractor from images, or read from files.
  package struct Sets: Sendable {
    package var real: FeatureSet
    /// The images that the generators learned from, where they are not the real ones.
    package var training: FeatureSet?
    package var synthetic: [FeatureSet]

    package init(real: FeatureSet, training: FeatureSet? = nil, synthetic: [FeatureSet]) {
      self.real = real
      self.training = training
      self.synthetic = synthetic
    }

    /// Where the sets come from, by their names.
    package var sources: [String: String] {
      Dictionary(([real] + synthetic).map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// What the document says of where the sets come from.
  package struct Origin {
    /// Sentences that the document keeps.
    package var notes: [String] = []
    /// Which images were described and by what, for the document's configuration; nil for files.
    fileprivate var images: JSONValue?

    package init() {}

    package init(_ images: ImageSets, _ described: ImageSets.Described) throws {
      notes = described.notes
      guard case .object(var members) = try JSONValue(encoding: images) else { return }
      members["weightsHash"] = .string(described.weightsHash)
      self.images = .object(members)
    }
  }

  /// What `cas metrics` computed, and the reference's statistics where features gave them.
  package struct Outcome {
    package let document: MetricsDocument
    fileprivate let reference: ReferenceSet
    fileprivate let hash: String?

    /// Writes the real images' mean and covariance as reference statistics.
    ///
    /// - Throws: `UsageError` where there are no features, `FileError`.
    package func writeStatistics(to path: String) throws {
      guard let hash else {
        throw UsageError.noRealFeatures
      }
      try FeatureFile.write(try reference.statistics(), hash: hash, to: path)
    }
  }

  private let request: MetricsRequest
  private let context: RunContext
  private var pool: ThreadPool { context.machine.processor.pool }
  private var events: RunEvents { context.events }

  package init(_ request: MetricsRequest, _ context: RunContext) {
    self.request = request
    self.context = context
  }
}

extension MetricsStudy {
  /// - Throws: `UsageError` for a metric that the sets do not allow, `FeatureSetError`, and what reading throws.
  package func run(_ sets: Sets, _ origin: Origin = Origin()) throws -> Outcome {
    try request.check()
    let families = try families(of: sets)
    if request.perClass, ([sets.real] + sets.synthetic).contains(where: { $0.labels == nil }) {
      throw UsageError.noLabels
    }
    var warnings = origin.notes
    var sets = sets
    var facts = try Inspections(sets, pool: pool, events: events)
    if request.perClass { try nameClasses(of: &sets, &warnings) }
    try cut(&sets, &warnings)
    if families.contains(.kidSubsets) { warnings += smallSubsets(sets) }
    try facts.look(at: sets, pool: pool)
    warnings += facts.warnings(sets, families: families, seed: request.seed)
    let reference = ReferenceSet(sets.real, training: sets.training, neighbours: request.neighbours, pool: pool)
    warnings += try disagreement(of: sets.real, reference, hash: facts.hash(of: sets.real))

    var results: [MetricsResult] = []
    let stages = sets.synthetic.count * families.count
    try events.stage("Computing metrics", stages, "metrics") {
      for samples in sets.synthetic {
        let metrics = SetMetrics(samples: samples, reference: reference, request: request, pool: pool)
        var result = MetricsResult(name: samples.name)
        for (place, family) in families.enumerated() {
          if events.shouldStop() { throw Interrupted() }
          events.advanced(results.count * families.count + place, .words("\(samples.name): \(family.name)"))
          try metrics.add(family, to: &result)
        }
        if request.perClass { result.perClass = try perClass(samples, sets, families) }
        results.append(result)
      }
      events.advanced(stages, "")
    }
    if request.perClass { warnings += Self.unmatched(sets) + [Self.perClassWarning] }
    let document = MetricsDocument(
      MetricsFindings(warnings: warnings, results: results),
      Provenance(
        command: "metrics", version: context.version, config: try configuration(origin), machine: context.description,
        data: facts.data(sets)))
    return Outcome(document: document, reference: reference, hash: facts.hash(of: sets.real))
  }

  /// The settings as the document keeps them.
  private func configuration(_ origin: Origin) throws -> JSONValue {
    guard case .object(var members) = try JSONValue(encoding: request) else { return .null }
    if let images = origin.images { members["images"] = images }
    return .object(members)
  }

  /// What was asked for, or what the sets allow of the usual metrics.
  private func families(of sets: Sets) throws -> [MetricFamily] {
    let all = sets.synthetic
    /// Which sets lack something, where others have it.
    func lacking(_ sets: [FeatureSet]) -> [String] { sets.count == all.count ? [] : sets.map(\.name) }
    func obstacle(_ family: MetricFamily) -> MetricObstacle? {
      func found(_ reason: MetricObstacle.Reason) -> MetricObstacle {
        MetricObstacle(metric: family.name, reason: reason)
      }
      if family.needsProbabilities {
        let without = all.filter { $0.probabilities == nil }
        return without.isEmpty ? nil : found(.noProbabilities(lacking: lacking(without)))
      }
      let without = all.filter { $0.features == nil }
      guard without.isEmpty else { return found(.noFeatures(lacking: lacking(without))) }
      if sets.real.features != nil || (family.acceptsTraining && sets.training?.features != nil) { return nil }
      if family.acceptsStatistics && sets.real.statistics != nil { return nil }
      return found(.noRealFeatures)
    }
    let asked = try request.families()
    let takesAll = request.metrics?.contains(MetricsRequest.all) == true
    guard let asked, !takesAll else {
      let wanted = asked ?? MetricFamily.standard
      let possible = wanted.filter { obstacle($0) == nil }
      let left = wanted.compactMap(obstacle)
      guard !possible.isEmpty else { throw UsageError.nothingToCompute(left) }
      if !left.isEmpty { events.warn("note: left out: \(left.map(\.description).joined(separator: "; ")).") }
      return possible
    }
    for family in asked {
      if let obstacle = obstacle(family) { throw UsageError.metric(obstacle) }
    }
    return asked
  }

  /// Sets of different size are not compared: all are cut to the smallest, by a draw that depends on the seed only.
  private func cut(_ sets: inout Sets, _ warnings: inout [String]) throws {
    let counts = sets.synthetic.compactMap(\.count)
    guard let smallest = counts.min(), counts.contains(where: { $0 != smallest }) else { return }
    for index in sets.synthetic.indices {
      guard let count = sets.synthetic[index].count, count > smallest else { continue }
      var stream = RandomStream(seed: request.seed, purpose: "equal numbers of samples")
      let rows = stream.permutation(of: count).prefix(smallest).sorted()
      sets.synthetic[index] = sets.synthetic[index].selecting(rows)
      warnings.append(
        "\(sets.synthetic[index].name) was cut from \(count.grouped) to \(smallest.grouped) samples, as many as the "
          + "smallest set has: metrics of different numbers are not comparable.")
    }
  }

  /// Classes are matched by name. Labels without names take the sorted names of the other side, as those of images do.
  private func nameClasses(of sets: inout Sets, _ warnings: inout [String]) throws {
    func named(_ set: FeatureSet, like lender: FeatureSet) throws -> FeatureSet {
      guard set.classNames == nil, let own = lender.classNames, let labels = set.labels else { return set }
      let names = own.sorted(by: NameOrder.bytes)
      if let index = labels.firstIndex(where: { !names.indices.contains($0) }) {
        throw DataError.labelOutOfRange(set.path, index: index, label: labels[index], classes: names.count)
      }
      warnings.append(
        "\(set.name) has only numbers for its classes; they take the sorted names of \(lender.name): 0 is \(names[0]), "
          + "\(names.count - 1) is \(names[names.count - 1]) (--class-names FILE gives others).")
      var result = set
      result.classNames = names
      return result
    }
    if let lender = sets.synthetic.first(where: { $0.classNames != nil }) {
      sets.real = try named(sets.real, like: lender)
    }
    sets.synthetic = try sets.synthetic.map { try named($0, like: sets.real) }
  }

  /// A subset cannot be larger than the smaller side, and smaller ones give another number.
  private func smallSubsets(_ sets: Sets) -> [String] {
    let sizes = sets.synthetic.compactMap { set in set.count.map { min($0, sets.real.count ?? $0) } }
    guard let smallest = sizes.min(), smallest < request.kidSubsetSize else { return [] }
    return [
      "kid-subsets: there are \(smallest.grouped) images on the smaller side, fewer than the "
        + "\(request.kidSubsetSize.grouped) of a subset (--kid-subset-size): every subset is all of that side."
    ]
  }

  /// Where a file brings features and statistics, they must be of the same images.
  private func disagreement(of real: FeatureSet, _ reference: ReferenceSet, hash: String?) throws -> [String] {
    guard let given = real.statistics, let features = real.features else { return [] }
    if let stated = real.statisticsHash, let hash {
      return stated == hash
        ? [] : ["\(real.path): mu and sigma are of other images than its features, which count here."]
    }
    let own = try reference.statistics()
    let scale = own.covariance.indices.filter { $0 % (own.columns + 1) == 0 }.map { own.covariance[$0] }.max() ?? 0
    let isSame =
      given.columns == features.columns
      && zip(given.mean, own.mean).allSatisfy { abs($0 - $1) <= 1e-4 * max(scale.squareRoot(), abs($1)) }
    return isSame ? [] : ["\(real.path): mu and sigma are of other images than its features, which count here."]
  }
}

extension MetricsStudy {
  private static let perClassWarning =
    "Per class: FID is biased upwards by about a constant over the number of images, so compare classes of equal numbers "
    + "only; KID is unbiased and noisy."

  /// Sentences about classes that only one side has, which have no row.
  private static func unmatched(_ sets: Sets) -> [String] {
    func names(_ set: FeatureSet) -> Set<String> { Set(set.rowsByLabel.keys.map(set.className)) }
    let real = names(sets.real)
    return sets.synthetic.flatMap { samples -> [String] in
      let own = names(samples)
      func text(_ names: Set<String>, _ side: String) -> [String] {
        guard !names.isEmpty else { return [] }
        let list =
          names.sorted().prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
        return [
          "\(samples.name): only \(side) have the \(names.count == 1 ? "class" : "classes") \(list), \(names.count == 1 ? "which is" : "which are") left out."
        ]
      }
      return text(real.subtracting(own), "the real images") + text(own.subtracting(real), "the samples")
    }
  }

  /// The metrics of each class that both sides have, by name.
  private func perClass(
    _ samples: FeatureSet, _ sets: Sets, _ families: [MetricFamily]
  ) throws -> [MetricsResult.Class] {
    let useful = families.filter(\.isRepeatedPerClass)
    var quick = request
    quick.intervals = false
    let real = Dictionary(
      sets.real.rowsByLabel.map { (sets.real.className($0), $1) }, uniquingKeysWith: { first, _ in first })
    return try samples.rowsByLabel.sorted { $0.key < $1.key }.compactMap { label, rows in
      guard let others = real[samples.className(label)] else { return nil }
      var result = MetricsResult(name: samples.className(label))
      let reference = ReferenceSet(
        sets.real.selecting(others), training: nil, neighbours: request.neighbours, pool: pool)
      let metrics = SetMetrics(samples: samples.selecting(rows), reference: reference, request: quick, pool: pool)
      for family in useful { try metrics.add(family, to: &result) }
      return MetricsResult.Class(name: result.name, metrics: result.metrics)
    }
  }
}
