import Foundation
internal import Randomness

/// Classifiers trained on more and more images of one set, all tested on the same images: what a learning curve is made of.
package struct ClassifiersBySize: Sendable {
  /// Ascending.
  package let sizes: [Int]
  /// The accuracy of each seed at each size.
  package let perSeed: [[Double]]
  /// The mean over seeds at each size.
  package let accuracies: [Double]
  /// 1 where a classifier is right: by size, seed, and test image.
  private let correct: [[[Int32]]]

  /// - Parameter points: sizes, ascending, with the classifiers of each, one a seed, the same seeds everywhere.
  package init(_ points: [(size: Int, seeds: [Predictions])]) {
    precondition(!points.isEmpty && points.allSatisfy { !$0.seeds.isEmpty }, "a curve has points with classifiers")
    sizes = points.map(\.size)
    correct = points.map { point in
      point.seeds.map { seed in (0..<seed.count).map { seed.isCorrect($0, top: 1) ? 1 : 0 } }
    }
    perSeed = points.map { point in point.seeds.map { $0.accuracy(top: 1) ?? 0 } }
    accuracies = perSeed.map { $0.reduce(0, +) / Double($0.count) }
  }
}

extension ClassifiersBySize {
  /// The accuracies with test images and seeds drawn again. Curves of the same test images and seeds get the same draw
  /// under the same number, so that what they have in common stays in common.
  func resampled(_ number: Int) -> [Double] {
    var stream = RandomStream(seed: 0, purpose: "curve bootstrap").split(number)
    let (seeds, images) = (correct[0].count, correct[0][0].count)
    var weights = [Double](repeating: 0, count: seeds)
    for _ in 0..<seeds { weights[stream.nextInteger(below: seeds)] += 1 }
    var counts = [Int32](repeating: 0, count: images)
    for _ in 0..<images { counts[stream.nextInteger(below: images)] += 1 }
    return correct.map { seedCorrect in
      zip(seedCorrect, weights).reduce(0) { sum, seed in
        guard seed.1 > 0 else { return sum }
        var right: Int32 = 0
        for image in 0..<images { right &+= seed.0[image] &* counts[image] }
        return sum + seed.1 * Double(right)
      } / Double(seeds * images)
    }
  }

  package static let resamples = 1000

  /// The law of the curve; nil below four sizes, and where these do not say what the limit is.
  package func fit() -> LearningCurve.Fit? {
    let sizes = sizes.map(Double.init)
    guard let law = PowerLaw.fitted(sizes: sizes, accuracies: accuracies), law.hasLimit else { return nil }
    let limits = (0..<Self.resamples).compactMap {
      PowerLaw.fitted(sizes: sizes, accuracies: resampled($0))?.limit
    }
    let distribution = BootstrapDistribution(estimate: law.limit, replicates: limits)
    let squares = zip(sizes, accuracies).map { ($1 - law.value(at: $0)) * ($1 - law.value(at: $0)) }
    let misfit = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    return distribution.percentileInterval().map { LearningCurve.Fit(law, limitInterval: $0, misfit: misfit) }
  }

  /// At each size, how many images of `reference` teach as much as one image of this curve.
  package func worth(in reference: ClassifiersBySize) -> [LearningCurve.Worth] {
    func ratios(_ own: [Double], _ other: [Double]) -> [Double] {
      zip(sizes, own).map { reference.size(reaching: $1, accuracies: other) / Double($0) }
    }
    let values = ratios(accuracies, reference.accuracies)
    let replicates = (0..<Self.resamples).map { ratios(resampled($0), reference.resampled($0)) }
    return values.indices.map { index in
      // By rank, because some of them may be infinite.
      let sorted = replicates.map { $0[index] }.sorted()
      let tail = Int((0.025 * Double(sorted.count)).rounded(.down))
      return LearningCurve.Worth(value: values[index], low: sorted[tail], high: sorted[sorted.count - 1 - tail])
    }
  }

  /// The size at which the curve reaches an accuracy: between two sizes by the logarithm, on the highest values so far
  /// because more images do no harm; 0 below the first point and infinite above the last.
  private func size(reaching accuracy: Double, accuracies: [Double]) -> Double {
    var previous: (size: Double, height: Double)?
    for (size, value) in zip(sizes.map(Double.init), accuracies) {
      let height = max(value, previous?.height ?? value)
      if let previous {
        if accuracy <= height {
          guard height > previous.height else { return previous.size }
          let share = (accuracy - previous.height) / (height - previous.height)
          return previous.size * pow(size / previous.size, share)
        }
      } else if accuracy <= height {
        return accuracy == height ? size : 0
      }
      previous = (size, height)
    }
    return .infinity
  }
}
