import Foundation

/// Accuracy as a function of the number of training images n: limit − scale · n^(−exponent).
///
/// The form that learning curves of classifiers follow over a wide range (Hestness et al. 2017, arXiv:1712.00409).
/// Drawback: it lacks the flat start and the flat end of a real curve.
package struct PowerLaw: Sendable, Equatable {
  /// The limit of the accuracy, at most 1.
  package let limit: Double
  /// Positive, or 0 for a curve that does not rise.
  package let scale: Double
  package let exponent: Double

  package init(limit: Double, scale: Double, exponent: Double) {
    self.limit = limit
    self.scale = scale
    self.exponent = exponent
  }

  package func value(at size: Double) -> Double { limit - scale * pow(size, -exponent) }

  /// Whether the points determine the limit. They do not if they do not rise, or if the slowest or the fastest law that is
  /// tried fits best. A slower law would then fit better and have a higher limit; a faster one is a curve that has ended,
  /// or has an outlier.
  var hasLimit: Bool {
    scale > 0 && exponent > Self.exponents.lowerBound * 1.01 && exponent < Self.exponents.upperBound / 1.01
  }
}

extension PowerLaw {
  /// The exponents that are tried: slower curves have no limit within reach, faster ones are flat.
  private static let exponents = 0.05...3.0

  /// The law with the least sum of squared distances to the accuracies, limit at most 1 and scale at least 0; nil for
  /// fewer than four different sizes, which three parameters always fit.
  package static func fitted(sizes: [Double], accuracies: [Double]) -> PowerLaw? {
    precondition(sizes.count == accuracies.count, "every size needs an accuracy")
    guard Set(sizes).count >= 4, sizes.allSatisfy({ $0 > 0 }), accuracies.allSatisfy(\.isFinite) else { return nil }
    let largest = sizes.max() ?? 1
    let relative = sizes.map { $0 / largest }
    func attempt(_ logExponent: Double) -> (law: PowerLaw, error: Double) {
      best(relative, accuracies, exponent: exp(logExponent))
    }
    // A grid first, because the error has several minima in the exponent if points are noisy.
    let (low, high) = (log(exponents.lowerBound), log(exponents.upperBound))
    let steps = 60
    let grid = (0...steps).map { low + (high - low) * Double($0) / Double(steps) }
    let errors = grid.map { attempt($0).error }
    let start = errors.indices.min { (errors[$0], $0) < (errors[$1], $1) } ?? 0
    var (left, right) = (grid[max(start - 1, 0)], grid[min(start + 1, steps)])
    let ratio = (5.0.squareRoot() - 1) / 2
    for _ in 0..<60 {
      let (first, second) = (right - ratio * (right - left), left + ratio * (right - left))
      if attempt(first).error <= attempt(second).error { right = second } else { left = first }
    }
    let law = attempt((left + right) / 2).law
    return PowerLaw(limit: law.limit, scale: law.scale * pow(largest, law.exponent), exponent: law.exponent)
  }

  /// The best limit and scale for one exponent: a line in n^(−exponent), with limit and scale clamped to their ranges.
  private static func best(
    _ sizes: [Double], _ accuracies: [Double], exponent: Double
  ) -> (law: PowerLaw, error: Double) {
    let x = sizes.map { pow($0, -exponent) }
    let n = Double(x.count)
    let meanX = x.reduce(0, +) / n
    let meanY = accuracies.reduce(0, +) / n
    var (across, along) = (0.0, 0.0)
    for (x, y) in zip(x, accuracies) {
      across += (x - meanX) * (y - meanY)
      along += (x - meanX) * (x - meanX)
    }
    var scale = along > 0 ? max(0, -across / along) : 0
    var limit = meanY + scale * meanX
    if limit > 1 {
      limit = 1
      scale = zip(x, accuracies).reduce(0) { $0 + $1.0 * (1 - $1.1) } / x.reduce(0) { $0 + $1 * $1 }
    }
    let law = PowerLaw(limit: limit, scale: scale, exponent: exponent)
    let error = zip(x, accuracies).reduce(0) { sum, point in
      let distance = limit - scale * point.0 - point.1
      return sum + distance * distance
    }
    return (law, error)
  }
}
