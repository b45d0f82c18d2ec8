package import Metrics

/// When a difference counts as one, and how that is put into words.
enum Significance {
  /// An adjusted p-value below this is significant.
  static let level = 0.05

  /// The p-value that counts, because both tests have to agree: the larger one of that over test images and, where there
  /// are several seeds, that over these. Nil where nothing was tested.
  static func largestP(_ adjustedP: Double?, _ adjustedSeedP: Double?) -> Double? {
    adjustedP.map { max($0, adjustedSeedP ?? 0) }
  }

  /// What a mark says, as the end of a footnote.
  /// - Parameters:
  ///   - hasSeeds: whether there were several, so that they were tested too.
  ///   - family: what Holm's method goes over.
  static func meaning(hasSeeds: Bool, family: String) -> String {
    hasSeeds
      ? "p < 0.05 over test images (exact McNemar test) and over seeds (Student's t-test), each Holm-adjusted over \(family)"
      : "p < 0.05 over test images (exact McNemar test), Holm-adjusted over \(family); \(oneSeed) (--seeds 3)"
  }

  /// What two trainings of each cannot say.
  static let twoSeeds =
    "two seeds say little: intervals over seeds are wide and few classes can differ significantly, so that the number of "
    + "worse classes does not order the sets; train with --seeds 3"

  /// What one training of each cannot say.
  static let oneSeed = "what another seed would give is not known"
}

extension AccuracyDifference {
  /// The larger one of the adjusted p-values.
  var largestP: Double? { Significance.largestP(adjustedP, adjustedSeedP) }

  /// Whether other test images would hardly have given it, nor, as far as there are several seeds, other trainings.
  package var isSignificant: Bool { (largestP ?? 1) < Significance.level }
}

extension ClassScore {
  /// The larger one of the adjusted p-values.
  var largestP: Double? { Significance.largestP(adjustedP, adjustedSeedP) }

  package var isSignificantlyWorse: Bool { isSignificant && (difference ?? 0) < 0 }
  package var isSignificantlyBetter: Bool { isSignificant && (difference ?? 0) > 0 }
  private var isSignificant: Bool { (largestP ?? 1) < Significance.level }
}
