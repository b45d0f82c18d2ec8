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

    var compared: ComparedClassifiers {
      ComparedClassifiers(name: name, seeds: classifiers.seeds, predictions: classifiers.predictions)
    }
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
    let entries = Self.pairs(of: sides).compactMap { first, second in
      PairedComparison(first.compared, second.compared, classNames: runs[0].classNames)
    }
    document = ComparisonDocument(
      ComparisonFindings(
        warnings: Self.warnings(sides),
        results: PairedComparison.tested(entries, independent: sides.reduce(0) { $0 + $1.classifiers.seeds.count - 1 })),
      Provenance(
        command: "compare", version: version, config: try JSONValue(encoding: request), machine: runs[0].report.machine,
        data: Self.data(runs)))
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
}
