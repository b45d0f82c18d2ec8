internal import Datasets
import Foundation
internal import Reports

extension RunComparison {
  /// Writes one page about several runs: their results, and each pair of them.
  ///
  /// - Throws: what the comparison throws; `FileError`.
  package static func writePage(of runs: [String], to path: String, version: String) throws {
    let comparison = try RunComparison(Request(runs: runs, results: [], baselines: false), version: version)
    let named = try runs.map { run in
      (name: PathParts(run).name, report: try FinishedRun.report(of: RunFolder(path: run)))
    }
    try AtomicFile.write(bytes: Array(ComparisonPage(comparison.document, runs: named).text.utf8), to: path)
  }
}
