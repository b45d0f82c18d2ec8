internal import Metrics
internal import Reports

// The results of a study as the report lists them: every entry, then the GAN-tests.
extension RunReport {
  static func results(
    _ outcomes: [StudyRunner.Outcome], request: RunRequest, classNames: [String]
  ) -> [ResultEntry] {
    let baselines = outcomes.map { outcome in
      outcomes.first { $0.entry.name == outcome.entry.baseline && $0.entry.kind == .baseline }
    }
    let differences = AccuracyDifference.tested(
      zip(outcomes, baselines).map { outcome, baseline in
        baseline.flatMap { PairedComparison(outcome.compared, $0.compared, classNames: nil) }
      })
    let trained = zip(outcomes, zip(baselines, differences)).map { outcome, reference in
      let (entry, (baseline, difference)) = (outcome.entry, reference)
      return ResultEntry(
        name: entry.name, kind: entry.kind.reported,
        scores: ScoreCard(seeds: outcome.predictions, baseline: baseline?.predictions, classNames: classNames),
        baseline: entry.baseline, variant: variant(of: entry, request),
        difference: difference, training: outcome.training)
    }
    let ganTests = outcomes.flatMap(\.ganTests).map { test in
      ResultEntry(
        name: test.name, kind: .ganTest, scores: ScoreCard(seeds: test.predictions, classNames: classNames),
        variant: ResultVariant(axis: axis(of: test.name, request)))
    }
    return trained + ganTests
  }

  private static func variant(of entry: Study.Entry, _ request: RunRequest) -> ResultVariant {
    ResultVariant(
      fractionAdded: entry.fractionAdded,
      mixing: entry.kind == .nas ? (request.mixing ?? .concatenate).rawValue : nil,
      augmentation: entry.augmentation?.rawValue, size: entry.size,
      axis: entry.kind == .baseline ? nil : axis(of: entry.name, request))
  }

  private static func axis(of name: String, _ request: RunRequest) -> AxisEntry? {
    guard let axis = request.axis, let value = axis.values[name] else { return nil }
    return AxisEntry(name: axis.name, value: value, convention: axis.convention)
  }

  /// The curve of each synthetic set, and of the real images at the same sizes; nil for other studies.
  static func curves(_ outcomes: [StudyRunner.Outcome]) -> [LearningCurve]? {
    let sized = outcomes.filter { $0.entry.size != nil }
    guard !sized.isEmpty else { return nil }
    func curve(_ members: [StudyRunner.Outcome]) -> ClassifiersBySize? {
      let points = members.map { (size: $0.entry.samples.count, seeds: $0.predictions) }.sorted { $0.size < $1.size }
      return points.isEmpty || points[0].seeds[0].count == 0 ? nil : ClassifiersBySize(points)
    }
    let images = sized[0].predictions[0].count
    let names = sized.filter { $0.entry.kind == .cas }.map(\.entry.name).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let members = names.map { name in sized.filter { $0.entry.kind == .cas && $0.entry.name == name } }
    // Synthetic sets with other numbers of each class have real parts of their own, and so a real curve of their own;
    // sets of fewer sizes share that of a set with more.
    let parts = members.map { Set($0.compactMap(\.entry.baseline)) }
    let references = parts.enumerated().compactMap { place, own -> (parts: Set<String>, curve: ClassifiersBySize)? in
      let isKnown = parts.enumerated().contains { other, set in
        set.isStrictSuperset(of: own) || (set == own && other < place)
      }
      guard !own.isEmpty, !isKnown else { return nil }
      return curve(sized.filter { $0.entry.kind == .baseline && own.contains($0.entry.name) }).map { (own, $0) }
    }
    let synthetic = zip(names, zip(members, parts)).compactMap { name, set -> LearningCurve? in
      let (members, own) = set
      let reference = own.isEmpty ? nil : references.first { $0.parts.isSuperset(of: own) }?.curve
      return curve(members).map { LearningCurve(name: name, $0, reference: reference, images: images) }
    }
    return synthetic
      + references.enumerated().map { place, reference in
        LearningCurve(
          name: place == 0 ? "baseline" : "baseline+\(place + 1)", reference.curve, reference: nil, images: images)
      }
  }
}

extension StudyRunner.Outcome {
  fileprivate var compared: ComparedClassifiers {
    ComparedClassifiers(name: entry.name, seeds: entry.trainings.map(\.seed), predictions: predictions)
  }
}

extension Study.Kind {
  fileprivate var reported: ResultKind {
    switch self {
    case .cas: .cas
    case .baseline: .baseline
    case .nas: .nas
    }
  }
}
