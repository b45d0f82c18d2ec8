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
  /// Reads report.json and predictions.npz, and holds one against the other.
  ///
  /// - Throws: `DataNotFound` where there is no finished run; `ReportError`, `DataError`, `FileError`.
  package init(_ folder: RunFolder) throws {
    let report = try Self.report(of: folder)
    let path = folder.file("predictions.npz")
    guard FileManager.default.fileExists(atPath: path) else {
      throw UsageError.noPredictions(folder.path, command: report.command)
    }
    func differs(_ detail: String) -> ReportError {
      .otherPredictions(path: path, report: folder.report, run: folder.path, detail: detail)
    }
    let arrays = try NPZ.read(path)
    guard let labels = arrays["labels"]?.int32 else { throw DataError.damaged(path, "it lacks the array labels") }
    let tested = report.results.filter { $0.kind != .ganTest }
    let classNames = tested.first?.perClass.map(\.name) ?? []
    guard !classNames.isEmpty, labels.allSatisfy({ $0 >= 0 && $0 < classNames.count }) else {
      throw differs("its labels are not the classes of the report")
    }
    var support = [Int](repeating: 0, count: classNames.count)
    for label in labels { support[Int(label)] += 1 }
    let classifiers = try tested.map { result in
      guard result.perClass.map(\.name) == classNames else {
        throw differs("the results of the report have different classes")
      }
      guard result.testImages == labels.count else {
        throw differs(
          "it has \(labels.count.counted("test image", "test images")), the report \(result.testImages.grouped)")
      }
      guard result.perClass.map(\.support) == support else {
        throw differs("it has other numbers of test images of each class")
      }
      let prefix = "\(result.key)/seed"
      let seeds = arrays.keys.filter { $0.hasPrefix(prefix) && $0.hasSuffix("/classes") }
        .compactMap { UInt64($0.dropFirst(prefix.count).dropLast("/classes".count)) }.sorted()
      guard !seeds.isEmpty, result.top1.map({ $0.perSeed.count == seeds.count }) ?? true else {
        throw differs(
          "it has the predictions of \(seeds.count.counted("training", "trainings")) of \(result.key), the report "
            + "those of \(result.top1?.perSeed.count ?? 1)")
      }
      let predictions = try seeds.map { seed in
        guard let predictions = Self.predictions(arrays, "\(prefix)\(seed)", labels, classes: classNames.count) else {
          throw DataError.damaged(
            path, "the predictions of \(result.key), seed \(seed), are not classes with probabilities from 0 to 1")
        }
        return predictions
      }
      for (k, accuracy) in [(1, result.top1), (5, result.top5)] {
        // Not seed by seed, because seeds that pass the largest number begin again at 0.
        guard let stated = accuracy?.perSeed.sorted() else { continue }
        let found = predictions.map { $0.share(top: k) }.sorted()
        guard zip(stated, found).allSatisfy({ abs($0 - $1) <= 1e-6 }) else {
          throw differs("its Top-\(k) accuracies of \(result.key) are not those of the report")
        }
      }
      return Classifiers(label: result.key, result: result, seeds: seeds, predictions: predictions)
    }
    self.init(path: folder.path, report: report, classNames: classNames, classifiers: classifiers)
  }

  /// The predictions of one training; nil where they do not fit the labels, or a class or probability is none.
  private static func predictions(
    _ arrays: [String: NPYArray], _ stem: String, _ labels: [Int32], classes: Int
  ) -> Predictions? {
    guard let top = arrays["\(stem)/classes"]?.int32, let probabilities = arrays["\(stem)/probabilities"]?.float32
    else { return nil }
    var predictions = Predictions(classes: classes)
    // Sums of rounded exponentials pass 1 by a few units in the last place.
    guard top.count == labels.count * predictions.depth, probabilities.count == top.count,
      top.allSatisfy({ $0 >= -1 && $0 < classes }), probabilities.allSatisfy({ $0 >= 0 && $0 <= 1 + 1e-5 })
    else { return nil }
    predictions.labels = labels
    predictions.topClasses = top
    predictions.topProbabilities = probabilities
    return predictions
  }

  /// The report of a finished run.
  ///
  /// - Throws: `DataNotFound`, `ReportError`, `FileError`.
  package static func report(of folder: RunFolder) throws -> Report {
    guard FileManager.default.fileExists(atPath: folder.report) else {
      if PathParts(folder.path).name == "report.json", FileManager.default.fileExists(atPath: folder.path) {
        throw UsageError.fileOfRun(folder.path, folder: PathParts(folder.path).folder)
      }
      var status = stat()
      guard stat(folder.report, &status) == 0 || errno == ENOENT || errno == ENOTDIR else {
        throw FileError(.open, folder.report, code: errno)
      }
      if let plan = try? folder.stored() {
        throw UsageError.unfinishedRun(folder.path, command: plan.request.command.rawValue)
      }
      throw DataNotFound(path: folder.report, what: "no report of a finished run")
    }
    return try Report(json: Data(try InputFile.contents(of: folder.report)), path: folder.report)
  }
}

extension Predictions {
  /// The share of images whose class is among the `k` most probable ones; 0 without images.
  fileprivate func share(top k: Int) -> Double {
    Double((0..<count).count { isCorrect($0, top: k) }) / Double(max(count, 1))
  }
}
