/// The two ends of an interval, written as `[low, high]`.
package struct Bounds: Sendable, Equatable {
  package let low: Double
  package let high: Double

  /// Nil where an end is not finite.
  package init?(low: Double, high: Double) {
    guard low.isFinite, high.isFinite else { return nil }
    self.low = low
    self.high = high
  }
}

extension Bounds: Codable {
  package init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    low = try container.decode(Double.self)
    high = try container.decode(Double.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(low)
    try container.encode(high)
  }
}

/// An accuracy over seeds, fractions from 0 to 1, with two different uncertainties.
package struct AccuracyEntry: Codable, Sendable, Equatable {
  /// The mean over seeds.
  package let value: Double
  /// 95 % Wilson at `value` with n = test images.
  @ExplicitNull package private(set) var interval: Bounds?
  package let perSeed: [Double]
  /// 95 % t over seeds; null for one seed.
  @ExplicitNull package private(set) var seedInterval: Bounds?

  /// Nil where a number is not finite.
  package init?(value: Double, interval: Bounds?, perSeed: [Double], seedInterval: Bounds?) {
    guard value.isFinite, perSeed.allSatisfy(\.isFinite) else { return nil }
    self.value = value
    self.perSeed = perSeed
    self.interval = interval
    self.seedInterval = seedInterval
  }
}

/// `(baseline − value) / baseline`: 0.2 says that a fifth of the baseline's accuracy is lost.
package struct RelativeDropEntry: Codable, Sendable, Equatable {
  @ExplicitNull package var top1: Double?
  @ExplicitNull package var top5: Double?

  package init(top1: Double?, top5: Double?) {
    self.top1 = top1
    self.top5 = top5
  }
}
