package import Metrics
package import Reports

extension ResultEntry {
  /// Puts names to the numbers of a score card.
  /// - Parameters:
  ///   - baseline: the name of the result that `scores` were compared with, nil without one.
  ///   - classNames: one name per class, in the order of the labels.
  package init(
    name: String, kind: ResultKind, scores: ScoreCard, classNames: [String], baseline: String? = nil,
    variant: ResultVariant = ResultVariant(), difference: DifferenceEntry? = nil, training: TrainingEntry? = nil
  ) {
    precondition(classNames.count == scores.classes.count, "every class of a score card needs a name")
    self.init(
      name: name, kind: kind, baseline: baseline, variant: variant,
      top1: scores.top1.flatMap(AccuracyEntry.init), top5: scores.top5.flatMap(AccuracyEntry.init),
      brier: scores.brier, expectedCalibrationError: scores.expectedCalibrationError,
      relativeDrop: baseline == nil
        ? nil : RelativeDropEntry(top1: scores.relativeDropTop1, top5: scores.relativeDropTop5),
      difference: difference,
      perClass: zip(classNames, scores.classes).map { ClassEntry(name: $0, score: $1, classNames: classNames) },
      training: training)
  }
}

extension AccuracyEntry {
  package init?(_ score: AccuracyScore) {
    self.init(
      value: score.value, interval: Bounds(score.interval), perSeed: score.perSeed,
      seedInterval: score.seedInterval.flatMap(Bounds.init))
  }
}

extension DifferenceEntry {
  /// The Top-1 difference of a comparison.
  package init(_ comparison: PairedComparison) {
    self.init(
      value: comparison.top1.value, interval: comparison.top1.interval.flatMap(Bounds.init),
      seedInterval: comparison.seedInterval.flatMap(Bounds.init), pValue: comparison.pValue)
  }
}

extension DifferenceEntry {
  /// The differences with their p-values over seeds, and all p-values adjusted over them; nil stays nil.
  ///
  /// - Parameter independent: the degrees of freedom of all trainings, where every set is compared with every other.
  static func tested(
    _ differences: [DifferenceEntry?], seeds: [SeedAccuracies?], independent: Int = .max
  ) -> [DifferenceEntry?] {
    var values = SeedAccuracies.pValues(seeds.compactMap { $0 }, independent: independent)[...]
    return adjusted(
      zip(differences, seeds).map { difference, seeds in
        let value = seeds == nil ? nil : values.removeFirst()
        guard var difference else { return nil }
        difference.seedPValue = value
        return difference
      })
  }

  /// The differences with their p-values adjusted by Holm's method over all of them, each kind of test by itself.
  static func adjusted(_ differences: [DifferenceEntry?]) -> [DifferenceEntry?] {
    func adjust(_ value: (DifferenceEntry) -> Double?) -> [Double?] {
      let values = differences.map { $0.flatMap(value) }
      var rest = holmAdjusted(values.compactMap { $0 })[...]
      return values.map { $0 == nil ? nil : rest.removeFirst() }
    }
    return zip(differences, zip(adjust(\.pValue), adjust(\.seedPValue))).map { difference, p in
      guard var difference else { return nil }
      (difference.adjustedP, difference.adjustedSeedP) = p
      return difference
    }
  }
}

extension Bounds {
  package init?(_ interval: Metrics.Interval) { self.init(low: interval.low, high: interval.high) }
}

extension ClassEntry {
  package init(name: String, score: ClassScore, classNames: [String]) {
    self.init(
      name: name, support: score.support, top1: score.top1, top5: score.top5,
      interval: score.interval.flatMap(Bounds.init), baselineTop1: score.baselineTop1, difference: score.difference,
      adjustedP: score.adjustedP, adjustedSeedP: score.adjustedSeedP,
      confusedWith: score.confusedWith.map { Confusion(name: classNames[$0.predicted], count: $0.count) })
  }
}

extension ConfusionTable {
  /// The confusions of one result's classifiers, summed over seeds.
  package init(result: String, classNames: [String], seeds: [Predictions]) {
    let matrix = ConfusionMatrix(classes: classNames.count, summing: seeds)
    self.init(
      result: result, classes: classNames,
      cells: matrix.rows.enumerated().flatMap { label, row in
        row.sorted { $0.key < $1.key }.map { Cell(label: label, predicted: $0.key, count: $0.value) }
      })
  }
}
