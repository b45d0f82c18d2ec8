/// The accuracies of two training sets' classifiers on the same images, one value per seed.
package struct SeedAccuracies: Sendable, Equatable {
  package var first: [Double]
  package var second: [Double]
  /// Whether classifier k of both had the same seed.
  package var isPaired: Bool
  /// The number of test images.
  package var images: Int

  package init(first: [Double], second: [Double], isPaired: Bool, images: Int) {
    precondition(!isPaired || first.count == second.count, "pairs have two sides")
    self.first = first
    self.second = second
    self.isPaired = isPaired
    self.images = images
  }
}

extension SeedAccuracies {
  /// Student's p-values, one per comparison, for the hypothesis that both sides have the same mean accuracy over all seeds
  /// on these test images. McNemar's test asks the other question: other images, the same trainings. Nil if a side has one
  /// seed.
  ///
  /// Two or three seeds say little about the variance of one set's trainings, or of one class. So the comparisons
  /// share a dispersion, the ratio of a training's variance to p (1 − p), as in a quasi-binomial model (McCullagh and Nelder 1989,
  /// section 4.5), and each uses the larger of its own variance and the shared one's, with the degrees of freedom of all
  /// together; a single comparison uses its own. Seeds that are not paired have one variance for each side and the
  /// smaller one of their degrees of freedom. Drawback: if a comparison's trainings vary more than the
  /// others' but by chance little, its p-value is too small.
  ///
  /// Comparisons that share a side have correlated variances, and so fewer degrees of freedom than their sum. Using the
  /// larger variance compensates for it. In simulations of 1 to 24 equal sets against a baseline, with 2 to 5
  /// seeds, 4 to 7 % of the families have a finding after Holm's correction at 5 %, and of 3 to 8 equal sets compared pair
  /// by pair, with `independent`, 3 to 6 %.
  ///
  /// - Parameter independent: the maximum degrees of freedom of all together: those of all trainings, if every set is
  ///   compared with every other.
  package static func pValues(_ comparisons: [SeedAccuracies], independent: Int = .max) -> [Double?] {
    let spreads = comparisons.map(\.spread)
    var (variances, shapes, degrees) = (0.0, 0.0, 0)
    for (spread, comparison) in zip(spreads, comparisons) {
      guard let spread else { continue }
      variances += Double(spread.degrees) * spread.variance / comparison.weight
      shapes += Double(spread.degrees) * comparison.binomialVariance
      degrees += spread.degrees
    }
    return zip(spreads, comparisons).map { spread, comparison in
      guard var spread else { return nil }
      spread.variance = max(spread.variance, variances / shapes * comparison.binomialVariance * comparison.weight)
      spread.degrees = max(spread.degrees, min(degrees, independent))
      return spread.pValue
    }
  }

  /// The accuracies on each class; zeros for those without test images.
  static func ofClasses(_ first: [Predictions], _ second: [Predictions], isPaired: Bool) -> [SeedAccuracies] {
    let counts = (first.map { $0.classCounts(top: 1) }, second.map { $0.classCounts(top: 1) })
    return counts.0[0].indices.map { label in
      SeedAccuracies(
        first: counts.0.map { $0[label].accuracy ?? 0 }, second: counts.1.map { $0[label].accuracy ?? 0 },
        isPaired: isPaired, images: counts.0[0][label].support)
    }
  }

  /// p (1 − p) at the mean accuracy of both sides, away from 0 by half an image.
  private var binomialVariance: Double {
    let mean = (first + second).reduce(0, +) / Double(first.count + second.count)
    let share = (mean * Double(images) + 0.5) / Double(images + 1)
    return share * (1 - share)
  }

  /// The variance of the difference of means, in units of a training's own.
  private var weight: Double { 1 / Double(first.count) + 1 / Double(second.count) }

  private var spread: SeedSpread? {
    guard first.count > 1, second.count > 1 else { return nil }
    let (own, other) = (moments(first), moments(second))
    let counts = (Double(first.count), Double(second.count))
    var spread = SeedSpread(
      difference: own.mean - other.mean, variance: own.variance / counts.0 + other.variance / counts.1,
      degrees: min(first.count, second.count) - 1)
    if isPaired { spread.variance = moments(zip(first, second).map { $0 - $1 }).variance / counts.0 }
    // Accuracies are multiples of 1 / images: seeds with equal accuracies vary within the rounding.
    let rounding = 1 / (12 * Double(images) * Double(images))
    spread.variance = max(spread.variance, rounding / counts.0 + rounding / counts.1)
    return spread
  }
}

/// A mean difference over seeds, and the variance of that mean.
private struct SeedSpread {
  var difference: Double
  var variance: Double
  var degrees: Int

  var pValue: Double {
    // Differences that are sums of equal terms only differ by rounding.
    guard abs(difference) > 1e-12 else { return 1 }
    return studentPValue(difference * difference / variance, degrees: degrees)
  }
}

/// P(|T| ≥ t) of a Student variable T, from t². DLMF 8.17 with x = ν / (ν + t²).
private func studentPValue(_ square: Double, degrees: Int) -> Double {
  let nu = Double(degrees)
  return square.isFinite ? regularisedIncompleteBeta(nu / (nu + square), nu / 2, 0.5) : 0
}
