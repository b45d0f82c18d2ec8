extension ScoreCard {
  /// Scores the classifiers of one training set, and compares them with those of its baseline.
  /// - Parameters:
  ///   - seeds: at least one; all about the same test images in the same order.
  ///   - baseline: classifiers trained on real images, about those same test images, or nil. With as many seeds they are
  ///     the same seeds.
  ///   - classNames: one name per class, in the order of the labels.
  package init(seeds: [Predictions], baseline: [Predictions]? = nil, classNames: [String]) {
    precondition(!seeds.isEmpty && baseline?.isEmpty != true, "a score needs at least one classifier")
    precondition(classNames.count == seeds[0].classes, "every class of a score card needs a name")
    precondition(
      (seeds + (baseline ?? [])).allSatisfy { $0.labels == seeds[0].labels && $0.classes == seeds[0].classes },
      "a comparison needs the same test images in the same order")
    func score(_ seeds: [Predictions], top k: Int) -> AccuracyScore? {
      AccuracyScore(perSeed: seeds.compactMap { $0.accuracy(top: k) }, images: seeds[0].count)
    }
    func drop(_ k: Int, from baseline: [Predictions]) -> Double? {
      guard let reference = score(baseline, top: k), let own = score(seeds, top: k), reference.value > 0 else {
        return nil
      }
      return (reference.value - own.value) / reference.value
    }
    self.init(
      top1: score(seeds, top: 1), top5: score(seeds, top: 5), brier: mean(seeds.compactMap(\.brierScore)),
      expectedCalibrationError: mean(seeds.compactMap { $0.expectedCalibrationError() }),
      relativeDrop: baseline.map { RelativeDrop(top1: drop(1, from: $0), top5: drop(5, from: $0)) },
      perClass: Self.classScores(seeds: seeds, baseline: baseline, classNames))
  }

  private static func classScores(
    seeds: [Predictions], baseline: [Predictions]?, _ classNames: [String]
  ) -> [ClassScore] {
    let count = seeds[0].classes
    let top1 = meanClassAccuracies(seeds, top: 1)
    let top5 = count > 5 ? meanClassAccuracies(seeds, top: 5) : [Double?](repeating: nil, count: count)
    let baselineTop1 = baseline.map { meanClassAccuracies($0, top: 1) }
    let adjusted = baseline.map { adjustedPValues(seeds: seeds, baseline: $0) }
    let adjustedSeeds = baseline.flatMap { adjustedSeedPValues(seeds: seeds, baseline: $0) }
    let supports = seeds[0].classCounts(top: 1).map(\.support)
    let confusion = ConfusionMatrix(classNames: classNames, summing: seeds)
    return (0..<count).map { index in
      let reference = baselineTop1?[index]
      return ClassScore(
        name: classNames[index], support: supports[index], top1: top1[index], top5: top5[index],
        interval: top1[index].flatMap { Interval.wilson(proportion: $0, trials: supports[index]) },
        baselineTop1: reference,
        difference: top1[index].flatMap { value in reference.map { value - $0 } },
        adjustedP: adjusted?[index], adjustedSeedP: adjustedSeeds?[index],
        confusedWith: confusion.confusions(of: index, limit: 3))
    }
  }

  /// The accuracy on every class, averaged over seeds; nil for classes without test images.
  private static func meanClassAccuracies(_ seeds: [Predictions], top k: Int) -> [Double?] {
    let counts = seeds.map { $0.classCounts(top: k) }
    return (0..<seeds[0].classes).map { index in mean(counts.compactMap { $0[index].accuracy }) }
  }

  /// One p-value per class, nil for classes without test images, which are not tested and not counted by Holm.
  private static func adjustedPValues(seeds: [Predictions], baseline: [Predictions]) -> [Double?] {
    let votes = majorityVote(seeds)
    let references = majorityVote(baseline)
    var better = [Int](repeating: 0, count: seeds[0].classes)
    var worse = better
    var tested = [Bool](repeating: false, count: better.count)
    for (image, label) in seeds[0].labels.enumerated() {
      let index = Int(label)
      tested[index] = true
      let isRight = votes[image] == label
      guard isRight != (references[image] == label) else { continue }
      if isRight { better[index] += 1 } else { worse[index] += 1 }
    }
    let classes = tested.indices.filter { tested[$0] }
    return placed(holmAdjusted(classes.map { exactMcNemar(better[$0], worse[$0]) }), at: classes, of: better.count)
  }

  /// The same of the tests over seeds; nil where a side has one seed.
  private static func adjustedSeedPValues(seeds: [Predictions], baseline: [Predictions]) -> [Double?]? {
    let tested = seeds[0].classCounts(top: 1).enumerated().filter { $0.element.support > 0 }.map(\.offset)
    let accuracies = SeedAccuracies.ofClasses(seeds, baseline, isPaired: seeds.count == baseline.count)
    let values = SeedAccuracies.pValues(tested.map { accuracies[$0] }).compactMap { $0 }
    guard !values.isEmpty else { return nil }
    return placed(holmAdjusted(values), at: tested, of: accuracies.count)
  }

  /// The values at their places among `count`, nil at all others.
  private static func placed(_ values: [Double], at places: [Int], of count: Int) -> [Double?] {
    var all = [Double?](repeating: nil, count: count)
    for (place, value) in zip(places, values) { all[place] = value }
    return all
  }
}

private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
