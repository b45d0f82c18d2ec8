internal import Datasets
import Foundation
internal import Images
internal import Kernels
package import Metrics
package import Reports
internal import Training

/// Turns what came of a study into its documents.
package struct RunReport {
  package let report: Report
  private let details: ReportDetails
  private let predictions: [(name: String, array: NPYArray)]

  /// - Parameters:
  ///   - outcomes: one for each entry of the study, in its order.
  ///   - metrics: of each synthetic set, and sentences about them.
  package init(
    _ outcomes: [StudyRunner.Outcome], of run: Run, metrics: (sets: [MetricsResult], notes: [String]) = ([], [])
  ) throws {
    let (study, data, request) = (run.study, run.data, run.request)
    let classNames = study.test.classNames
    var results = Self.results(outcomes, request: request, classNames: classNames)
    for index in results.indices where results[index].kind == .cas {
      let measured = metrics.sets.first { $0.name == results[index].name }
      results[index].metrics = measured?.metrics
      results[index].prd = measured?.prd
      results[index].curves = measured?.curves
    }
    let inferences = ModelInferences(of: request.synthetic, test: data.test)
    for index in results.indices where results[index].kind == .cas {
      results[index].exactInference = inferences.entries[results[index].name]
    }
    var report = Report(
      RunFindings(results: results, curves: Self.curves(outcomes)),
      Provenance(
        command: request.command.rawValue, version: run.context.version, config: try Self.configuration(run.plan),
        machine: run.context.description, data: Self.dataSection(data)))
    // What the sets lack stands in their own entries.
    report.warnings = Study.unique(
      study.notes + metrics.notes + inferences.notes + StudyRunner.mixtureNotes(outcomes, build: run.context.build)
    )
    .filter { !data.missingNotes.contains($0) }
    report.correlations = ColumnTable.correlations(in: report)
    self.report = report
    let limit = HTMLPage.galleryLimit(results: report.mainResults.count)
    details = ReportDetails(
      outcomes.map { ($0.entry.label, $0.predictions) }, classNames: classNames, log: run.folder.logged(),
      galleries: try zip(outcomes, results).flatMap { outcome, result in
        outcome.entry.hasGallery ? try Self.galleries(outcome, result, study.test, classes: limit) : []
      })
    predictions = Self.arrays(outcomes, labels: study.test.labels)
  }

  /// Writes all documents of the run, report.json last: where it stands, the run is whole.
  ///
  /// - Throws: `FileError`.
  package func write(to folder: RunFolder) throws {
    try folder.write(CSV.perClass(of: report).text, to: folder.file("per_class.csv"))
    try folder.write(CSV.confusion(of: report, details.confusions).text, to: folder.file("confusion.csv"))
    try NPZ.write(predictions, to: folder.file("predictions.npz"))
    try Thumbnails(details.galleries).write(to: folder)
    try Self.writePage(report, details, literature: nil, to: folder.file("report.html"))
    try folder.write(Array(try report.json()), to: folder.report)
  }

  /// Writes report.html of a finished run again, from what its folder holds.
  ///
  /// - Throws: `DataNotFound`, `ReportError`, `DataError`, `ImageError` or `FileError`.
  package static func rewritePage(of folder: RunFolder, literature: Literature? = nil) throws {
    let report = try FinishedRun.report(of: folder)
    // A run of `cas evaluate` has no predictions.
    let details =
      FileManager.default.fileExists(atPath: folder.file("predictions.npz"))
      ? try ReportDetails(of: FinishedRun(folder), folder)
      : ReportDetails(galleries: try Thumbnails(of: folder).galleries)
    try writePage(report, details, literature: literature, to: folder.file("report.html"))
  }

  private static func writePage(
    _ report: Report, _ details: ReportDetails, literature: Literature?, to path: String
  ) throws {
    let page = try HTMLPage(report: report, details: details, literature: literature, encode: EncodedPicture.of)
    try AtomicFile.write(bytes: Array(page.text.utf8), to: path)
  }
}

extension RunReport {
  private static func configuration(_ plan: RunPlan) throws -> JSONValue {
    guard case .object(var fields) = try JSONValue(encoding: plan.experiment) else { return .null }
    fields["inputs"] = try JSONValue(encoding: plan.request)
    return .object(fields)
  }

  private static func dataSection(_ data: StudyData) -> DataSection {
    DataSection(
      real: DataSection.Real(data),
      synthetic: Dictionary(
        data.synthetic.map { ($0.name, DataEntry($0.samples, missingClasses: $0.missingClasses)) },
        uniquingKeysWith: { first, _ in first }))
  }

