/// The classifiers of one result, one a seed.
package struct ComparedClassifiers: Sendable {
  package let name: String
  package let seeds: [UInt64]
  package let predictions: [Predictions]

  package init(name: String, seeds: [UInt64], predictions: [Predictions]) {
    precondition(!seeds.isEmpty && seeds.count == predictions.count, "a comparison is between classifiers")
    self.name = name
    self.seeds = seeds
    self.predictions = predictions
  }
}

/// How two sets of classifiers, trained on different images, differ on the same test images; differences are the first's
/// accuracy minus the second's.
package struct PairedComparison: Encodable, Sendable, Equatable {
  /// Two classifiers of the same seed on all test images.
  package struct SeedPair: Encodable, Sendable, Equatable {
    package var seed: UInt64
    package var first: Double
    package var second: Double
    /// Test images that only one of them is right about.
    package var onlyFirst: Int
    package var onlySecond: Int
    /// Exact McNemar.
    package var pValue: Double

    package init(seed: UInt64, accuracies: (Double, Double), onlyOneRight: (Int, Int), pValue: Double) {
      self.seed = seed
      (first, second) = accuracies
      (onlyFirst, onlySecond) = onlyOneRight
      self.pValue = pValue
    }
  }

  /// One class; accuracies are null where it has no test images.
  package struct ClassDifference: Encodable, Sendable, Equatable {
    package var name: String
    package var support: Int
    @ExplicitNull package var first: Double?
    @ExplicitNull package var second: Double?
    /// Its p-values are adjusted over all classes of all pairs.
    @ExplicitNull package var top1: AccuracyDifference?
    /// The p-value adjusted by Benjamini and Hochberg's method over the same tests: among the classes below q, the
    /// expected share of false findings is at most q. With hundreds of classes it finds what Holm's method cannot.
    @ExplicitNull package var falseDiscoveryRate: Double?

    package init(name: String, support: Int, accuracies: (Double?, Double?), top1: AccuracyDifference?) {
      self.name = name
      self.support = support
      (first, second) = accuracies
      self.top1 = top1
    }
  }

  package var first: String
  package var second: String
  package var top1First: Double
  package var top1Second: Double
  /// Its p-values are adjusted over the pairs.
  package var top1: AccuracyDifference
  /// Null with five classes or fewer.
  @ExplicitNull package var top5: AccuracyDifference?
  /// Empty where the sets have different seeds.
  package var perSeed: [SeedPair]
  /// In class order; empty unless asked for.
  package var perClass: [ClassDifference]
  /// For the test over seeds, which is one of several comparisons; not written.
  package private(set) var seeds: SeedAccuracies?

  private enum CodingKeys: String, CodingKey {
    case first, second, top1First, top1Second, top1, top5, perSeed, perClass
  }

  package init(
    names: (String, String), accuracies: (Double, Double), top1: AccuracyDifference, top5: AccuracyDifference?,
    perSeed: [SeedPair], perClass: [ClassDifference]
  ) {
    (first, second) = names
    (top1First, top1Second) = accuracies
    self.top1 = top1
    self.perSeed = perSeed
    self.perClass = perClass
    self.top5 = top5
  }
}

extension PairedComparison {
  /// The number of resamples of every bootstrap.
  package static let resamples = 2000

