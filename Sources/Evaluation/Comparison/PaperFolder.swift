internal import Datasets
import Foundation
package import Reports

/// The folder of the LaTeX files for a paper. Files that `cas` did not write are never replaced.
package struct PaperFolder: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// Writes the files of these runs, and removes those of an earlier writing that these runs do not have.
  ///
  /// - Returns: the paths of the files.
  /// - Throws: `UsageError.foreignFile` before anything is written; `DataNotFound`, `ReportError`, `FileError`.
  package func write(_ runs: [String], uncertainty: PaperFiles.Uncertainty?) throws -> [String] {
    let parts = try runs.map { run in
      ResultTable.Part(
        run: runs.count > 1 ? PathParts(run).name : nil, report: try FinishedRun.report(of: RunFolder(path: run)))
    }
    for name in PaperFiles.names {
      let file = "\(path)/\(name)"
      guard FileManager.default.fileExists(atPath: file) else { continue }
      guard try InputFile.contents(of: file).starts(with: Array(PaperFiles.mark.utf8)) else {
        throw UsageError.foreignFile(file)
      }
    }
    try RunFolder(path: path).makeFolder(path)
    let files = PaperFiles(parts, uncertainty: uncertainty).files
    for file in files { try AtomicFile.write(bytes: Array(file.text.utf8), to: "\(path)/\(file.name)") }
    for name in PaperFiles.names where !files.contains(where: { $0.name == name }) {
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
    return files.map { "\(path)/\($0.name)" }
  }
}
