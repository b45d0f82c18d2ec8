import Foundation

/// Maps the numbers of a domain to places along an axis of a picture, and says which numbers to mark there.
package struct AxisScale: Equatable, Sendable {
  package enum Kind: Sendable { case linear, logarithmic }

  package let kind: Kind
  /// Ends on marks, and is never empty.
  package let domain: ClosedRange<Double>
  /// The places of the domain's ends.
  package let start: Double
  package let end: Double
  /// Within the domain, rising.
  package private(set) var ticks: [Double]

  /// An axis for `values`, of which those that are not finite do not count (nor, on a logarithmic axis, those that are not
  /// above 0). Without any it goes from 0 to 1, or from 1 to 10; where all are equal, a little to both sides.
  ///
  /// - Parameter limits: the domain never leaves them.
  package init(
    _ values: [Double], kind: Kind = .linear, from start: Double, to end: Double, marks: Int = 6,
    limits: ClosedRange<Double> = -Double.infinity...Double.infinity
  ) {
    let usable = values.filter { $0.isFinite && (kind == .linear || $0 > 0) && abs($0) < 1e300 }
    (self.kind, self.start, self.end) = (kind, start, end)
    switch kind {
    case .linear:
      var (low, high) = (usable.min() ?? 0, usable.max() ?? 1)
      if high - low <= max(abs(low), abs(high)) * 1e-12 {
        let margin = max(abs(high) * 0.05, 1e-6)
        (low, high) = (low - margin, high + margin)
      }
      (low, high) = (max(low, limits.lowerBound), min(high, limits.upperBound))
      if low >= high { (low, high) = limits.lowerBound.isFinite ? (limits.lowerBound, limits.lowerBound + 1) : (0, 1) }
      let step = Self.step((high - low) / Double(max(marks - 1, 1)))
      let first = (low / step + 1e-9).rounded(.down)
      let last = max((high / step - 1e-9).rounded(.up), first + 1)
      ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
        .filter { $0 >= limits.lowerBound - step * 1e-9 && $0 <= limits.upperBound + step * 1e-9 }
      domain = (ticks.first ?? low)...max(ticks.last ?? high, (ticks.first ?? low) + step * 1e-6)
    case .logarithmic:
      let (low, high) = (usable.min() ?? 1, usable.max() ?? 10)
      domain = low < high ? low...high : (low / 2)...(high * 2)
      ticks = Self.decades(domain, marks: marks)
    }
  }

  /// The same axis with marks at these numbers, as far as they lie within the domain.
  package func marked(at numbers: [Double]) -> AxisScale {
    var marked = self
    marked.ticks = Set(numbers).filter { domain.contains($0) }.sorted()
    return marked
  }

  /// The place of a number; those beyond the domain are moved to its ends. A number that is not one is at the start.
  package func place(_ value: Double) -> Double {
    guard value == value else { return start }
    let clamped = min(max(value, domain.lowerBound), domain.upperBound)
    let share =
      switch kind {
      case .linear: (clamped - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
      case .logarithmic: log(clamped / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
      }
    return start + share * (end - start)
  }

  /// 1, 2 or 5 times a power of ten, not below `step`.
  private static func step(_ step: Double) -> Double {
    let power = pow(10, (log10(step) + 1e-9).rounded(.down))
    return power * ([1, 2, 5].first { $0 * power >= step * (1 - 1e-9) } ?? 10)
  }

  /// 1, 2 and 5 times the powers of ten in the domain, or the powers alone where those are too many.
  private static func decades(_ domain: ClosedRange<Double>, marks: Int) -> [Double] {
    let exponents = Int(log10(domain.lowerBound).rounded(.down))...Int(log10(domain.upperBound).rounded(.up))
    for factors in [[1.0, 2, 5], [1, 3], [1]] {
      let (low, high) = (domain.lowerBound * (1 - 1e-9), domain.upperBound * (1 + 1e-9))
      let found = exponents.flatMap { (exponent: Int) -> [Double] in
        factors.map { $0 * pow(10, Double(exponent)) }.filter { $0 >= low && $0 <= high }
      }
      if found.count <= marks + 2, found.count > 1 { return found }
    }
    return [domain.lowerBound, domain.upperBound]
  }
}

/// How the numbers of an axis are written.
package enum AxisFormat: Sendable {
  /// Fractions in percent.
  case percent
  case number

  package func text(_ value: Double, among ticks: [Double]) -> String {
    switch self {
    case .percent:
      let isWhole = ticks.allSatisfy { abs($0 * 100 - ($0 * 100).rounded()) < 1e-6 }
      return NumberText.hundredths(value, decimals: isWhole ? 0 : 1) + "\u{A0}%"
    case .number:
      if abs(value) >= 1e15 || (value != 0 && abs(value) < 1e-4) { return NumberText.plain(value) }
      let decimals = (0...5).first { decimals in
        let power = pow(10, Double(decimals))
        return ticks.allSatisfy { abs($0 * power - ($0 * power).rounded()) < 1e-6 * max(1, abs($0 * power)) }
      }
      return decimals == 0
        ? NumberText.grouped(Int(value.rounded())) : NumberText.fixed(value, decimals: decimals ?? 5)
    }
  }
}
