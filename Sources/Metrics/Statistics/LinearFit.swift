/// A line through points by least squares, with the standard error of its intercept and the fraction of the variance
/// that it explains.
package struct LinearFit: Sendable, Equatable {
  package let intercept: Double
  package let slope: Double
  /// Of the intercept; nil for two points, which a line always fits.
  package let interceptError: Double?
  /// R²; nil if all y are equal.
  package let determination: Double?

  /// Nil for fewer than two different x.
  package init?(_ x: [Double], _ y: [Double]) {
    precondition(x.count == y.count, "a point has an x and a y")
    guard let first = x.first, x.contains(where: { $0 != first }) else { return nil }
    let n = Double(x.count)
    let meanX = x.reduce(0, +) / n
    let meanY = y.reduce(0, +) / n
    let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    slope = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / spread
    let height = meanY - slope * meanX
    intercept = height
    let steepness = slope
    let residual = zip(x, y).reduce(0) { sum, point in
      let distance = point.1 - height - steepness * point.0
      return sum + distance * distance
    }
    let total = y.reduce(0) { $0 + ($1 - meanY) * ($1 - meanY) }
    determination = total > 0 ? 1 - residual / total : nil
    interceptError = x.count > 2 ? (residual / (n - 2) * (1 / n + meanX * meanX / spread)).squareRoot() : nil
  }
}
