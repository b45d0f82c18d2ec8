/// The scores of one class; accuracies are means over seeds.
package struct ClassEntry: Codable, Sendable, Equatable {
  /// A wrong class, and how often the seeds together predicted it.
  package struct Confusion: Codable, Sendable, Equatable {
    package var name: String
    package var count: Int

    package init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  package var name: String
  /// Test images of this class; the accuracies are null where there are none.
  package var support: Int
  @ExplicitNull package var top1: Double?
  @ExplicitNull package var top5: Double?
  /// 95 % Wilson at `top1` with n = support.
  @ExplicitNull package var interval: Bounds?
  @ExplicitNull package var baselineTop1: Double?
  /// `top1 − baselineTop1`.
  @ExplicitNull package var difference: Double?
  /// Exact McNemar on the seeds' majority predictions, Holm over the classes.
  @ExplicitNull package var adjustedP: Double?
  /// Student's t-test over seeds with the spread that all classes share, Holm over the classes; null for one seed.
  @ExplicitNull package var adjustedSeedP: Double?
  /// At most three, the most frequent first.
  package var confusedWith: [Confusion]

  package init(
    name: String, support: Int, top1: Double?, top5: Double? = nil, interval: Bounds? = nil,
    baselineTop1: Double? = nil, difference: Double? = nil, adjustedP: Double? = nil, adjustedSeedP: Double? = nil,
    confusedWith: [Confusion] = []
  ) {
    self.name = name
    self.support = support
    self.top1 = top1
    self.top5 = top5
    self.interval = interval
    self.baselineTop1 = baselineTop1
    self.difference = difference
    self.adjustedP = adjustedP
    self.adjustedSeedP = adjustedSeedP
    self.confusedWith = confusedWith
  }
}

extension ClassEntry {
  /// The larger one of the adjusted p-values.
  var largestP: Double? { Significance.largestP(adjustedP, adjustedSeedP) }

  package var isSignificantlyWorse: Bool { isSignificant && (difference ?? 0) < 0 }
  package var isSignificantlyBetter: Bool { isSignificant && (difference ?? 0) > 0 }
  private var isSignificant: Bool { (largestP ?? 1) < Significance.level }
}
