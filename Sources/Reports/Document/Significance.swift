/// When a difference counts as one, and how that is put into words.
enum Significance {
  /// Adjusted p-values below this are significant.
  static let level = 0.05

  /// Whether both tests say so: the one over test images, and the one over seeds where there are several.
  static func holds(_ adjustedP: Double?, _ adjustedSeedP: Double?) -> Bool {
    (adjustedP ?? 1) < level && (adjustedSeedP ?? 0) < level
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

  /// What one training of each cannot say.
  static let oneSeed = "what another seed would give is not known"
}
