/// How two sets of classifiers, trained on different images, differ on the same test images.
package struct PairedComparison: Sendable, Equatable {
  /// A difference of accuracies, first minus second, in −1...1.
  package struct Difference: Sendable, Equatable {
    package let first: Double
    package let second: Double
    package let value: Double
    /// 95 %, by the bootstrap over images and seeds.
    package let interval: Interval?
  }

  /// Two classifiers with the same seed.
  package struct SeedPair: Sendable, Equatable {
    package let first: Double
    package let second: Double
    /// Images that only the one of them is right about.
    package let onlyFirst: Int
    package let onlySecond: Int
    /// Exact McNemar.
    package let pValue: Double
  }

  /// One class; nil where it has no test images.
  package struct ClassDifference: Sendable, Equatable {
    package let support: Int
    package let top1: Difference?
    /// Exact McNemar on the seeds' majority predictions.
    package let pValue: Double?
    /// Student's test over seeds among those of all classes; nil where a side has one seed.
    package let seedPValue: Double?
  }

  package let top1: Difference
  /// Nil with five classes or fewer.
  package let top5: Difference?
  /// The 95 % Student interval of the Top-1 difference over pairs of seeds; nil for one pair, or without pairs.
  package let seedInterval: Interval?
  /// Exact McNemar on the seeds' majority predictions.
  package let pValue: Double
  /// For the test over seeds, which is one of several comparisons.
  package let seeds: SeedAccuracies
  /// Empty where the sets have different seeds.
  package let perSeed: [SeedPair]
  /// In class order; empty unless asked for.
  package let classes: [ClassDifference]
}

extension PairedComparison {
  /// The number of resamples of every bootstrap.
  package static let resamples = 2000

  /// - Parameters:
  ///   - first, second: classifiers, one a seed, about the same test images in the same order, at least one each.
  ///   - isPaired: whether classifier k of both had the same seed.
  ///   - perClass: whether to compare class by class too.
  /// - Returns: nil without test images.
  package init?(_ first: [Predictions], _ second: [Predictions], isPaired: Bool, perClass: Bool) {
    precondition(!first.isEmpty && !second.isEmpty, "a comparison is between classifiers")
    precondition(
      (first + second).allSatisfy { $0.labels == first[0].labels && $0.classes == first[0].classes },
      "a comparison needs the same test images in the same order")
    let labels = first[0].labels
    let images = Array(labels.indices)
    func correct(_ seeds: [Predictions], top k: Int) -> [[Bool]] {
      seeds.map { seed in images.map { seed.isCorrect($0, top: k) } }
    }
    let top1Correct = (correct(first, top: 1), correct(second, top: 1))
    let bootstrap = PairedBootstrap(
      top1Correct.0, top1Correct.1, isPaired: isPaired, resamples: Self.resamples, seed: 0)
    guard let top1 = Difference(bootstrap, top1Correct, images) else { return nil }
    self.top1 = top1
    if first[0].classes > 5 {
      let top5Correct = (correct(first, top: 5), correct(second, top: 5))
      top5 = Difference(
        PairedBootstrap(top5Correct.0, top5Correct.1, isPaired: isPaired, resamples: Self.resamples, seed: 0),
        top5Correct,
        images)
    } else {
      top5 = nil
    }
    perSeed = isPaired ? zip(top1Correct.0, top1Correct.1).map(SeedPair.init) : []
    seedInterval = Interval.student(perSeed.map { $0.first - $0.second })
    let votes = (majorityVote(first), majorityVote(second))
    func pValue(_ images: [Int]) -> Double {
      let right = images.map { (votes.0[$0] == labels[$0], votes.1[$0] == labels[$0]) }
      return exactMcNemar(right.count { $0.0 && !$0.1 }, right.count { $0.1 && !$0.0 })
    }
    self.pValue = pValue(images)
    seeds = SeedAccuracies(
      first: first.compactMap { $0.accuracy(top: 1) }, second: second.compactMap { $0.accuracy(top: 1) },
      isPaired: isPaired, images: images.count)
    guard perClass else {
      classes = []
      return
    }
    var ofClass = [[Int]](repeating: [], count: first[0].classes)
    for (image, label) in labels.enumerated() { ofClass[Int(label)].append(image) }
    let tested = ofClass.indices.filter { !ofClass[$0].isEmpty }
    let byClass = SeedAccuracies.ofClasses(first, second, isPaired: isPaired)
    let seedPValues = Dictionary(
      zip(tested, SeedAccuracies.pValues(tested.map { byClass[$0] })), uniquingKeysWith: { first, _ in first })
    classes = ofClass.enumerated().map { label, images in
      ClassDifference(
        support: images.count, top1: Difference(bootstrap, top1Correct, images),
        pValue: images.isEmpty ? nil : pValue(images),
        seedPValue: seedPValues[label] ?? nil)
    }
  }
}

extension PairedComparison.Difference {
  fileprivate init?(_ bootstrap: PairedBootstrap, _ correct: ([[Bool]], [[Bool]]), _ images: [Int]) {
    guard let value = bootstrap.difference(images) else { return nil }
    func mean(_ table: [[Bool]]) -> Double {
      Double(table.reduce(0) { sum, row in sum + images.count { row[$0] } }) / Double(table.count * images.count)
    }
    self.init(first: mean(correct.0), second: mean(correct.1), value: value, interval: bootstrap.interval(images))
  }
}

extension PairedComparison.SeedPair {
  fileprivate init(_ first: [Bool], _ second: [Bool]) {
    let count = Double(first.count)
    self.first = Double(first.count { $0 }) / count
    self.second = Double(second.count { $0 }) / count
    onlyFirst = zip(first, second).count { $0 && !$1 }
    onlySecond = zip(first, second).count { $1 && !$0 }
    pValue = exactMcNemar(onlyFirst, onlySecond)
  }
}
