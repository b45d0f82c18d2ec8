import Foundation
internal import Randomness

/// The difference between the mean accuracies of two sets of classifiers on the same images, and its variation over other
/// test images and other trainings.
///
/// Both factors are resampled with replacement and crossed (Owen 2007, "The pigeonhole bootstrap", Annals of Applied
/// Statistics 1(2)), which is conservative; the interval is bias-corrected and accelerated.
/// Drawback: with two or three seeds, the variance of the trainings is uncertain, and too small by the factor
/// (K − 1) / K. The Student interval over seeds is reported beside it for that reason.
struct PairedBootstrap {
  private let first: [[Bool]]
  private let second: [[Bool]]
  /// Whether classifier k of both sets has the same seed; such pairs are drawn together.
  private let isPaired: Bool
  private let resamples: Int
  private let stream: RandomStream

  /// - Parameters:
  ///   - first: for each classifier, whether each image was correct.
  ///   - second: the same of the other set; with the same number of classifiers if `isPaired`.
  init(_ first: [[Bool]], _ second: [[Bool]], isPaired: Bool, resamples: Int, seed: UInt64) {
    precondition(!first.isEmpty && !second.isEmpty, "a difference is between classifiers")
    precondition(!isPaired || first.count == second.count, "pairs have two sides")
    self.first = first
    self.second = second
    self.isPaired = isPaired
    self.resamples = resamples
    stream = RandomStream(seed: seed, purpose: "paired bootstrap")
  }
}

extension PairedBootstrap {
  /// First minus second on these images; nil without images.
  func difference(_ images: [Int]) -> Double? {
    images.isEmpty ? nil : total(images.map(scores(ones(first), ones(second)))) / scale(images.count)
  }

  /// The 95 % interval of the difference on these images; nil without images.
  func interval(_ images: [Int]) -> Interval? {
    guard let estimate = difference(images) else { return nil }
    // Images that all classifiers get right, or all get wrong, have the same score in every draw.
    var patterns: [[Bool]: Int] = [:]
    var examples: [Int] = []
    let pattern = images.map { image in
      let answers = (first + second).map { $0[image] }
      if let known = patterns[answers] { return known }
      patterns[answers] = examples.count
      examples.append(image)
      return examples.count - 1
    }
    let fixed = examples.map(scores(ones(first), ones(second)))
    var replicates: [Double] = []
    replicates.reserveCapacity(resamples)
    for resample in 0..<resamples {
      var part = stream.split(resample)
      let drawn = drawnScores(examples, fixed: fixed, from: &part)
      var sum = 0
      for _ in 0..<images.count { sum += drawn[pattern[part.nextInteger(below: images.count)]] }
      replicates.append(Double(sum) / scale(images.count))
    }
    let interval = BootstrapDistribution(estimate: estimate, replicates: replicates)
      .acceleratedInterval(jackknife: jackknife(images, fixed: pattern.map { fixed[$0] }))
    guard let interval, interval.low == interval.high else { return interval }
    return Self.unanimous(estimate, images: images.count)
  }

  /// The interval where all images say the same, so that drawing them again changes nothing. By the exact binomial
  /// interval (Clopper and Pearson 1934) less than a share 1 − 0.025^(1/n) of all images says anything else, at most
  /// that one side alone is right.
  private static func unanimous(_ value: Double, images: Int) -> Interval {
    let others = 1 - pow(0.025, 1 / Double(images))
    return Interval(low: value - others * (value + 1), high: value + others * (1 - value))
  }

  /// The scores of the images when the classifiers are drawn with replacement.
  private func drawnScores(_ images: [Int], fixed: [Int], from stream: inout RandomStream) -> [Int] {
    func draw(_ count: Int) -> [Int] {
      (0..<count).reduce(into: [Int](repeating: 0, count: count)) { weights, _ in
        weights[stream.nextInteger(below: count)] += 1
      }
    }
    guard first.count > 1 || second.count > 1 else { return fixed }
    let weights = draw(first.count)
    return images.map(scores(weights, isPaired ? weights : draw(second.count)))
  }

  /// The difference without each image, and without each classifier or pair of them.
  private func jackknife(_ images: [Int], fixed: [Int]) -> [[Double]] {
    let sum = total(fixed)
    var samples: [[Double]] = []
    if images.count > 1 { samples.append(fixed.map { (sum - Double($0)) / scale(images.count - 1) }) }
    func means(_ table: [[Bool]]) -> [Double] {
      table.map { row in Double(images.count { row[$0] }) / Double(images.count) }
    }
    func without(_ values: [Double]) -> [Double] {
      let sum = values.reduce(0, +)
      return values.count > 1 ? values.map { (sum - $0) / Double(values.count - 1) } : []
    }
    let (a, b) = (means(first), means(second))
    if isPaired { return samples + [without(zip(a, b).map { $0 - $1 })] }
    return samples + [without(a), without(b).map { -$0 }]
  }

  /// How much more often the first set gets an image right than the second, in units of 1 / (classifiers of the first
  /// times those of the second).
  private func scores(_ firstWeights: [Int], _ secondWeights: [Int]) -> (Int) -> Int {
    { image in
      var (own, other) = (0, 0)
      for (row, weight) in zip(first, firstWeights) where row[image] { own += weight }
      for (row, weight) in zip(second, secondWeights) where row[image] { other += weight }
      return own * second.count - other * first.count
    }
  }

  private func ones(_ table: [[Bool]]) -> [Int] { table.map { _ in 1 } }
  private func total(_ scores: [Int]) -> Double { Double(scores.reduce(0, +)) }
  private func scale(_ images: Int) -> Double { Double(images * first.count * second.count) }
}
