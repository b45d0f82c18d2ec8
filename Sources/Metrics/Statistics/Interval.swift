/// A range of plausible values, with both ends; written as `[low, high]`.
package struct Interval: Sendable, Equatable {
  package let low: Double
  package let high: Double

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  package var isFinite: Bool { low.isFinite && high.isFinite }

  /// The part of it that an accuracy can lie in.
  package var withinFractions: Interval { Interval(low: min(max(low, 0), 1), high: max(min(high, 1), 0)) }
}

extension Interval: Codable {
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
