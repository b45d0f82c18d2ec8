internal import Datasets
internal import Foundation
internal import Kernels
internal import Metrics
internal import Randomness
package import Reports

/// Which metric orders models as their likelihood does (`cas study`)? Models of known likelihood, their samples, and every
/// metric by several extractors.
///
/// Betzalel et al. 2022 (arXiv:2206.10935). What is computed is kept in the folder of the study, by model and by metric.
package struct LikelihoodStudy {
  let request: LikelihoodStudyRequest
  let context: RunContext
  let folder: RunFolder
  var events: RunEvents { context.events }

  /// - Parameter context: one that describes images, in fp32.
  package init(_ request: LikelihoodStudyRequest, folder: RunFolder, _ context: RunContext) {
    self.request = request
    self.folder = folder
    self.context = context
  }

  /// A set of samples with what the table says of its model.
  struct Model {
    let point: LikelihoodTable.Point
    let samples: Samples
  }
}

extension LikelihoodStudy {
  static let mark = "study-request.json"

  /// Reads everything, computes what is not there yet, and writes `study.json`, `study.html` and `study.csv`.
  ///
  /// - Throws: `Interrupted` with all finished metrics saved; `UsageError`, `DataError`, `FeatureSetError` and what reading
  ///   images and weights throws.
  package func run() throws -> StudyDocument {
    try request.check()
    let lock = try open()
    defer { withExtendedLifetime(lock) {} }
    var selection = ImageSelection(real: request.real, realTrain: request.realTrain)
    selection.synthetic = request.synthetic
    selection.allowsMissingClasses = request.allowMissingClasses
    let data = try StudyData(selection, context.reader)
    let dimensions = request.dimensions ?? data.test.shape.count
    let table = try events.stage("Reading \(request.likelihoods)", 1, "table") {
      try LikelihoodTable(csv: request.likelihoods, unit: request.unit, dimensions: dimensions)
    }
    var warnings = data.notes
    let models = try matched(table, data, &warnings)
    var findings = StudyFindings(
      points: models.map { Self.point($0.point, dimensions: dimensions) }, dimensions: dimensions)
    warnings += Self.doubts(table)
    let measured = try measure(models, data, &warnings)
    for index in findings.points.indices { findings.points[index].metrics = measured[index] }
    findings.warnings = warnings
    findings.judge()
    let document = StudyDocument(
      findings,
      Provenance(
        command: "study", version: context.version, config: try JSONValue(encoding: request),
        machine: context.description, data: sets(models, data)))
    try folder.write(Array(try document.json()), to: "\(folder.path)/study.json")
    try folder.write(Array(document.csv.text.utf8), to: "\(folder.path)/study.csv")
    try folder.write(Array(document.page.utf8), to: "\(folder.path)/study.html")
    return document
  }

  /// Makes the folder, or takes up one of an earlier sitting.
  private func open() throws -> RunFolderLock {
    let manager = FileManager.default
    let mark = "\(folder.path)/\(Self.mark)"
    if !manager.fileExists(atPath: mark),
      let content = try? manager.contentsOfDirectory(atPath: folder.path), !content.isEmpty
    {
      throw UsageError.foreignFolder(folder.path)
    }
    let lock = try folder.made()
    try folder.makeFolder("\(folder.path)/metrics")
    let encoder = JSONEncoder.document
    try folder.write(Array(try encoder.encode(request)), to: mark)
    return lock
  }

  /// The models that have samples and likelihoods, in the order of the table; all sets of samples are cut to the smallest.
  private func matched(
    _ table: LikelihoodTable, _ data: StudyData, _ warnings: inout [String]
  ) throws -> [Model] {
    let named = Dictionary(uniqueKeysWithValues: data.synthetic.map { ($0.name, $0.samples) })
    let rows = Set(table.points.map(\.name))
    if let lone = data.synthetic.first(where: { !rows.contains($0.name) }) {
      throw UsageError.modelWithoutLikelihoods(lone.name, table: request.likelihoods)
    }
    let left = table.points.map(\.name).filter { named[$0] == nil }
    if !left.isEmpty {
      warnings.append(
        "\(left.joined(separator: ", ")): the table has likelihoods, and there are no samples; left out.")
    }
    let smallest = data.synthetic.map(\.samples.count).min() ?? 0
    return table.points.compactMap { point in
      guard var samples = named[point.name] else { return nil }
      if samples.count > smallest {
        warnings.append(
          "\(point.name) was cut from \(samples.count.grouped) to \(smallest.grouped) samples, as many as the smallest set "
            + "has: metrics of different numbers are not comparable.")
        var stream = RandomStream(seed: request.seed, purpose: "equal numbers of samples")
        samples = samples.selecting(stream.permutation(of: samples.count).prefix(smallest).sorted())
      }
      return Model(point: point, samples: samples)
    }
  }

  private static func point(_ point: LikelihoodTable.Point, dimensions: Int) -> StudyFindings.Point {
    var result = StudyFindings.Point(name: point.name, group: point.group)
    (result.epoch, result.seconds) = (point.epoch, point.seconds)
    result.kl = point.forward.map { StudyFindings.Divergence($0, dimensions: dimensions) }
    result.rkl = point.reverse.map { StudyFindings.Divergence($0, dimensions: dimensions) }
    result.bitsPerDimension = point.negativeLogLikelihood.map {
      LikelihoodDivergence.bitsPerDimension($0, dimensions: dimensions)
    }
    return result
  }

  /// Sentences about likelihoods that cannot be what they are said to be.
  private static func doubts(_ table: LikelihoodTable) -> [String] {
    table.points.flatMap { point in
      [("KL", point.forward), ("RKL", point.reverse)].compactMap { name, found in
        guard let found, let interval = found.interval, interval.high < 0 else { return nil }
        return
          "\(point.name): \(name) is −\(String(format: "%.4g", -found.value)) nats, and no divergence is below 0. Either a "
          + "sign is wrong, or log_data and log_model are exchanged, or one of both is no likelihood on the same images."
      }
    }
  }

  private func sets(_ models: [Model], _ data: StudyData) -> StudySets {
    func section(_ samples: Samples) -> ComparedSet {
      var section = ComparedSet(path: samples.summary.path)
      (section.images, section.hash) = (samples.count, samples.summary.hash)
      return section
    }
    return StudySets(
      real: section(data.test),
      synthetic: Dictionary(
        models.map { ($0.point.name, section($0.samples)) }, uniquingKeysWith: { first, _ in first }))
  }
}
