/// How strongly two columns of numbers go together, and how likely that would be by chance.
package struct Correlation: Codable, Sendable, Equatable {
  /// −1...1.
  package var value: Double
  /// 95 %; null where it was not asked for, or nothing can be said.
  @ExplicitNull package var interval: Interval?
  /// Two-sided, of the hypothesis that there is no association.
  package var pValue: Double

  package init(value: Double, interval: Interval? = nil, pValue: Double) {
    self.value = value
    self.pValue = pValue
    self.interval = interval
  }
}

extension Correlation {
  /// Pearson's product-moment correlation; nil for fewer than three pairs, a constant column, or a number that is not
  /// finite.
  ///
  /// The p-value is that of t = r √((n − 2) / (1 − r²)) with n − 2 degrees of freedom, exact for normal columns:
  /// P(|T| ≥ |t|) = I_{1 − r²}((n − 2) / 2, 1/2).
  package static func pearson(_ first: [Double], _ second: [Double]) -> Correlation? {
    precondition(first.count == second.count, "a correlation is of pairs")
    let n = first.count
    guard n > 2, first.allSatisfy(\.isFinite), second.allSatisfy(\.isFinite) else { return nil }
    guard let x = centred(first), let y = centred(second) else { return nil }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let r = min(max(dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot(), -1), 1)
    return Correlation(value: r, pValue: regularisedIncompleteBeta(1 - r * r, Double(n - 2) / 2, 0.5))
  }

  /// The distances to the mean in units of the largest one, so that their squares neither vanish nor overflow; nil
  /// where all are 0.
  private static func centred(_ values: [Double]) -> [Double]? {
    // The mean of equal numbers is not always that number.
    guard values.min() != values.max() else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let distances = values.map { $0 - mean }
    guard let largest = distances.map(abs).max(), largest > 0 else { return nil }
    return distances.map { $0 / largest }
  }

  /// Spearman's rank correlation: Pearson's of the ranks, ties sharing their mean rank (Spearman 1904). Infinite numbers
  /// have a rank.
  ///
  /// The p-value is Student's, as SciPy's `spearmanr` gives it: an approximation below some ten pairs.
  package static func spearman(_ first: [Double], _ second: [Double]) -> Correlation? {
    guard !first.contains(where: \.isNaN), !second.contains(where: \.isNaN) else { return nil }
    return pearson(ranks(first), ranks(second))
  }

  /// The rank of each value from 1 on, the mean rank where values are equal.
  package static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }
}