  /// Pictures of the worst classes: training samples beside real test images that the first seed's classifier missed.
  private static func galleries(
    _ outcome: StudyRunner.Outcome, _ result: ResultEntry, _ test: Samples, classes: Int
  ) throws -> [FailureGallery<Image>] {
    guard let predictions = outcome.predictions.first else { return [] }
    let strip = 12
    return try result.worstFirst.prefix(classes).compactMap { entry in
      guard let label = test.classNames.firstIndex(of: entry.name) else { return nil }
      let samples = outcome.entry.samples
      let drawn = samples.labels.indices.lazy.filter { samples.labels[$0] == label }.prefix(strip)
      let tested = test.labels.indices.lazy.filter { test.labels[$0] == label }
      let missed = tested.filter { !predictions.isCorrect($0, top: 1) }.prefix(strip)
      let right = tested.filter { predictions.isCorrect($0, top: 1) }.prefix(strip / 2)
      return FailureGallery(
        result: outcome.entry.name, fractionAdded: outcome.entry.fractionAdded, className: entry.name,
        samples: try drawn.map { try samples.thumbnail($0) },
        missed: try missed.map { index in
          .init(
            image: try test.thumbnail(index),
            predicted: predictions.top1(index).map { test.classNames[$0] } ?? "nothing")
        }, right: try right.map { try test.thumbnail($0) })
    }
  }

  /// predictions.npz: `labels`, and for each training `LABEL/seedS/classes` and `LABEL/seedS/probabilities`.
  private static func arrays(
    _ outcomes: [StudyRunner.Outcome], labels: [Int32]
  ) -> [(name: String, array: NPYArray)] {
    var arrays = [(name: "labels", array: NPYArray(labels, shape: [labels.count]))]
    for outcome in outcomes {
      for (job, predictions) in zip(outcome.entry.trainings, outcome.predictions) {
        let stem = "\(job.name)/seed\(job.seed)"
        let shape = [predictions.count, predictions.depth]
        arrays.append(("\(stem)/classes", NPYArray(predictions.topClasses, shape: shape)))
        arrays.append(("\(stem)/probabilities", NPYArray(predictions.topProbabilities, shape: shape)))
      }
    }
    return arrays
  }
}

extension Study.Entry {
  /// Pictures of what each set does badly, once for each set.
  fileprivate var hasGallery: Bool { kind != .baseline && size == nil && augmentation == nil }
}

extension StudyRunner.Outcome {
  var training: TrainingEntry? {
    guard let job = entry.trainings.first, !records.isEmpty else { return nil }
    let order = job.order
    let seconds = records.reduce(0) { $0 + $1.seconds }
    let images = Double(job.steps * order.batchSize * records.count)
    return TrainingEntry(
      epochs: Double(job.steps) / Double(order.stepsPerEpoch), steps: job.steps, trainingImages: job.samples.count,
      perClassImages: Dictionary(
        zip(job.samples.classNames, job.samples.classCounts), uniquingKeysWith: { first, _ in first }),
      seconds: seconds, imagesPerSecond: seconds > 0 ? images / seconds : nil,
      finalLoss: records.reduce(0) { $0 + $1.loss } / Double(records.count), cached: cached)
  }
}

extension DataEntry {
  init(_ samples: Samples, missingClasses: [String] = []) {
    let summary = samples.summary
    self.init(
      path: summary.path, split: summary.split == .whole ? nil : summary.split.rawValue, images: summary.images,
      classes: summary.classes, hash: summary.hash, codecs: summary.codecs,
      ignored: summary.ignoredHidden + summary.ignoredOther, warnings: summary.warnings,
      size: Size(width: summary.width, height: summary.height, channels: summary.channels),
      missingClasses: missingClasses)
  }
}

extension Samples {
  /// One image as a picture, of at most 112 pixels.
  fileprivate func thumbnail(_ index: Int) throws -> Image {
    let image = try image(index)
    let longest = max(image.width, image.height)
    guard longest > 112 else { return image }
    return image.resized(
      width: max(1, image.width * 112 / longest), height: max(1, image.height * 112 / longest), filter: .box)
  }
}

extension DataSection.Real {
  init(_ data: StudyData) {
    self.init(
      test: DataEntry(data.test), train: data.realTrain.map { DataEntry($0, missingClasses: data.missingInRealTrain) })
  }
}
