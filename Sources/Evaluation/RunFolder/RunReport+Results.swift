internal import Metrics
internal import Reports

// The results of a study as the report lists them: every entry, then the GAN-tests.
extension RunReport {
  static func results(
    _ outcomes: [StudyRunner.Outcome], request: RunRequest, classNames: [String]
  ) -> [ResultEntry] {
    let baselines = outcomes.map { outcome in
      outcomes.first { $0.entry.name == outcome.entry.baseline && $0.entry.kind == .baseline }?.predictions
    }
    let comparisons = zip(outcomes, baselines).map { outcome, baseline in
      baseline.flatMap { PairedComparison(outcome.predictions, $0, isPaired: true, perClass: false) }
    }
    let differences = DifferenceEntry.tested(
      comparisons.map { $0.map(DifferenceEntry.init) }, seeds: comparisons.map { $0?.seeds })
    let trained = zip(outcomes, zip(baselines, differences)).map { outcome, reference in
      let (entry, (baseline, difference)) = (outcome.entry, reference)
      return ResultEntry(
        name: entry.name, kind: entry.kind.reported,
        scores: ScoreCard(seeds: outcome.predictions, baseline: baseline), classNames: classNames,
        baseline: entry.baseline, variant: variant(of: entry, request),
        difference: difference, training: outcome.training)
    }
    let ganTests = outcomes.flatMap(\.ganTests).map { test in
      ResultEntry(
        name: test.name, kind: .ganTest, scores: ScoreCard(seeds: test.predictions), classNames: classNames,
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
  static func curves(_ outcomes: [StudyRunner.Outcome]) -> [CurveEntry]? {
    let sized = outcomes.filter { $0.entry.size != nil }
    guard !sized.isEmpty else { return nil }
    func curve(_ members: [StudyRunner.Outcome]) -> LearningCurve? {
      let points = members.map { (size: $0.entry.samples.count, seeds: $0.predictions) }.sorted { $0.size < $1.size }
      return points.isEmpty || points[0].seeds[0].count == 0 ? nil : LearningCurve(points)
    }
    let images = sized[0].predictions[0].count
    let names = sized.filter { $0.entry.kind == .cas }.map(\.entry.name).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let members = names.map { name in sized.filter { $0.entry.kind == .cas && $0.entry.name == name } }
    // Synthetic sets with other numbers of each class have real parts of their own, and so a real curve of their own;
    // sets of fewer sizes share that of a set with more.
    let parts = members.map { Set($0.compactMap(\.entry.baseline)) }
    let references = parts.enumerated().compactMap { place, own -> (parts: Set<String>, curve: LearningCurve)? in
      let isKnown = parts.enumerated().contains { other, set in
        set.isStrictSuperset(of: own) || (set == own && other < place)
      }
      guard !own.isEmpty, !isKnown else { return nil }
      return curve(sized.filter { $0.entry.kind == .baseline && own.contains($0.entry.name) }).map { (own, $0) }
    }
    let synthetic = zip(names, zip(members, parts)).compactMap { name, set -> CurveEntry? in
      let (members, own) = set
      let reference = own.isEmpty ? nil : references.first { $0.parts.isSuperset(of: own) }?.curve
      return curve(members).map { CurveEntry(name: name, curve: $0, reference: reference, images: images) }
    }
    return synthetic
      + references.enumerated().map { place, reference in
        CurveEntry(
          name: place == 0 ? "baseline" : "baseline+\(place + 1)", curve: reference.curve, reference: nil,
          images: images)
      }
  }
}

extension CurveEntry {
  fileprivate init(name: String, curve: LearningCurve, reference: LearningCurve?, images: Int) {
    let worth = reference.map { curve.worth(in: $0) }
    self.init(
      name: name,
      points: curve.sizes.indices.map { index in
        Point(
          size: curve.sizes[index], top1: curve.accuracies[index],
          interval: Interval.wilson(proportion: curve.accuracies[index], trials: images).flatMap(Bounds.init),
          seedInterval: Interval.student(curve.perSeed[index]).flatMap(Bounds.init),
          worth: worth.map {
            Worth(value: $0[index].value, low: $0[index].interval.low, high: $0[index].interval.high)
          })
      },
      fit: curve.fit().map {
        Fit(
          limit: $0.law.limit, interval: Bounds($0.limit), scale: $0.law.scale, exponent: $0.law.exponent,
          misfit: $0.misfit)
      })
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
