internal import Datasets
import Foundation
package import Metrics
package import Reports

/// A finished run as its folder holds it: the report, and what each classifier said about each test image.
package struct FinishedRun: Sendable {
  /// The classifiers of one result.
  package struct Classifiers: Sendable {
    /// As in the file names of the models, unique in the run.
    package let label: String
    package let result: ResultEntry
    package let seeds: [UInt64]
    package let predictions: [Predictions]
  }

  package let path: String
  package let report: Report
  package let classNames: [String]
  package let classifiers: [Classifiers]
}

extension FinishedRun {
  /// Reads report.json and predictions.npz.
  ///
  /// - Throws: `DataNotFound` where there is no finished run; `ReportError`, `DataError`, `FileError`.
  package init(_ folder: RunFolder) throws {
    let report = try Self.report(of: folder)
    let path = folder.file("predictions.npz")
    guard FileManager.default.fileExists(atPath: path) else {
      throw DataNotFound(path: path, what: "no file of predictions")
    }
    func damaged(_ reason: String) -> DataError { .damaged(path, reason) }
    let arrays = try NPZ.read(path)
    guard let labels = arrays["labels"]?.int32 else { throw damaged("it lacks the array labels") }
    let tested = report.results.filter { $0.kind != .ganTest }
    let classNames = tested.first?.perClass.map(\.name) ?? []
    guard labels.allSatisfy({ $0 >= 0 && $0 < classNames.count }) else {
      throw damaged("its labels are not the classes of report.json")
    }
    let classifiers = try tested.map { result in
      let prefix = "\(result.key)/seed"
      let seeds = arrays.keys.filter { $0.hasPrefix(prefix) && $0.hasSuffix("/classes") }
        .compactMap { UInt64($0.dropFirst(prefix.count).dropLast("/classes".count)) }.sorted()
      guard !seeds.isEmpty else { throw damaged("it lacks the predictions of \(result.key)") }
      let predictions = try seeds.map { seed in
        guard let classes = arrays["\(prefix)\(seed)/classes"]?.int32,
          let probabilities = arrays["\(prefix)\(seed)/probabilities"]?.float32
        else { throw damaged("it lacks the predictions of \(result.key), seed \(seed)") }
        var predictions = Predictions(classes: classNames.count)
        guard classes.count == labels.count * predictions.depth, probabilities.count == classes.count,
          classes.allSatisfy({ $0 >= -1 && $0 < classNames.count })
        else { throw damaged("the predictions of \(result.key), seed \(seed) do not fit the labels") }
        predictions.labels = labels
        predictions.topClasses = classes
        predictions.topProbabilities = probabilities
        return predictions
      }
      return Classifiers(label: result.key, result: result, seeds: seeds, predictions: predictions)
    }
    self.init(path: folder.path, report: report, classNames: classNames, classifiers: classifiers)
  }

  /// The report of a finished run.
  ///
  /// - Throws: `DataNotFound`, `ReportError`, `FileError`.
  package static func report(of folder: RunFolder) throws -> Report {
    guard FileManager.default.fileExists(atPath: folder.report) else {
      throw DataNotFound(path: folder.report, what: "no report of a finished run")
    }
    return try Report(json: Data(try InputFile.contents(of: folder.report)), path: folder.report)
  }
}
