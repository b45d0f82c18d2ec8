internal import Foundation

/// The one-dimensional example of Barratt and Sharma 2018 (arXiv:1801.01973, section 5): images are numbers, real ones an
/// equal mix of two normal distributions around −1 and 1, and the classifier knows them perfectly. Generators that look
/// nothing like the real numbers score higher than the real distribution itself.
package struct OneDimensionalExample: Sendable {
  /// Of both classes.
  package let variance: Double

  package init(variance: Double) {
    precondition(variance > 0, "a variance is positive")
    self.variance = variance
  }

  package enum Generator: Sendable {
    case real
    case uniform(ClosedRange<Double>)
    case normal(variance: Double)
    /// Half of the samples at each infinity.
    case infinities
  }

  /// exp(H(y) − H(y|x)), by Simpson's rule on a fine grid, exact to more than six digits.
  package func inceptionScore(_ generator: Generator) -> Double {
    switch generator {
    case .infinities: 2
    case .uniform(let range):
      score(range) { _ in 1 / (range.upperBound - range.lowerBound) }
    case .normal(let own):
      score(-12 * own.squareRoot()...12 * own.squareRoot()) { Self.density($0, 0, own) }
    case .real:
      score(-1 - 12 * variance.squareRoot()...1 + 12 * variance.squareRoot()) {
        (Self.density($0, -1, variance) + Self.density($0, 1, variance)) / 2
      }
    }
  }

  /// By symmetry both classes are equally frequent, so that H(y) = ln 2.
  private func score(_ range: ClosedRange<Double>, _ density: (Double) -> Double) -> Double {
    let steps = 20_000
    let width = (range.upperBound - range.lowerBound) / Double(steps)
    var entropy = 0.0
    for step in 0...steps {
      let x = range.lowerBound + width * Double(step)
      let weight = step == 0 || step == steps ? 1.0 : step % 2 == 1 ? 4 : 2
      entropy += weight * density(x) * uncertainty(x)
    }
    return exp(log(2) - entropy * width / 3)
  }

  /// H(y|x) of the perfect classifier, whose log-odds are 2x / variance.
  private func uncertainty(_ x: Double) -> Double {
    let odds = abs(2 * x / variance)
    let small = exp(-odds)
    return log1p(small) + odds * small / (1 + small)
  }

  private static func density(_ x: Double, _ mean: Double, _ variance: Double) -> Double {
    exp(-(x - mean) * (x - mean) / (2 * variance)) / (2 * .pi * variance).squareRoot()
  }
}