  /// - Parameters:
  ///   - first, second: about the same test images in the same order. With the same seeds they are compared in pairs.
  ///   - classNames: one name per class, to compare class by class too; nil not to.
  /// - Returns: nil without test images.
  package init?(_ first: ComparedClassifiers, _ second: ComparedClassifiers, classNames: [String]?) {
    let sides = (first.predictions, second.predictions)
    let labels = sides.0[0].labels
    let classes = sides.0[0].classes
    precondition(
      (sides.0 + sides.1).allSatisfy { $0.labels == labels && $0.classes == classes },
      "a comparison needs the same test images in the same order")
    let isPaired = first.seeds == second.seeds
    let images = Array(labels.indices)
    func measure(top k: Int) -> MeasuredDifference {
      func correct(_ seeds: [Predictions]) -> [[Bool]] {
        seeds.map { seed in images.map { seed.isCorrect($0, top: k) } }
      }
      return MeasuredDifference(correct(sides.0), correct(sides.1), isPaired: isPaired)
    }
    let measured = measure(top: 1)
    guard let accuracies = measured.accuracies(images), var top1 = measured.difference(images) else { return nil }
    let votes = (majorityVote(sides.0), majorityVote(sides.1))
    func pValue(_ images: [Int]) -> Double {
      let right = images.map { (votes.0[$0] == labels[$0], votes.1[$0] == labels[$0]) }
      return exactMcNemar(right.count { $0.0 && !$0.1 }, right.count { $0.1 && !$0.0 })
    }
    let perSeed =
      isPaired ? zip(first.seeds, zip(measured.first, measured.second)).map { SeedPair($0, $1.0, $1.1) } : []
    top1.seedInterval = .student(perSeed.map { $0.first - $0.second })
    top1.pValue = pValue(images)
    var perClass: [ClassDifference] = []
    if let classNames {
      var ofClass = [[Int]](repeating: [], count: classes)
      for (image, label) in labels.enumerated() { ofClass[Int(label)].append(image) }
      let tested = ofClass.indices.filter { !ofClass[$0].isEmpty }
      let byClass = SeedAccuracies.ofClasses(sides.0, sides.1, isPaired: isPaired)
      var seedPValues = SeedAccuracies.pValues(tested.map { byClass[$0] })[...]
      perClass = zip(classNames, ofClass).map { name, images in
        var difference = measured.difference(images)
        if !images.isEmpty {
          difference?.pValue = pValue(images)
          difference?.seedPValue = seedPValues.removeFirst()
        }
        let accuracies = measured.accuracies(images)
        return ClassDifference(
          name: name, support: images.count, accuracies: (accuracies?.0, accuracies?.1), top1: difference)
      }
    }
    self.init(
      names: (first.name, second.name), accuracies: accuracies, top1: top1,
      top5: classes > 5 ? measure(top: 5).difference(images) : nil, perSeed: perSeed, perClass: perClass)
    seeds = SeedAccuracies(
      first: sides.0.compactMap { $0.accuracy(top: 1) }, second: sides.1.compactMap { $0.accuracy(top: 1) },
      isPaired: isPaired, images: images.count)
  }

  /// The comparisons of one document, tested over seeds, with their p-values adjusted by Holm's method: over the pairs, and
  /// over all classes of all pairs.
  ///
  /// - Parameter independent: the degrees of freedom of all trainings.
  package static func tested(_ comparisons: [PairedComparison], independent: Int) -> [PairedComparison] {
    var result = comparisons
    for (index, difference) in AccuracyDifference.tested(comparisons, independent: independent).enumerated() {
      if let difference { result[index].top1 = difference }
    }
    let places = result.indices.flatMap { pair in
      result[pair].perClass.indices.filter { result[pair].perClass[$0].top1?.pValue != nil }.map { (pair, $0) }
    }
    let classes = places.map { result[$0.0].perClass[$0.1].top1 }
    let rates = benjaminiHochbergAdjusted(classes.compactMap { $0?.pValue })
    for ((pair, label), (difference, rate)) in zip(places, zip(AccuracyDifference.adjusted(classes), rates)) {
      result[pair].perClass[label].top1 = difference
      result[pair].perClass[label].falseDiscoveryRate = rate
    }
    return result
  }
}

/// Which classifiers of two sets are right about which images, and how their accuracies on some of these differ.
private struct MeasuredDifference {
  /// For each classifier, whether it was right about each image.
  let first: [[Bool]]
  let second: [[Bool]]
  private let bootstrap: PairedBootstrap

  init(_ first: [[Bool]], _ second: [[Bool]], isPaired: Bool) {
    self.first = first
    self.second = second
    bootstrap = PairedBootstrap(first, second, isPaired: isPaired, resamples: PairedComparison.resamples, seed: 0)
  }

  /// Nil without images.
  func accuracies(_ images: [Int]) -> (Double, Double)? {
    func mean(_ table: [[Bool]]) -> Double {
      Double(table.reduce(0) { sum, row in sum + images.count { row[$0] } }) / Double(table.count * images.count)
    }
    return images.isEmpty ? nil : (mean(first), mean(second))
  }

  func difference(_ images: [Int]) -> AccuracyDifference? {
    bootstrap.difference(images).map { AccuracyDifference(value: $0, interval: bootstrap.interval(images)) }
  }
}

extension PairedComparison.SeedPair {
  fileprivate init(_ seed: UInt64, _ first: [Bool], _ second: [Bool]) {
    func accuracy(_ right: [Bool]) -> Double { Double(right.count { $0 }) / Double(right.count) }
    let only = (zip(first, second).count { $0 && !$1 }, zip(first, second).count { $1 && !$0 })
    self.init(
      seed: seed, accuracies: (accuracy(first), accuracy(second)), onlyOneRight: only,
      pValue: exactMcNemar(only.0, only.1))
  }
}
