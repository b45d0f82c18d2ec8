/// A difference between two results on the same test images, in fractions: the first's accuracy minus the second's.
package struct DifferenceEntry: Codable, Sendable, Equatable {
  package var value: Double
  /// 95 %, by the bootstrap over test images and seeds.
  @ExplicitNull package var interval: Bounds?
  /// 95 % t over pairs of seeds; null for one seed, or where the seeds differ.
  @ExplicitNull package var seedInterval: Bounds?
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
    value: Double, interval: Bounds?, seedInterval: Bounds? = nil, pValue: Double? = nil, adjustedP: Double? = nil,
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

  /// The larger one of the adjusted p-values.
  var largestP: Double? { Significance.largestP(adjustedP, adjustedSeedP) }

  /// Whether other test images would hardly have given it, nor, as far as there are several seeds, other trainings.
  package var isSignificant: Bool { (largestP ?? 1) < Significance.level }
}

/// The value of a sweep's axis for one result.
package struct AxisEntry: Codable, Sendable, Equatable {
  package var name: String
  package var value: Double
  /// How the value is meant; null where that was not said.
  @ExplicitNull package var convention: String?

  package init(name: String, value: Double, convention: String?) {
    self.name = name
    self.value = value
    self.convention = convention
  }
}

extension AxisEntry {
  /// The name, with how its values are meant: "truncation (scaled)". What is meant otherwise is another axis.
  var title: String { name.printable + (convention.map { " (\($0.printable))" } ?? "") }
}
