/// The accuracies of two training sets' classifiers on the same images, one value a seed.
package struct SeedAccuracies: Sendable, Equatable {
  package var first: [Double]
  package var second: [Double]
  /// Test images that they are shares of.
  package var images: Int

  package init(first: [Double], second: [Double], images: Int) {
    self.first = first
    self.second = second
    self.images = images
  }
}

extension SeedAccuracies {
  /// The accuracies on each class; zeros for those without test images.
  static func ofClasses(_ first: [Predictions], _ second: [Predictions]) -> [SeedAccuracies] {
    let counts = (first.map { $0.classCounts(top: 1) }, second.map { $0.classCounts(top: 1) })
    return counts.0[0].indices.map { label in
      SeedAccuracies(
        first: counts.0.map { $0[label].accuracy ?? 0 }, second: counts.1.map { $0[label].accuracy ?? 0 },
        images: counts.0[0][label].support)
    }
  }

  /// Student's p-value for the hypothesis that both sets give the same accuracy when the mean is taken over all seeds,
  /// on these very images. McNemar's test asks the other question: other images, these very trainings.
  ///
  /// Paired by the seed, or with one variance for each side and the smaller of their degrees of freedom. Nil where a side
  /// has one seed only.
  package func pValue(isPaired: Bool) -> Double? { spread(isPaired: isPaired)?.pValue }

  /// The same for each class of the same classifiers, with what all classes say about the spread of the trainings.
  ///
  /// Two or three seeds say next to nothing about the spread of one class. So the classes share a dispersion, the ratio
  /// of the variance to p (1 − p), as in a quasi-binomial model (McCullagh and Nelder 1989, section 4.5), and each has
  /// the larger one of its own variance and the shared one's, with the degrees of freedom of all classes together. What
  /// you give up by using it: classes whose spread is far from p (1 − p) and by chance small are judged too mildly.
  package static func pValues(ofClasses classes: [SeedAccuracies], isPaired: Bool) -> [Double]? {
    let spreads = classes.compactMap { $0.spread(isPaired: isPaired) }
    guard spreads.count == classes.count, !classes.isEmpty else { return nil }
    let shapes = classes.map(\.binomialVariance)
    let dispersion = spreads.reduce(0) { $0 + $1.variance } / shapes.reduce(0, +)
    let degrees = spreads.reduce(0) { $0 + $1.degrees }
    return zip(spreads, shapes).map { spread, shape in
      SeedSpread(
        difference: spread.difference, variance: max(spread.variance, dispersion * shape), degrees: degrees
      ).pValue
    }
  }

  /// p (1 − p) at the mean accuracy of both sides, away from 0 by half an image.
  private var binomialVariance: Double {
    let mean = (first + second).reduce(0, +) / Double(first.count + second.count)
    let share = (mean * Double(images) + 0.5) / Double(images + 1)
    return share * (1 - share)
  }

  private func spread(isPaired: Bool) -> SeedSpread? {
    guard first.count > 1, second.count > 1 else { return nil }
    precondition(!isPaired || first.count == second.count, "pairs have two sides")
    if isPaired {
      let differences = zip(first, second).map { $0 - $1 }
      let (mean, variance) = moments(differences)
      return SeedSpread(difference: mean, variance: variance / Double(differences.count), degrees: first.count - 1)
    }
    let (own, other) = (moments(first), moments(second))
    return SeedSpread(
      difference: own.mean - other.mean,
      variance: own.variance / Double(first.count) + other.variance / Double(second.count),
      degrees: min(first.count, second.count) - 1)
  }
}

/// A mean difference over seeds, and the variance of that mean.
private struct SeedSpread {
  let difference: Double
  let variance: Double
  let degrees: Int

  var pValue: Double {
    // Differences that are sums of equal terms differ by rounding alone.
    guard abs(difference) > 1e-12 else { return 1 }
    return studentPValue(difference * difference / variance, degrees: degrees)
  }
}

/// P(|T| ≥ t) of a Student variable T, from t². DLMF 8.17 with x = ν / (ν + t²).
private func studentPValue(_ square: Double, degrees: Int) -> Double {
  let nu = Double(degrees)
  return square.isFinite ? regularisedIncompleteBeta(nu / (nu + square), nu / 2, 0.5) : 0
}

/// The mean and the unbiased variance of two values or more.
private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
  let mean = values.reduce(0, +) / Double(values.count)
  return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
}
