/// A difference between two results on the same test images, in −1...1: the first's accuracy minus the second's.
package struct AccuracyDifference: Codable, Sendable, Equatable {
  package var value: Double
  /// 95 %, by the bootstrap over test images and seeds.
  @ExplicitNull package var interval: Interval?
  /// 95 % t over pairs of seeds; null for one seed, or where the seeds differ.
  @ExplicitNull package var seedInterval: Interval?
  /// Exact McNemar on the seeds' majority predictions; null for Top-5.
  @ExplicitNull package var pValue: Double?
  /// The same by Holm's method over all differences of the document.
  @ExplicitNull package var adjustedP: Double?
  /// Student's t-test over seeds, paired where they are the same, with a dispersion that the document's differences
  /// share; null for one seed, and for Top-5.
  @ExplicitNull package var seedPValue: Double?
  /// The same by Holm's method over all differences of the document.
  @ExplicitNull package var adjustedSeedP: Double?

  package init(
    value: Double, interval: Interval?, seedInterval: Interval? = nil, pValue: Double? = nil, adjustedP: Double? = nil,
    seedPValue: Double? = nil, adjustedSeedP: Double? = nil
  ) {
    self.value = value
    self.interval = interval
    self.seedInterval = seedInterval
    self.pValue = pValue
    self.adjustedP = adjustedP
    self.seedPValue = seedPValue
    self.adjustedSeedP = adjustedSeedP
  }
}

extension AccuracyDifference {
  /// The Top-1 differences of comparisons with their p-values over seeds, and all p-values adjusted over them; nil stays
  /// nil.
  ///
  /// - Parameter independent: the degrees of freedom of all trainings, where every set is compared with every other.
  package static func tested(
    _ comparisons: [PairedComparison?], independent: Int = .max
  ) -> [AccuracyDifference?] {
    var values = SeedAccuracies.pValues(comparisons.compactMap { $0?.seeds }, independent: independent)[...]
    return adjusted(
      comparisons.map { comparison in
        guard let comparison else { return nil }
        var difference = comparison.top1
        if comparison.seeds != nil { difference.seedPValue = values.removeFirst() }
        return difference
      })
  }

  /// The differences with their p-values adjusted by Holm's method over all of them, each kind of test by itself.
  static func adjusted(_ differences: [AccuracyDifference?]) -> [AccuracyDifference?] {
    func adjust(_ value: (AccuracyDifference) -> Double?) -> [Double?] {
      let values = differences.map { $0.flatMap(value) }
      var rest = holmAdjusted(values.compactMap { $0 })[...]
      return values.map { $0 == nil ? nil : rest.removeFirst() }
    }
    return zip(differences, zip(adjust(\.pValue), adjust(\.seedPValue))).map { difference, p in
      guard var difference else { return nil }
      (difference.adjustedP, difference.adjustedSeedP) = p
      return difference
    }
  }
}
