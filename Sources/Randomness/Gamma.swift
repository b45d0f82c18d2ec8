import Foundation

extension RandomStream {
  /// A number from the gamma distribution with this positive shape and scale 1.
  ///
  /// Marsaglia and Tsang 2000, "A simple method for generating gamma variables", ACM TOMS 26(3); shapes below 1 by
  /// their section 6: Γ(a) = Γ(a + 1) U^{1/a}.
  package mutating func nextGamma(shape: Double) -> Double {
    precondition(shape > 0 && shape.isFinite, "the shape of a gamma distribution is positive")
    if shape < 1 {
      let larger = nextGamma(shape: shape + 1)
      return larger * pow(1 - Double(nextUniform()), 1 / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = Double(nextNormal())
      let v = pow(1 + c * x, 3)
      guard v > 0 else { continue }
      if log(1 - Double(nextUniform())) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// A number from the symmetric beta distribution with both parameters `alpha`, in 0...1.
  package mutating func nextBeta(_ alpha: Double) -> Double {
    let first = nextGamma(shape: alpha)
    let second = nextGamma(shape: alpha)
    // Both may vanish for very small parameters, where the distribution is a fair coin.
    return first + second > 0 ? first / (first + second) : nextBool() ? 1 : 0
  }
}
