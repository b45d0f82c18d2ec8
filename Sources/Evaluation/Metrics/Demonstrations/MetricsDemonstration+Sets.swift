internal import Foundation
internal import Kernels
internal import Metrics
internal import Randomness
internal import Reports

extension MetricsDemonstration {
  /// FID, KID and, with a classifier's output, the scores of growing parts of the samples. Unbiased metrics would be
  /// constant.
  func sampleSize(_ sets: MetricsStudy.Sets?) throws -> DemonstrationDocument {
    let (name, real, samples) = try sides(sets)
    let answers = sets?.synthetic.first?.probabilities
    var columns = [DemonstrationDocument.Column]()
    if real != nil { columns += [.init("fid", decimals: 4, isDrawn: true), .init("kid", decimals: 6)] }
    if answers != nil { columns += [.init("is", decimals: 4, isDrawn: real == nil), .init("s", decimals: 4)] }
    guard !columns.isEmpty else {
      throw UsageError.nothingToCompare
    }
    var document = DemonstrationDocument(
      Name.sampleSize.rawValue, title: "Metrics of \(name) against the number of samples", rowTitle: "Samples",
      columns: columns)
    guard let count = samples?.rows ?? answers?.count else { return document }
    let sizes = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000].filter { $0 < count } + [count]
    var draw = stream("sample-size")
    let order = draw.permutation(of: count)
    // Both sides may be sorted by class.
    var realDraw = stream("sample-size of real images")
    let realOrder = realDraw.permutation(of: real?.rows ?? 0)
    var distances: [(Int, Double)] = []
    for size in sizes {
      if events.shouldStop() { throw Interrupted() }
      let rows = order[..<size].sorted()
      var values: [Double?] = []
      if let real, let samples {
        let part = SelectedFeatures(samples, rows: rows)
        // Both sides of the same size, as in a comparison of two halves of one set.
        let other = size < real.rows ? SelectedFeatures(real, rows: realOrder[..<size].sorted()) : real
        let found = try naming(sets?.synthetic.first) {
          let distance = try FrechetDistance.value(other, part, pool: pool)
          return (distance, size <= 10_000 ? try KernelDistance(other, part, pool: pool).value : nil)
        }
        distances.append((size, found.0))
        values += [found.0, found.1]
      }
      if let answers {
        let score = try naming(sets?.synthetic.first) { try InformationScore(answers.selecting(rows), pool: pool) }
        values += [exp(score.value), score.value]
      }
      document.rows.append(.init(String(size), values))
    }
    if let fit = LinearFit(distances.map { 1 / Double($0.0) }, distances.map(\.1)), distances.count > 2 {
      document.notes.append(
        String(
          format:
            "FID falls with the number of samples as %.4g + %.4g / N (R² %.3f): compare equal numbers only. KID does "
            + "not.", fit.intercept, fit.slope, fit.determination ?? 0))
    }
    if answers != nil { document.notes.append("The Inception Score grows with the number of samples.") }
    return document
  }

  /// The user's features, or two sets from one normal distribution of 64 features.
  private func sides(
    _ sets: MetricsStudy.Sets?
  ) throws -> (name: String, real: (any FeatureSource)?, samples: (any FeatureSource)?) {
    if let sets {
      guard let samples = sets.synthetic.first else { return ("nothing", nil, nil) }
      return (samples.name, samples.features == nil ? nil : sets.real.features, samples.features)
    }
    func normal(_ stream: RandomStream) -> FeatureMatrix {
      var stream = stream
      return FeatureMatrix(rows: 5000, columns: 64, values: (0..<5000 * 64).map { _ in stream.nextNormal() })
    }
    return ("two sets of one distribution", normal(stream("first half")), normal(stream("second half")))
  }

  /// PRD's self-test (Sajjadi et al. 2018, section 4.1): the first half of the classes of the real images against the
  /// first 1, 2, … classes of the other set. Recall grows until the half is complete; precision falls after that.
  func modes(_ sets: MetricsStudy.Sets?) throws -> DemonstrationDocument {
    guard let sets, let other = sets.synthetic.first, let real = sets.real.features, let samples = other.features,
      sets.real.labels != nil, other.labels != nil
    else {
      throw UsageError.noLabelledSets
    }
    let (realRows, otherRows) = (sets.real.rowsByLabel, other.rowsByLabel)
    let labels = realRows.keys.sorted().filter { otherRows[$0] != nil }
    guard labels.count > 1 else { throw UsageError.noCommonClasses }
    let half = (labels.count + 1) / 2
    var document = DemonstrationDocument(
      Name.modes.rawValue,
      title: "The first \(half) classes of \(sets.real.name) against the first classes of \(other.name)",
      rowTitle: "Classes",
      columns: [
        .init("F8 (recall)", decimals: 4, isDrawn: true), .init("F1/8 (precision)", decimals: 4, isDrawn: true),
        .init("variation", decimals: 4, isDrawn: true), .init("fid", decimals: 3),
      ])
    let reference = SelectedFeatures(real, rows: labels[..<half].flatMap { realRows[$0] ?? [] }.sorted())
    let root = try FeatureSetError.naming(sets.real) { try GaussianRoot(reference, pool: pool) }
    try events.stage("Comparing classes", labels.count, "classes") {
      for count in 1...labels.count {
        if events.shouldStop() { throw Interrupted() }
        let rows = labels[..<count].flatMap { otherRows[$0] ?? [] }.sorted()
        let part = SelectedFeatures(samples, rows: rows)
        let found = try FeatureSetError.naming(other) {
          let prd = try ClusteredPrecisionRecall(real: reference, synthetic: part, stream: stream("modes"), pool: pool)
          return (prd, try FrechetDistance.value(root, GaussianRoot(part, pool: pool)))
        }
        document.rows.append(
          .init(String(count), [found.0.recallScore, found.0.precisionScore, found.0.totalVariation, found.1]))
        events.advanced(count, "")
      }
    }
    document.notes = [
      "Recall grows until the \(half) classes of the reference are there; precision falls with the classes that are not "
        + "among them. FID cannot tell which of the two is missing."
    ]
    return document
  }
}
