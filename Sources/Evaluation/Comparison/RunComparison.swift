import Foundation
internal import Metrics
package import Reports

/// Compares the classifiers of finished runs pair by pair on the same test images (`cas compare`).
package struct RunComparison {
  /// One side of a comparison: a result of a run, under a name that no other side has.
  struct Side {
    let name: String
    let run: FinishedRun
    let classifiers: FinishedRun.Classifiers
  }

  package struct Request: Codable, Sendable {
    package var runs: [String]
    /// The results that take part; empty for all but the baselines.
    package var results: [String]
    package var baselines: Bool

    package init(runs: [String], results: [String], baselines: Bool) {
      self.runs = runs
      self.results = results
      self.baselines = baselines
    }
  }

  package let document: ComparisonDocument

  /// - Throws: `UsageError` where fewer than two results take part, or the runs have other test images;
  ///   what `FinishedRun` throws.
  package init(_ request: Request, version: String) throws {
    let places = request.runs.map { URL(filePath: $0).standardizedFileURL.path }
    guard Set(places).count == places.count else {
      throw UsageError.repeatedRun(request.runs)
    }
    let runs = try request.runs.map { try FinishedRun(RunFolder(path: $0)) }
    let sides = try Self.sides(runs, request)
    try Self.requireSameImages(runs)
    let entries = Self.pairs(of: sides).compactMap { first, second -> (ComparisonEntry, SeedAccuracies)? in
      let isPaired = first.classifiers.seeds == second.classifiers.seeds
      guard
        let comparison = PairedComparison(
          first.classifiers.predictions, second.classifiers.predictions, isPaired: isPaired, perClass: true)
      else { return nil }
      return (ComparisonEntry(comparison, first, second, classNames: runs[0].classNames), comparison.seeds)
    }
    document = ComparisonDocument(
      version: version, config: try JSONValue(encoding: request),
      machine: runs[0].report.machine, data: Self.data(runs), warnings: Self.warnings(sides),
      results: Self.adjusted(entries, independent: sides.reduce(0) { $0 + $1.classifiers.seeds.count - 1 }))
  }
}

extension RunComparison {
  /// The real images of the first run, which all were tested on, and the synthetic sets of all; a name that several runs
  /// have stands behind its run's.
  private static func data(_ runs: [FinishedRun]) -> DataSection {
    var data = DataSection(real: runs[0].report.data.real, synthetic: [:])
    for run in runs {
      for (name, entry) in run.report.data.synthetic {
        let isShared = runs.count { $0.report.data.synthetic[name] != nil } > 1
        data.synthetic[isShared ? "\(run.path):\(name)" : name] = entry
      }
    }
    return data
  }

  /// The results that take part. A result's name stands alone where it is the only one of that name.
  private static func sides(_ runs: [FinishedRun], _ request: Request) throws -> [Side] {
    let chosen = runs.flatMap { run in
      run.classifiers.filter { entry in
        request.results.isEmpty
          ? request.baselines || entry.result.kind != .baseline : request.results.contains(entry.label)
      }.map { (run: run, classifiers: $0) }
    }
    let known = runs.flatMap { $0.classifiers.map(\.label) }
    for name in request.results where !known.contains(name) {
      throw UsageError.unknownResult(name, at: request.runs.joined(separator: ", "), known: known)
    }
    guard chosen.count > 1 else {
      throw UsageError.fewResults(chosen.count, runs: request.runs)
    }
    var sides: [Side] = []
    for (run, classifiers) in chosen {
      let isShared = chosen.count { $0.classifiers.label == classifiers.label } > 1
      var name = isShared ? "\(URL(filePath: run.path).lastPathComponent):\(classifiers.label)" : classifiers.label
      if sides.contains(where: { $0.name == name }) { name = "\(run.path):\(classifiers.label)" }
      sides.append(Side(name: name, run: run, classifiers: classifiers))
    }
    return sides
  }

  /// Every unordered pair, in the order of the sides.
  private static func pairs(of sides: [Side]) -> [(Side, Side)] {
    sides.indices.flatMap { first in
      sides[(first + 1)...].map { (sides[first], $0) }
    }
  }

  /// The entries with their p-values adjusted by Holm's method: over the pairs, and over all classes of all pairs.
  private static func adjusted(
    _ compared: [(entry: ComparisonEntry, seeds: SeedAccuracies)], independent: Int
  ) -> [ComparisonEntry] {
    let entries = compared.map(\.entry)
    var result = entries
    let differences = DifferenceEntry.tested(
      entries.map(\.top1), seeds: compared.map(\.seeds), independent: independent)
    for (index, difference) in differences.enumerated() {
      if let difference { result[index].top1 = difference }
    }
    let places = entries.indices.flatMap { pair in
      entries[pair].perClass.indices.filter { entries[pair].perClass[$0].top1?.pValue != nil }.map { (pair, $0) }
    }
    let classes = places.map { entries[$0.0].perClass[$0.1].top1 }
    let rates = benjaminiHochbergAdjusted(classes.compactMap { $0?.pValue })
    for ((pair, label), (difference, rate)) in zip(places, zip(DifferenceEntry.adjusted(classes), rates)) {
      result[pair].perClass[label].top1 = difference
      result[pair].perClass[label].falseDiscoveryRate = rate
    }
    return result
  }
}

extension ComparisonEntry {
  fileprivate init(
    _ comparison: PairedComparison, _ first: RunComparison.Side, _ second: RunComparison.Side, classNames: [String]
  ) {
    self.init(
      names: (first.name, second.name), accuracies: (comparison.top1.first, comparison.top1.second),
      top1: DifferenceEntry(comparison),
      top5: comparison.top5.map { DifferenceEntry(value: $0.value, interval: $0.interval.flatMap(Bounds.init)) },
      perSeed: zip(first.classifiers.seeds, comparison.perSeed).map { seed, pair in
        Seed(
          seed: seed, accuracies: (pair.first, pair.second), onlyOneRight: (pair.onlyFirst, pair.onlySecond),
          pValue: pair.pValue)
      },
      perClass: zip(classNames, comparison.classes).map { name, entry in
        Class(
          name: name, support: entry.support, accuracies: (entry.top1?.first, entry.top1?.second),
          top1: entry.top1.map {
            DifferenceEntry(
              value: $0.value, interval: $0.interval.flatMap(Bounds.init), pValue: entry.pValue,
              seedPValue: entry.seedPValue)
          })
      })
  }
}
