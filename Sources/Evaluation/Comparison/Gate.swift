import Foundation
package import Reports

/// The thresholds of `cas check`, and how a run's results stand to them.
package struct Gate: Codable, Sendable {
  /// Fractions from 0 to 1; nil where it was not asked for.
  package var minTop1: Double?
  package var minTop5: Double?
  /// The largest relative drop of Top-1 from the baseline.
  package var maxDrop: Double?
  /// The least Top-1 of any class that has test images.
  package var minClassTop1: Double?
  /// The least distance of Top-1 to the baseline's, in fractions: negative allows a loss.
  package var minDifference: Double?

  package init() {}

  package var isEmpty: Bool {
    [minTop1, minTop5, maxDrop, minClassTop1, minDifference].allSatisfy { $0 == nil }
  }
}

extension Gate {
  /// Holds the results of a run against the thresholds.
  ///
  /// - Parameter names: the results that must pass, by their keys; empty for all but baselines and GAN-tests.
  /// - Throws: `UsageError` where a result or a number that a threshold is about does not exist, because a gate
  ///   that checks nothing must not pass.
  package func check(_ report: Report, path: String, names: [String], version: String) throws -> CheckDocument {
    guard !isEmpty else {
      throw UsageError.noThreshold
    }
    let results = report.results
    for name in names where !results.contains(where: { $0.key == name }) {
      throw UsageError.unknownResult(name, at: path, known: results.map(\.key))
    }
    let chosen = names.isEmpty ? report.mainResults : results.filter { names.contains($0.key) }
    guard !chosen.isEmpty else { throw UsageError.noResults(path) }
    return CheckDocument(
      CheckFindings(
        run: path, checks: try chosen.flatMap { try checks($0, path: path) },
        warnings: report.missingNotices(of: chosen.map(\.key))),
      Provenance(
        command: "check", version: version,
        config: try JSONValue(encoding: Request(run: path, results: names, thresholds: self)), machine: report.machine,
        data: report.data))
  }

  private struct Request: Encodable {
    let run: String
    let results: [String]
    let thresholds: Gate
  }

  private func checks(_ result: ResultEntry, path: String) throws -> [CheckFindings.Check] {
    func check(
      _ what: String, _ threshold: Double?, _ value: Double?, lack: Lack, note: String? = nil
    ) throws -> [CheckFindings.Check] {
      guard let threshold else { return [] }
      guard let value else { throw UsageError.unchecked(result.key, run: path, lack) }
      // Means and quotients of whole numbers of images are off by their rounding.
      let slack = 1e-9
      let atLeast = what != "drop"
      let holds = atLeast ? value >= threshold - slack : value <= threshold + slack
      return [
        CheckFindings.Check(
          result: result.key, what: what, threshold: threshold, value: value, isAtLeast: atLeast, holds: holds,
          note: note)
      ]
    }
    let worst = result.perClass.filter { $0.top1 != nil }.min { ($0.top1 ?? 1) < ($1.top1 ?? 1) }
    return try check("top1", minTop1, result.top1?.value, lack: .untested)
      + check("top5", minTop5, result.top5?.value, lack: .noTop5)
      + check("drop", maxDrop, result.relativeDrop?.top1, lack: .noBaseline)
      + check("difference", minDifference, result.difference?.value, lack: .noBaseline)
      + check("class top1", minClassTop1, worst?.top1, lack: .noTestedClass, note: worst?.name)
  }

  /// What a result lacks that a threshold is about.
  package enum Lack: Equatable, Sendable { case untested, noTop5, noBaseline, noTestedClass }
}
